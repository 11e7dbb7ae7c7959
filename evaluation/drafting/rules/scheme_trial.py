"""A draft tried on filed marks of a past period, in the units of rules.ranking: who moves, who ties, who hangs on one item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluation.engine.rules.ranking import Result, competition_ranks, percentage, printed
from evaluation.engine.rules.scores import Cell, Item, Share


@dataclass(frozen=True)
class Matched:
    """An item of the draft ready for the engine: its shares bear the keys of the past shares whose marks they use.

    `borrowed`: evaluators of the draft with the past evaluator whose marks stand in for them.
    """

    item: Item
    borrowed: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class LeftOut:
    number: int
    reason: str


def match_item(
    new: Item, old: Item | None, parts: Mapping[str, str], cells: Mapping[tuple[str, str], Cell]
) -> "Matched | LeftOut":
    """The draft's item on the past item's marks. `parts`: the 分项 of a share by its key, old and new.

    A share takes the marks of the same evaluator and part; one without takes the next unused past share, and says so.
    """
    if old is None:
        return LeftOut(new.number, "新指标，往期没有打分")
    if not new.in_scope:
        return LeftOut(new.number, "按草案的考评范围，这一期不考")
    unused = list(old.shares)
    taken: dict[str, Share] = {}
    for share in new.shares:
        same = [
            s for s in unused if s.evaluator == share.evaluator and parts.get(s.key, "") == parts.get(share.key, "")
        ]
        if same:
            taken[share.key] = same[0]
            unused.remove(same[0])
    borrowed = []
    for share in new.shares:
        if share.key in taken:
            continue
        if not unused:
            return LeftOut(new.number, "考评部门比往期多，多出的一家没有往期打分")
        taken[share.key] = unused.pop(0)
        borrowed.append((share.evaluator, taken[share.key].evaluator))
    shares = tuple(Share(taken[s.key].key, s.evaluator, s.numerator, s.denominator) for s in new.shares)
    for share in shares:
        marked = [c for code in new.carriers if (c := cells.get((share.key, code))) and c.value is not None]
        if not marked:
            return LeftOut(new.number, "草案的承担单位往期都没有这一项的分，取不出平均分")
    return Matched(Item(new.number, new.dimension, shares, new.weights, new.carriers), borrowed)


def cells_for(
    matched: Sequence[Item], old_carriers: Mapping[str, frozenset[str]], cells: Mapping[tuple[str, str], Cell]
) -> tuple[dict[tuple[str, str], Cell], int]:
    """The past cells, and for carriers that are new an empty one that takes the average; how many these are.

    `old_carriers` by key of the past share: a carrier of then without a mark stays missing, it is no new one.
    """
    found = dict(cells)
    added: set[tuple[int, str]] = set()
    for item in matched:
        for share in item.shares:
            full = next((c.full for (key, _), c in cells.items() if key == share.key), 100_000)
            for code in item.carriers - old_carriers[share.key]:
                found[share.key, code] = Cell(None, full, not_applicable=True)
                added.add((item.number, code))
    return found, len(added)


@dataclass(frozen=True)
class Place:
    """`percent` in ten-thousandths, as printed; None while marks are missing."""

    code: str
    percent: int | None
    rank: int | None


def places(result: Result) -> dict[str, Place]:
    """As the engine ranks: on 折算百分, for what is left out may weigh more in one zone than in another."""
    return {one.unit.code: Place(one.unit.code, one.total, one.rank) for one in result.units}


@dataclass(frozen=True)
class Hanging:
    """Without the item the unit would stand at `without` instead of `rank`."""

    code: str
    number: int
    rank: int
    without: int


def hanging(result: Result, at_least: int, precision: int = 4) -> list[Hanging]:
    """Each item taken away in turn: whose rank then moves by `at_least` places or more. By unit, the greatest first."""
    now = places(result)
    numbers = [score.number for score in result.units[0].items if score.basis != "out-of-scope"] if result.units else []
    found = []
    for number in numbers:
        percents: dict[str, int] = {}
        for one in result.units:
            score = next(s for s in one.items if s.number == number)
            weight = one.examined_weight - score.weight
            rest = (
                percentage(one.sum - result.points(score.exact), weight)
                if one.sum is not None and score.exact is not None
                else None
            )
            if rest is not None and weight > 0:
                percents[one.unit.code] = printed(rest, precision)
        ranks = competition_ranks(percents)
        for code, rank in ranks.items():
            before = now[code].rank
            if before is not None and abs(before - rank) >= at_least:
                found.append(Hanging(code, number, before, rank))
    return sorted(found, key=lambda h: (h.rank, -abs(h.rank - h.without), h.number))


def new_ties(old: Mapping[str, Place], new: Mapping[str, Place]) -> list[tuple[int, list[str]]]:
    """Groups that share a rank in the new and did not all share one in the old: rank, codes."""
    groups: dict[int, list[str]] = {}
    for place in new.values():
        if place.rank is not None:
            groups.setdefault(place.rank, []).append(place.code)
    return [
        (rank, codes)
        for rank, codes in sorted(groups.items())
        if len(codes) > 1 and (len({old[c].rank for c in codes if c in old}) > 1 or any(c not in old for c in codes))
    ]
