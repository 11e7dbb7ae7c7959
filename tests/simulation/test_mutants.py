"""Which of A1 to A7 a year finds when they are put back, and at which seed and step.

`make simulate MUTANTS=all` (or A1,A3) says it of each; the suite asks for the two that a few steps find.
"""

import os
from datetime import timedelta

import pytest

from farmland.enums import Choice
from farmland.models import Rate
from farmland.services import fees
from tests.evaluation.conftest import actor_named
from tests.simulation.driver import Finding, simulate
from tests.simulation.holding import INVARIANTS, Seen
from tests.simulation.mutants import MUTANTS, OPEN, put_back
from tests.simulation.world import FIRST, at_moment

pytestmark = [pytest.mark.timeout(3600), pytest.mark.once]

ASKED = os.environ.get("KPI_TEST_MUTANTS", "A1,A5")
NAMES = sorted(MUTANTS) if ASKED == "all" else ASKED.split(",")
WHOLE = "KPI_TEST_MUTANTS" in os.environ
SEEDS, STEPS = (range(1, 9), 200) if WHOLE else (range(1, 2), 50)


def found(name: str) -> Finding | None:
    for seed in SEEDS:
        with put_back(name):
            outcome = simulate(seed, STEPS, mutant=name)
        if outcome.finding is not None:
            return outcome.finding
    return None


@pytest.mark.parametrize("name", NAMES)
def test_a_fault_of_before_is_found_when_it_is_put_back(begun: None, request: pytest.FixtureRequest, name: str) -> None:
    write, finding = request.config.get_terminal_writer().write, found(name)
    if finding is None:
        write(f"\nmutant {name}: not found in {len(SEEDS)} seeds of {STEPS} steps\n")
    assert finding is not None, MUTANTS[name].words
    write(f"\nmutant {name}: found at seed {finding.step.seed}, step {finding.step.number}, by “{finding.what}”\n")
    assert finding.what in MUTANTS[name].found_by, finding


def priced_anew(seen: Seen) -> None:
    fees.choose(actor=actor_named("guizi"), key=Choice.REWARDS_ADD_UP, value=False, basis="改读法", at=seen.at)


def mistyped(seen: Seen) -> None:
    day = seen.at.date() + timedelta(days=9)
    given = {"kind": "compensation", "value": 1, "starts_on": day, "basis": "录错"}
    Rate.objects.create(created_at=seen.at, created_by="某人", **given)


@pytest.mark.parametrize("name", sorted(OPEN))
def test_what_stands_open_in_the_product_still_does(begun: None, name: str) -> None:
    """Mended: take it out of OPEN (mutants.py), and write the patch that puts it back."""
    seen, harm = Seen(FIRST), {"A4": priced_anew, "A7": mistyped}[name]
    one = next(one for one in INVARIANTS if one.name in MUTANTS[name].found_by)
    assert not list(one.check(seen))
    with at_moment(FIRST):
        harm(seen)
    assert list(one.check(seen)), f"{name} is mended"
