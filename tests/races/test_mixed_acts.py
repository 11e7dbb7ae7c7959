"""Acts of all subjects at once on eight connections: no deadlock, no lost update, nothing oversold, no failure of the house.

`KPI_TEST_MIXED` acts (500; 10,000 in `make night PART=kills`) from the seed `KPI_TEST_SEED`. What each thread tries is
the seed's; in what order they meet is not.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from evaluation.feedback.services.unit_checks import open_unit_check
from evaluation.models import Figure, Period, Scheme
from farmland.models import Application, Pool
from farmland.queries import pool as pools
from farmland.services import applications
from miyun_kpi.acts.acting import acting
from tests.factories.rankings import computed, official, person, signed
from tests.races.control import meet, meet_before_saving, unlock
from tests.races.mixed import doors, evaluation, farming, findings, instruments, offices, records
from tests.races.mixed.hands import Hand, Move, People
from tests.races.mixed.running import ACTS, Mix, Outcome
from water.models import Measure
from water.services import targets

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(5400)]

# Each has the same share of the acts; what is named twice, two.
SUBJECTS = {
    "marks": evaluation.SHEETS,
    "evaluation": evaluation.WORK,
    "doors": doors.MOVES,
    "farmland": farming.MOVES,
    "finance": offices.FINANCE,
    "water": offices.WATER,
    "postdoc": offices.POSTDOC,
    "personnel": offices.PERSONNEL,
    "disclosure": offices.DISCLOSURE,
    "duties": offices.DUTIES,
    "registers": records.REGISTERS,
    "registers, again": records.REGISTERS,
    "organisations": records.ORGANISATIONS,
    "accounts": records.ACCOUNTS,
}


@pytest.fixture
def people(live_demo: None) -> People:
    """The persons of the demonstration, and the head that its town lacks."""
    person("zhenzhang", "北庄镇", "unit_head")
    found = People()
    records.learn([actor for _, actor in found.posts])
    return found


@pytest.fixture
def computed_quarter(people: People) -> None:
    """The filed quarter computed: of the towns the units check it, of the departments it can be signed and published."""
    office, quarter = people.named("zhengfuban1"), Period.objects.get(code="2020Q2")
    Figure.objects.update(confirmed=True)
    towns = computed("township", quarter, by=office)
    open_unit_check(actor=office, ranking_id=towns.pk, at=timezone.now())
    signed(official("department", quarter, by=office), by=office)


def test_mixed_acts_neither_deadlock_nor_lose_nor_oversell(
    people: People, computed_quarter: None, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    told, before = instruments.Acknowledged(), instruments.deadlocks()
    told.watch(monkeypatch)
    with instruments.logged():
        outcome = Mix(SUBJECTS, people).run(ACTS)
        changes = instruments.changes()
    request.config.get_terminal_writer().write(f"\nmixed acts, {outcome.said()}\n{outcome.by_subject()}\n")
    assert not outcome.faults, "\n\n".join(outcome.faults)
    assert instruments.deadlocks() == before
    assert outcome.busy.total() <= ACTS // 100, outcome.busy
    problems = {
        "lost": findings.lost_updates(changes),
        "uncounted": findings.uncounted(changes, outcome.finished),
        "audit": findings.audit_problems(told.entries),
        "marks": findings.mark_problems(),
        "oversold": findings.oversold(),
    }
    assert not any(problems.values()), f"seed {outcome.seed}: {problems}"
    worked(outcome)


def worked(outcome: Outcome) -> None:
    """A mix in which nothing is done, or nothing refused, shows nothing."""
    never = [subject for subject, moves in SUBJECTS.items() if not any(outcome.done[move.name] for move in moves)]
    assert not never, f"nothing was done of {never}"
    assert outcome.done.total() > ACTS // 4
    codes = {name.partition(": ")[2] for name in outcome.refused}
    assert {"stale", "not-found", "verb-lacking"} <= codes, codes


def of_two(acts: Sequence[Callable[[Hand], Any]], people: People) -> Outcome:
    """Two threads, each with its own act, at the same moment and watched as the mix is."""
    left = list(acts)
    move = Move("control/one", lambda hand: left.pop()(hand))
    return Mix({"control": [move]}, people).run(len(acts), threads=len(acts))


@pytest.mark.control("test_mixed_acts_neither_deadlock_nor_lose_nor_oversell")
def test_two_locks_in_inverted_order_are_seen(people: People) -> None:
    one, other = Scheme.objects.order_by("pk").values_list("pk", flat=True)
    gate, before = threading.Barrier(2), instruments.deadlocks()

    def in_order(first: int, second: int) -> Callable[[Hand], None]:
        def act(hand: Hand) -> None:
            with acting(hand.one_of("zhengfuban1"), hand.at):
                for pk in (first, second):
                    # Written, not locked by name: tests/act_watch.py would stop the second before the store does.
                    Scheme.objects.filter(pk=pk).update(title="某")
                    meet(gate)

        return act

    outcome = of_two([in_order(one, other), in_order(other, one)], people)
    assert outcome.codes == {"40P01": 1} and instruments.deadlocks() == before + 1
    assert "under way: thread 0: control/one" in outcome.faults[0], "the report names what ran"


@pytest.mark.control("test_mixed_acts_neither_deadlock_nor_lose_nor_oversell")
def test_without_the_lock_an_update_is_lost_and_is_seen(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    row = Measure.objects.order_by("pk")[0]
    unlock(monkeypatch, Measure)
    meet_before_saving(monkeypatch, Measure)

    def change(share: int) -> Callable[[Hand], Any]:
        given = targets.Given(row.day, Decimal(share), None, None, "", "statistics", "月统计表")
        return lambda hand: targets.change_measure(
            actor=people.named("shuiwuban"), target=row.target, measure_id=row.pk, version=1, given=given, at=hand.at
        )

    with instruments.logged():
        outcome = of_two([change(81), change(82)], people)
        changes = instruments.changes()
    assert outcome.done.total() == 2, outcome.refused
    assert len(findings.lost_updates(changes)) == 1
    assert len(findings.uncounted(changes, outcome.finished)) == 0, "the version alone counts what is left of two"


@pytest.mark.control("test_mixed_acts_neither_deadlock_nor_lose_nor_oversell")
def test_without_the_lock_the_pool_is_sold_twice_and_is_seen(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    office = people.named("guizi")
    at = Application.objects.order_by("-pk")[0].changed_at + timedelta(minutes=1)
    given = {"name": "甲", "applicant": "某公司", "investor": "social", "commercial": True, "district_pays": False}
    project = applications.Project(
        **given, public=False, town="十里堡镇", area=Decimal(8), approval_number="密政批1号", approval_on=at.date()
    )
    rows = [applications.register_application(actor=office, project=project, at=at) for _ in range(2)]
    monkeypatch.setattr(applications, "lock_pool", Pool.objects.get)
    gate, read = threading.Barrier(2), pools.standing

    def read_and_wait() -> Any:
        found = read()
        meet(gate)
        return found

    monkeypatch.setattr(pools, "standing", read_and_wait)
    outcome = of_two(
        [
            lambda hand, row=row: applications.reserve(actor=office, application_id=row.pk, version=1, at=hand.at)
            for row in rows
        ],
        people,
    )
    monkeypatch.undo()
    assert outcome.done.total() == 2, (outcome.refused, outcome.faults)
    # 十里堡-01 has 12.84 亩; what it gave is written once, and replayed twice.
    assert findings.oversold()
