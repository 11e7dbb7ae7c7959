"""Two engines that were written apart: whether they agree (engine 24)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from evaluation.engine.rules.ranking import Result, printed

NANO = 10**9


@dataclass(frozen=True)
class Interval:
    """Whole numbers of 10⁻⁹ points between which the second engine puts a total before it is rounded, ends included."""

    low: int
    high: int

    def holds(self, exact: Fraction) -> bool:
        return self.low * exact.denominator <= exact.numerator * NANO <= self.high * exact.denominator

    def settles(self, total: int, precision: int) -> bool:
        """Whether every value of the interval is printed as `total` (ten-thousandths)."""
        return all(printed(Fraction(end, NANO), precision) == total for end in (self.low, self.high))


@dataclass(frozen=True)
class Agreement:
    """`differ`: units of which the engines say different things. `borders`: units whose interval holds a rounding border.

    Of those only exact fractions can say what is printed; that the exact value lies in the interval is checked all the same.
    """

    differ: tuple[str, ...]
    borders: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        return not self.differ

    def as_json(self) -> dict[str, list[str]]:
        return {"differ": list(self.differ), "borders": list(self.borders)}


def agreement(result: Result, intervals: Mapping[str, Interval | None], precision: int) -> Agreement:
    """Hold the first engine's totals against the intervals of the second. Codes in order of the result."""
    differ, borders = [], []
    for unit in result.units:
        code = unit.unit.code
        interval = intervals.get(code)
        if unit.total is None or unit.base is None or interval is None:
            if unit.total is not None or interval is not None:
                differ.append(code)
        elif not interval.holds(unit.base + Fraction(unit.added, 1000) if unit.added else unit.base):
            differ.append(code)
        elif not interval.settles(unit.total, precision):
            borders.append(code)
    known = {unit.unit.code for unit in result.units}
    return Agreement((*differ, *sorted(set(intervals) - known)), tuple(borders))
