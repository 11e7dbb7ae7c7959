"""缺表影响: whose rank what is not filed could still move, in exact arithmetic. For the office alone, never a result.

A blank lies between a floor (推定, a setting of the scheme) and the full mark. Units: as in rules.ranking. No floor is printed; from
0 on nearly every rank could still move, and the list would say nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from evaluation.engine.rules.ranking import Cell, Item, Unit, half_up_div, mean_rate

Interval = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Reach:
    """What a unit can still come to. Totals in ten-thousandths; `best` and `worst` are ranks over the track.

    The totals are attained. The ranks compare every two units over all blanks they share (an average moves with the
    marks of others), so no filing can lead outside them; with three or more bound by one average both ends may be
    one place more than can be attained.
    """

    code: str
    least: int
    most: int
    best: int
    worst: int

    @property
    def moves(self) -> bool:
        return self.best != self.worst


@dataclass(frozen=True)
class _Share:
    """`part` of the item; a carrier's rate as an interval, one point when it is marked; sums over the carriers."""

    part: Fraction
    rates: Mapping[str, Interval]
    low: Fraction
    high: Fraction

    @property
    def count(self) -> int:
        return len(self.rates)

    def of(self, code: str) -> Interval:
        """The rate of a unit: its own, or the average of the carriers."""
        return self.rates.get(code) or (self.low / self.count, self.high / self.count)


def reaches(
    units: Sequence[Unit], items: Sequence[Item], cells: Mapping[tuple[str, str], Cell], *, floor: Fraction
) -> list[Reach]:
    """Least and most total, best and worst rank of every unit, in the order given.

    `cells` as for rules.ranking.rank. Refuses "no-carrier" when nobody is left to average.
    """
    examined = [
        (item, [_share(item, s.key, s.numerator, s.denominator, cells, floor) for s in item.shares])
        for item in items
        if item.in_scope
    ]
    totals = {unit.code: _total(unit, examined) for unit in units}
    lead = {(one.code, other.code): _lead(one, other, examined) for one in units for other in units if one is not other}
    found = []
    for unit in units:
        others = [other.code for other in units if other is not unit]
        surely_above = sum(lead[unit.code, other] < 0 for other in others)
        maybe_above = sum(lead[other, unit.code] > 0 for other in others)
        found.append(Reach(unit.code, *totals[unit.code], 1 + surely_above, 1 + maybe_above))
    return found


def _share(
    item: Item, key: str, numerator: int, denominator: int, cells: Mapping[tuple[str, str], Cell], floor: Fraction
) -> _Share:
    rates: dict[str, Interval] = {}
    for code in item.carriers:
        cell = cells.get((key, code))
        if cell is not None and cell.not_applicable:
            continue
        if cell is None or cell.value is None:
            rates[code] = (floor, Fraction(1))
        else:
            rates[code] = (Fraction(cell.value, cell.full),) * 2
    if not rates:
        mean_rate([])
    low = sum((one[0] for one in rates.values()), Fraction(0))
    high = sum((one[1] for one in rates.values()), Fraction(0))
    return _Share(Fraction(numerator, denominator), rates, low, high)


def _score(weight: int, shares: Sequence[_Share], code: str, end: int) -> int:
    exact = sum((share.part * share.of(code)[end] for share in shares), Fraction(0)) * weight * 10
    return half_up_div(exact.numerator, exact.denominator)


def _total(unit: Unit, examined: Sequence[tuple[Item, Sequence[_Share]]]) -> tuple[int, int]:
    scores = [
        (_score(item.weights[unit.zone], shares, unit.code, 0), _score(item.weights[unit.zone], shares, unit.code, 1))
        for item, shares in examined
    ]
    return sum(low for low, _ in scores), sum(high for _, high in scores)


def _lead(one: Unit, other: Unit, examined: Sequence[tuple[Item, Sequence[_Share]]]) -> int:
    """The most by which `one` can come out above `other`, in ten-thousandths; negative when it stays below.

    Items do not share blanks, so the most of the sum is the sum of the mosts. Within an item the scores are rounded
    apart: their difference is neither above that of the extremes, nor a whole unit above the exact difference.
    """
    lead = 0
    for item, shares in examined:
        mine, theirs = item.weights[one.zone], item.weights[other.zone]
        apart = _score(mine, shares, one.code, 1) - _score(theirs, shares, other.code, 0)
        exact = sum((_share_lead(s, mine * s.part, theirs * s.part, one.code, other.code) for s in shares), Fraction(0))
        lead += min(apart, -(-(exact.numerator * 10) // exact.denominator))
    return lead


def _share_lead(share: _Share, mine: Fraction, theirs: Fraction, one: str, other: str) -> Fraction:
    """The greatest `mine` × rate of one − `theirs` × rate of the other; linear in every blank, so at its ends."""
    own, foreign = share.rates.get(one), share.rates.get(other)
    if own and foreign:
        return mine * own[1] - theirs * foreign[0]
    if own:  # the other takes an average in which one's own mark counts
        slope = mine - theirs / share.count
        return slope * own[slope >= 0] - theirs / share.count * (share.low - own[0])
    if foreign:
        slope = mine / share.count - theirs
        return slope * foreign[slope >= 0] + mine / share.count * (share.high - foreign[1])
    slope = (mine - theirs) / share.count
    return slope * (share.high if slope >= 0 else share.low)
