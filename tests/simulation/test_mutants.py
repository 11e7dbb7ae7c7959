"""Which of A1 to A7 a year finds when they are put back, and at which seed and step.

`make simulate MUTANTS=all` (or A1,A3) says it of each; the suite asks for the two that a few steps find.
"""

import os

import pytest

from tests.simulation.driver import Finding, simulate
from tests.simulation.mutants import MUTANTS, put_back

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
