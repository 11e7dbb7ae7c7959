"""缺表影响: whose rank what is not filed could still move, in exact arithmetic. For the office alone, never a result.

A blank lies between a floor (推定, a setting of the scheme) and the full mark. Units: as in rules.ranking. No floor is printed; from
0 on nearly every rank could still move, and the list would say nothing.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from evaluation.engine.rules.ranking import mean_rate, printed
from evaluation.engine.rules.scores import Cell, Item, Unit

ZERO = Fraction(0)


@dataclass(frozen=True)
class Reach:
    """What a unit can still come to. Totals in ten-thousandths as printed; `best` and `worst` are ranks over the track.

    The totals are attained. The ranks compare every two units over all blanks they share (an average moves with the
    marks of others), so no filing can lead outside them; with three or more bound by one average both ends may be
    one place more than can be attained, and where two stay apart by less than a printed unit they may come out equal.
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
    """`part` of the item; the rates of carriers that are marked, their sum, and which carriers are blank."""

    part: Fraction
    rates: Mapping[str, Fraction]
    blanks: frozenset[str]
    marked: Fraction

    @property
    def count(self) -> int:
        return len(self.rates) + len(self.blanks)


# How a unit hangs on one share with blanks: points a full mark of its own blank is worth, points each blank is worth
# through the average. One of the two is 0, and both are for a carrier that is marked.
Hold = tuple[Fraction, Fraction]


def reaches(
    units: Sequence[Unit],
    items: Sequence[Item],
    cells: Mapping[tuple[str, str], Cell],
    *,
    floor: Fraction,
    precision: int = 4,
) -> list[Reach]:
    """Least and most total, best and worst rank of every unit, in the order given.

    `cells` as for rules.ranking.rank. Refuses "no-carrier" when nobody is left to average. Units that hang alike on
    the blanks differ by what is fixed alone: they are sorted once by that, and counted by bisection.
    """
    examined = [
        (item, [_share(item, s.key, s.numerator, s.denominator, cells) for s in item.shares])
        for item in items
        if item.in_scope
    ]
    open_ = [share for _, shares in examined for share in shares if share.blanks]
    fixed: dict[str, Fraction] = {}
    holds: dict[str, tuple[Hold, ...]] = {}
    alike: dict[tuple[Hold, ...], list[Fraction]] = {}
    for unit in units:
        fixed[unit.code], holds[unit.code] = _standing(unit, examined)
        alike.setdefault(holds[unit.code], []).append(fixed[unit.code])
    for group in alike.values():
        group.sort()
    step = Fraction(1, 10**precision)
    leads = {(one, other): _lead(one, other, open_, floor) for one in alike for other in alike}
    found = []
    for unit in units:
        own, hold = fixed[unit.code], holds[unit.code]
        above = maybe = 0
        for other, group in alike.items():
            # Above for certain: even the most that this unit can gain leaves it a printed unit behind.
            above += len(group) - bisect_left(group, own + leads[hold, other] + step)
            ahead = leads[other, hold]
            maybe += len(group) - bisect_right(group, own - ahead) - (other == hold and ahead > 0)
        least, most = (own + _ends(hold, open_, end) for end in (floor, Fraction(1)))
        found.append(Reach(unit.code, printed(least, precision), printed(most, precision), 1 + above, 1 + maybe))
    return found


def _share(item: Item, key: str, numerator: int, denominator: int, cells: Mapping[tuple[str, str], Cell]) -> _Share:
    rates: dict[str, Fraction] = {}
    blanks = set()
    for code in item.carriers:
        cell = cells.get((key, code))
        if cell is not None and cell.not_applicable:
            continue
        if cell is None or cell.value is None:
            blanks.add(code)
        else:
            rates[code] = Fraction(cell.value, cell.full)
    if not rates and not blanks:
        mean_rate([])
    return _Share(Fraction(numerator, denominator), rates, frozenset(blanks), sum(rates.values(), ZERO))


def _standing(unit: Unit, examined: Sequence[tuple[Item, Sequence[_Share]]]) -> tuple[Fraction, tuple[Hold, ...]]:
    """Points of 100 that no blank touches, and how the unit hangs on each share with blanks."""
    whole = sum(item.weights[unit.zone] for item, _ in examined)
    fixed, holds = ZERO, []
    for item, shares in examined:
        weight = Fraction(100 * item.weights[unit.zone], whole)
        for share in shares:
            worth = weight * share.part
            if unit.code in share.rates:
                fixed += worth * share.rates[unit.code]
                hold = (ZERO, ZERO)
            elif unit.code in share.blanks:
                hold = (worth, ZERO)
            else:
                fixed += worth * share.marked / share.count
                hold = (ZERO, worth / share.count)
            if share.blanks:
                holds.append(hold)
    return fixed, tuple(holds)


def _ends(hold: tuple[Hold, ...], open_: Sequence[_Share], end: Fraction) -> Fraction:
    """What the blanks are worth to a unit when all lie at one end."""
    return sum((end * (own + each * len(share.blanks)) for (own, each), share in zip(hold, open_, strict=True)), ZERO)


def _lead(one: tuple[Hold, ...], other: tuple[Hold, ...], open_: Sequence[_Share], floor: Fraction) -> Fraction:
    """The most that the blanks can put `one` before `other`. Linear in every blank, and shares have none in common."""
    lead = ZERO
    for (own, each), (their_own, their_each), share in zip(one, other, open_, strict=True):
        apart = len(share.blanks) - (own > 0) - (their_own > 0)
        lead += _most(each - their_each, floor) * apart
        lead += _most(own - their_each, floor) if own else ZERO
        lead += _most(each - their_own, floor) if their_own else ZERO
    return lead


def _most(slope: Fraction, floor: Fraction) -> Fraction:
    return slope if slope >= 0 else slope * floor
