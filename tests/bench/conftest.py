"""Each figure is a ratio of two ways measured in turns in one run. They judge nothing, but for the gate of the night."""

import statistics
from collections.abc import Callable

import pytest

from tests.bench.measuring import Measured, by_turns
from tests.evaluation.conftest import _demo_of_module, actor_for, demo, live_demo

__all__ = ["_demo_of_module", "actor_for", "demo", "live_demo"]

Paired = Callable[..., float]


@pytest.fixture
def measured(capsys: pytest.CaptureFixture[str]) -> Measured:
    """`measured(name, numerator, denominator, rounds)`, of a name in tests/bench/names.py."""

    def say(text: str) -> None:
        with capsys.disabled():
            print(f"\n{text}")

    return Measured(say)


@pytest.fixture
def paired(capsys: pytest.CaptureFixture[str]) -> Paired:
    """Figures without a target: both by turns, their medians and the ratio of these, printed."""

    def measure(
        name: str, one: Callable[[], object], other_name: str, other: Callable[[], object], rounds: int = 25
    ) -> float:
        medians = [statistics.median(taken) for taken in by_turns(one, other, rounds)]
        ratio = medians[0] / medians[1]
        with capsys.disabled():
            print(f"\n{name} {medians[0]:.2f} ms ÷ {other_name} {medians[1]:.2f} ms = {ratio:.2f}")
        return ratio

    return measure
