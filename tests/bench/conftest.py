"""Benchmarks print figures and judge nothing. Each figure is a ratio of two ways measured in turns in one run."""

import statistics
import time
from collections.abc import Callable

import pytest

from tests.evaluation.conftest import _demo_of_module, actor_for, demo, live_demo

__all__ = ["_demo_of_module", "actor_for", "demo", "live_demo"]

Paired = Callable[[str, Callable[[], object], str, Callable[[], object]], float]


@pytest.fixture
def paired(capsys: pytest.CaptureFixture[str]) -> Paired:
    """Run both by turns, `rounds` times; print the medians and their ratio."""

    def measure(
        name: str, one: Callable[[], object], other_name: str, other: Callable[[], object], rounds: int = 25
    ) -> float:
        times: tuple[list[float], list[float]] = ([], [])
        for turn in range(rounds + 3):
            for place, function in enumerate((one, other)):
                begun = time.perf_counter()
                function()
                if turn >= 3:
                    times[place].append(time.perf_counter() - begun)
        medians = [statistics.median(taken) * 1000 for taken in times]
        ratio = medians[0] / medians[1]
        with capsys.disabled():
            print(f"\n{name} {medians[0]:.2f} ms ÷ {other_name} {medians[1]:.2f} ms = {ratio:.2f}")
        return ratio

    return measure
