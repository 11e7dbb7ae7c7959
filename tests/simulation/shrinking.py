"""A failure in few steps: parts are left out as long as the same failure comes, first halves, at the end single steps."""

from collections.abc import Callable, Sequence

from tests.simulation.driver import Outcome, simulate
from tests.simulation.steps import Step


def shrunk(outcome: Outcome, most: int = 400) -> Outcome:
    """The outcome of the fewest steps found with `most` runs at most, each in a fresh database."""
    assert outcome.finding is not None
    wanted, kept = outcome.finding.what, outcome

    def fails(steps: Sequence[Step]) -> bool:
        nonlocal kept
        if not steps:
            return False
        tried = simulate(outcome.seed, len(steps), steps)
        if tried.finding is None or tried.finding.what != wanted:
            return False
        kept = tried
        return True

    last = outcome.finding.step.number
    fewest([step for step in outcome.steps if step.number <= last], fails, most)
    return kept


def fewest(steps: list[Step], fails: Callable[[Sequence[Step]], bool], most: int) -> list[Step]:
    """Delta debugging (Zeller): of a list that fails one that does not fail any more when a step is left out."""
    parts, left = 2, most
    while len(steps) > 1 and left > 0:
        size = max(1, len(steps) // parts)
        for start in range(0, len(steps), size):
            rest = steps[:start] + steps[start + size :]
            left -= 1
            if rest and fails(rest):
                steps, parts = rest, max(2, parts - 1)
                break
            if left <= 0:
                return steps
        else:
            if size == 1:
                return steps
            parts = min(len(steps), parts * 2)
    return steps
