"""存疑影响: whose place another reading of a doubtful figure would move. For the office alone, to know what to confirm first.

An alternative replaces a few items, cells, or whose weights a unit has; only the items it touches are scored again, by the engine
itself, and everybody is ranked again on the value printed then (engine 11). One alternative at a time.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from evaluation.engine.rules.ranking import Close, competition_ranks, percentage, printed, score_item
from evaluation.engine.rules.scores import Cell, Item, Unit

# Printed for department item 13 and offered by analogy (engine 4): 3/7, 2/7, 1/7, 1/7.
PATTERN = (3, 2, 1, 1)

# Of one unit: exact points of an item, None while missing, and the weight examined; and over items, with how many are missing.
_Part = tuple[Fraction | None, int]
_Sum = tuple[Fraction, int, int]


@dataclass(frozen=True)
class Alternative:
    """`figures`: keys of the figures it is said beside. `cells` None takes a cell away; `zones`: units with weights of another zone."""

    figures: tuple[str, ...]
    words: str
    items: Mapping[int, Item] = field(default_factory=dict)
    cells: Mapping[tuple[str, str], Cell] = field(default_factory=dict)
    zones: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Move:
    """A unit whose place would be another; None where it would have no total."""

    code: str
    before: int | None
    after: int | None

    @property
    def places(self) -> int:
        return 0 if self.before is None or self.after is None else abs(self.before - self.after)


@dataclass(frozen=True)
class Effect:
    alternative: Alternative
    moves: tuple[Move, ...]

    @property
    def changed(self) -> int:
        return len(self.moves)

    @property
    def most(self) -> int:
        return max((move.places for move in self.moves), default=0)


def effects(
    units: Sequence[Unit],
    items: Sequence[Item],
    cells: Mapping[tuple[str, str], Cell],
    alternatives: Sequence[Alternative],
    *,
    close: Close | None = None,
    precision: int = 4,
) -> list[Effect]:
    """Of every alternative the units that it would move, by their place now. Inputs as for rules.ranking.rank."""
    base = {item.number: _scored(units, item, cells) for item in items}
    sums = [_summed([base[item.number][place] for item in items]) for place in range(len(units))]
    totals = [_total(unit, one, close, precision) for unit, one in zip(units, sums, strict=True)]
    now = _ranks(units, totals)
    kept = {item.number: item for item in items}
    of_share: dict[str, dict[tuple[str, str], Cell]] = {}
    for key, cell in cells.items():
        of_share.setdefault(key[0], {})[key] = cell
    found = []
    for one in alternatives:
        changed_units = [replace(u, zone=one.zones.get(u.code, u.zone)) for u in units] if one.zones else units
        before: list[list[_Part]] = []
        after: list[list[_Part]] = []
        for number in _touched(one, items):
            item = one.items.get(number, kept[number])
            own: dict[tuple[str, str], Cell] = {}
            for share in item.shares:
                own |= of_share.get(share.key, {})
            before.append(base[number])
            after.append(_scored(changed_units, item, {**own, **one.cells}))
        other = list(totals)
        for place, unit in enumerate(units):
            old, new = [column[place] for column in before], [column[place] for column in after]
            if old != new:
                whole = _replaced(sums[place], _summed(old), _summed(new))
                other[place] = _total(unit, whole, close, precision)
        then = _ranks(units, other)
        moves = [Move(u.code, now.get(u.code), then.get(u.code)) for u in units if now.get(u.code) != then.get(u.code)]
        found.append(Effect(one, tuple(sorted(moves, key=lambda m: (m.before is None, m.before or 0, m.code)))))
    return found


def _touched(one: Alternative, items: Sequence[Item]) -> Collection[int]:
    if one.zones:
        return [item.number for item in items]
    shares = {key for key, _ in one.cells}
    return {*one.items, *(item.number for item in items for share in item.shares if share.key in shares)}


def _scored(units: Sequence[Unit], item: Item, cells: Mapping[tuple[str, str], Cell]) -> list[_Part]:
    """Exact points and examined weight of every unit; nothing of either where the item is not examined."""
    if not item.in_scope:
        return [(Fraction(0), 0)] * len(units)
    scale, scores = score_item(units, item, cells)
    return [(None if s.exact is None else Fraction(s.exact, 1000 * scale), s.weight) for s in scores]


def _summed(parts: Sequence[_Part]) -> _Sum:
    points = sum((one for one, _ in parts if one is not None), Fraction(0))
    return points, sum(weight for _, weight in parts), sum(one is None for one, _ in parts)


def _replaced(whole: _Sum, old: _Sum, new: _Sum) -> _Sum:
    return whole[0] - old[0] + new[0], whole[1] - old[1] + new[1], whole[2] - old[2] + new[2]


def _total(unit: Unit, one: _Sum, close: Close | None, precision: int) -> int | None:
    points, weight, missing = one
    percent = percentage(None if missing else points, weight)
    base, added = close(unit.code, percent) if close is not None else (percent, 0)
    return None if base is None else printed(base + Fraction(added, 1000), precision)


def _ranks(units: Sequence[Unit], totals: Sequence[int | None]) -> dict[str, int]:
    return competition_ranks({u.code: total for u, total in zip(units, totals, strict=True) if total is not None})
