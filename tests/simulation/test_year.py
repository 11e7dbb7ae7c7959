"""A year in random acts, seed by seed: nothing fails, what is refused changes nothing, every invariant holds.

`KPI_TEST_YEARS` says which seeds (1,2), `KPI_TEST_STEPS` how many steps of each (50); `make simulate` sets both, and
`KPI_TEST_REPLAY` for the steps of a failure alone. A failure is shrunk and told as a list of steps.
"""

import os
import time

import pytest

from tests.simulation.acts import SUBJECTS
from tests.simulation.driver import Outcome, simulate, told
from tests.simulation.shrinking import shrunk
from tests.simulation.steps import Step, drawn, only, read_replay
from tests.simulation.world import FIRST

pytestmark = [pytest.mark.timeout(3600), pytest.mark.once]

REPLAY = os.environ.get("KPI_TEST_REPLAY", "")
STEPS = int(os.environ.get("KPI_TEST_STEPS", "50"))
SEEDS = [int(seed) for seed in os.environ.get("KPI_TEST_YEARS", "1,2").split(",")]


def chosen() -> list[tuple[int, list[Step]]]:
    if REPLAY:
        seed, numbers = read_replay(REPLAY)
        return [(seed, only(drawn(seed, max(numbers), SUBJECTS, FIRST), numbers))]
    return [(seed, drawn(seed, STEPS, SUBJECTS, FIRST)) for seed in SEEDS]


@pytest.mark.parametrize(("seed", "steps"), chosen(), ids=lambda one: str(one) if isinstance(one, int) else "steps")
def test_a_year_of_random_acts_breaks_nothing(
    begun: None, years: list[Outcome], request: pytest.FixtureRequest, seed: int, steps: list[Step]
) -> None:
    write, began = request.config.get_terminal_writer().write, time.monotonic()
    outcome = simulate(seed, len(steps), steps)
    years.append(outcome)
    if REPLAY:
        write("\n" + "\n".join(outcome.trace))
    write(f"\nsimulated, {outcome.said()}, {time.monotonic() - began:.0f} s\n")
    if outcome.finding is not None:
        pytest.fail(told(outcome if REPLAY else shrunk(outcome)), pytrace=False)
    if not REPLAY:
        assert outcome.done.total() > len(steps) // 3, "a year in which little is done shows little"
        assert outcome.refused, "a year in which nothing is refused shows no refusal"
