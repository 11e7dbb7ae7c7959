"""The driver itself: a seed tells one year, a failure becomes a short list, a refusal that leaves something is found."""

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta

import pytest

from miyun_kpi.jobs.models import Job, Slot
from miyun_kpi.jobs.services import enqueue
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Refused
from tests.house import ROOT
from tests.races.mixed.hands import Hand, Move
from tests.simulation import acts, driver
from tests.simulation.driver import simulate, told
from tests.simulation.shrinking import fewest, shrunk
from tests.simulation.steps import AFTER, BEFORE, BROKER, CLOCK, PLAIN, Step, drawn, only, read_replay, replay_of
from tests.simulation.world import FIRST
from water.models import Measure

pytestmark = [pytest.mark.timeout(600), pytest.mark.once]


def steps(*moves: str, how: str = PLAIN) -> list[Step]:
    return [Step(5, n, how, move, FIRST + timedelta(minutes=n)) for n, move in enumerate(moves, start=1)]


def played(*moves: str, how: str = PLAIN) -> driver.Outcome:
    chosen = steps(*moves, how=how)
    return simulate(5, len(chosen), chosen)


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> dict[str, Move]:
    """Moves of the test beside those of the product."""
    found: dict[str, Move] = dict(acts.MOVES)
    monkeypatch.setattr(driver, "MOVES", found)
    return found


def test_the_same_seed_tells_the_same_year(begun: None) -> None:
    one, again, other = simulate(3, 20), simulate(3, 20), simulate(4, 20)
    assert one.trace == again.trace and one.digest == again.digest and len(one.trace) == 20
    assert other.digest != one.digest


def test_a_step_stays_the_same_when_others_are_left_out() -> None:
    whole = drawn(7, 300, acts.SUBJECTS, FIRST)
    kept = only(whole, [4, 17, 250])
    seed, numbers = read_replay(replay_of(kept))
    assert (seed, numbers) == (7, [4, 17, 250])
    assert only(drawn(7, 250, acts.SUBJECTS, FIRST), numbers) == kept
    assert [one.chance.random() for one in kept] == [one.chance.random() for one in only(whole, numbers)]
    days = (whole[-1].at - FIRST).days
    assert 120 < days < 700, "three hundred steps are about a year"
    assert {one.how for one in whole} == {PLAIN, BEFORE, AFTER, CLOCK, BROKER}


def test_every_subject_comes_in_a_few_hundred_steps() -> None:
    named = {one.move for seed in range(5) for one in drawn(seed, 300, acts.SUBJECTS, FIRST)}
    never = [group[0].name for group in acts.SUBJECTS if not named & {move.name for move in group}]
    assert not never


def test_a_failure_becomes_the_few_steps_that_it_takes() -> None:
    tried: list[int] = []

    def fails(chosen: Sequence[Step]) -> bool:
        tried.append(len(chosen))
        return {4, 31, 77} <= {one.number for one in chosen}

    found = fewest(steps(*["x"] * 90), fails, 400)
    assert [one.number for one in found] == [4, 31, 77] and len(tried) < 120


def test_a_failure_of_the_product_is_shrunk_in_fresh_databases(begun: None, own: dict[str, Move]) -> None:
    """The third knock fails; of twelve steps three are left, and their list can be played again."""

    def knock(hand: Hand) -> None:
        found = Slot.objects.filter(task="knock").count()
        Slot.objects.create(task="knock", key=hand.key, state="done", done_at=hand.at)
        if found == 2:
            raise ZeroDivisionError("the third")

    own["knock"] = Move("knock", knock)
    outcome = played("water/phase", "knock", "inbox/read", *["water/measure"] * 5, "knock", "knock", "inbox/read")
    assert outcome.finding is not None and outcome.finding.what == "knock: ZeroDivisionError"
    small = shrunk(outcome)
    assert [one.move for one in small.steps] == ["knock"] * 3
    assert "make simulate REPLAY=5:2,9,10" in told(small) and "the third" in told(small)
    assert not Slot.objects.filter(task="knock").exists(), "nothing of it is left"


def test_a_refusal_that_leaves_something_is_found(begun: None, own: dict[str, Move]) -> None:
    def refuse(hand: Hand) -> None:
        Measure.objects.filter(pk=Measure.objects.order_by("pk")[0].pk).update(source="left behind")
        raise Refused("no", "没有执行。")

    own["refuse"] = Move("refuse", refuse)
    finding = played("refuse").finding
    assert finding is not None and finding.what == "what is refused changes nothing"
    assert "water_measure" in finding.words


@pytest.mark.parametrize("message", ["no sentence", ""])
def test_a_refusal_that_is_no_sentence_is_found(begun: None, own: dict[str, Move], message: str) -> None:
    def refuse(hand: Hand) -> None:
        raise Refused("no", message)

    own["refuse"] = Move("refuse", refuse)
    finding = played("refuse").finding
    assert finding is not None and finding.what == "refuse: a refusal that is no sentence"


def test_what_dies_before_its_commit_leaves_nothing(begun: None) -> None:
    assert played("water/measure", "water/measure").done["water/measure"] > 0
    outcome = played("water/measure", "water/measure", how=BEFORE)
    assert outcome.finding is None and not outcome.done.total()
    assert [line.rpartition("→ ")[2] for line in outcome.trace if "failed before commit" in line]


def ask(hand: Hand) -> None:
    key = f"simulated-{Job.objects.count()}"
    enqueue(name="jobs.sweep", key=key, arguments={}, actor=SYSTEM, at=hand.at)


@pytest.mark.parametrize("how", [PLAIN, AFTER])
def test_a_broker_that_is_down_fails_nobody_and_the_sweep_sends_again(
    begun: None, own: dict[str, Move], how: str
) -> None:
    own["ask"] = Move("ask", ask)
    outcome = played("ask", how=how)
    assert outcome.finding is None and outcome.done["ask"] == 1


def test_a_callback_that_fails_after_the_commit_is_found(begun: None, own: dict[str, Move]) -> None:
    from django.db import transaction

    def fail(hand: Hand) -> None:
        transaction.on_commit(lambda: 1 // 0)

    own["fail"] = Move("fail", fail)
    finding = played("fail").finding
    assert finding is not None and finding.what == "fail: fails after commit"


def test_another_process_with_other_hashes_tells_the_same_year(begun: None) -> None:
    """No order of a set and no address gets into the trace."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    environment |= {"PYTHONHASHSEED": "12345", "KPI_TEST_YEARS": "3", "KPI_TEST_STEPS": "20"}
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "tests/simulation/test_year.py"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert f"digest {simulate(3, 20).digest}" in done.stdout, done.stdout[-2000:] + done.stderr[-1000:]
