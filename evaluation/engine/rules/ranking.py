"""From marks to ranks: the engine of 13号, in plain integers.

Units: marks, full marks and weights in thousandths of a point. Nothing is rounded while computing (engine 6): exact scores are
whole numbers of 1/`scale` thousandths, `scale` one common denominator of all rates of the computation. A score is shown with four
decimals, half up; a total is rounded once, half up, to the scheme's 名次精度 and ranked as printed (engine 11).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm

from evaluation.engine.rules.scores import (
    OUT_OF_SCOPE,
    Cell,
    Item,
    ItemScore,
    Rate,
    Scoring,
    Share,
    Unit,
    half_up_div,
    scoring_of,
)
from miyun_kpi.lib.decimals import half_up, to_scaled
from miyun_kpi.lib.errors import Refused

# Of the arithmetic itself, first part of every rule version (engine 26); 1 ranked sums of rounded scores.
ARITHMETIC = 2
PRECISIONS = (2, 3, 4)

AVERAGE_CLAUSE = {"township": "附件5·注", "department": "附件3·注"}


@dataclass(frozen=True)
class UnitResult:
    """One unit. `sum` and `percent` are exact points: what it got, and that over what was examined × 100 (折算百分).

    `total` is the ranked value as printed, in ten-thousandths: `base` (its percentage, or what a year's method makes of
    it) + `added` thousandths of 加减分, rounded once. All None while a mark is missing; then `partial` says what is there.
    `dimensions` are sums of printed scores, so that a reader can add them up; what that leaves is the 尾差 of the total.
    """

    unit: Unit
    items: tuple[ItemScore, ...]
    dimensions: Mapping[str, int]
    examined_weight: int
    partial: Fraction
    partial_weight: int
    sum: Fraction | None = None
    base: Fraction | None = None
    added: int = 0
    total: int | None = None
    rank: int | None = None
    zone_rank: int | None = None
    category_rank: int | None = None

    @property
    def percent(self) -> Fraction | None:
        return percentage(self.sum, self.examined_weight)

    @property
    def printed_parts(self) -> int:
        """Sum of the printed item scores, ten-thousandths."""
        return sum(item.score for item in self.items if item.score is not None)


@dataclass(frozen=True)
class Missing:
    """A carrier's mark that is not there; or, `no_carrier`, the average a unit needs and that nobody is left to give."""

    number: int
    share: Share
    organisation: str
    no_carrier: bool = False


@dataclass(frozen=True)
class Result:
    units: tuple[UnitResult, ...]
    missing: tuple[Missing, ...]
    scale: int = 1

    def points(self, exact: int) -> Fraction:
        """Exact points of an item's `exact`."""
        return Fraction(exact, 1000 * self.scale)


# A carrier's code with its cell, None where it has none.
Carried = tuple[str, Cell | None]
Close = Callable[[str, Fraction | None], tuple[Fraction | None, int]]


def mean_rate(marks: Sequence[tuple[int, int]]) -> Rate:
    """The mean score rate of organisations that carry the item, exact, scaled to integers and divided last.

    Source: 13号附件3注、附件5注 "无专项任务的取该项任务的平均分"; as 得分 ÷ 满分 where weights differ.
    Units: each mark is (value, full mark) in thousandths. Refuses: "no-carrier" when nobody is left to average.
    """
    if not marks:
        raise Refused("no-carrier", "没有一家承担此项任务，取不出平均分。请区政府办决定此项怎样计分。")
    full = lcm(*{full for _, full in marks})
    total = sum([value * (full // own_full) for value, own_full in marks])
    return Rate(total, full * len(marks), len(marks), full)


def percentage(points: Fraction | None, examined: int) -> Fraction | None:
    """折算百分: exact points over the weight examined (thousandths), × 100; where all is examined the points themselves."""
    if points is None or not examined:
        return None
    return points if examined == 100_000 else points * 100_000 / examined


def printed(value: Fraction, precision: int = 4) -> int:
    """Ten-thousandths of a value rounded once, half up (away from zero at exactly half), to `precision` decimals."""
    if precision > 4:
        return to_scaled(half_up(value, precision), 4)
    whole = half_up_div(abs(value.numerator) * 10**precision, value.denominator)
    return (-whole if value < 0 else whole) * 10 ** (4 - precision)


def competition_ranks(totals: Mapping[str, int]) -> dict[str, int]:
    """1, 2, 2, 4 on the totals as printed: equal figures are equal places (engine 11)."""
    ordered = sorted(totals.values(), reverse=True)
    first: dict[int, int] = {}
    for place, total in enumerate(ordered, start=1):
        first.setdefault(total, place)
    return {code: first[total] for code, total in totals.items()}


def group_ranks(results: Iterable[UnitResult], group_of: Mapping[str, str]) -> dict[str, int]:
    """Ranks within each group; a group of one is not ranked (engine 11, 不排名), nor is the unit without a group."""
    groups: dict[str, dict[str, int]] = {}
    sizes: dict[str, int] = {}
    for result in results:
        group = group_of.get(result.unit.code, "")
        sizes[group] = sizes.get(group, 0) + 1
        if group and result.total is not None:
            groups.setdefault(group, {})[result.unit.code] = result.total
    ranks: dict[str, int] = {}
    for group, totals in groups.items():
        if sizes[group] > 1:
            ranks |= competition_ranks(totals)
    return ranks


def rank(
    units: Sequence[Unit],
    items: Sequence[Item],
    cells: Mapping[tuple[str, str], Cell],
    *,
    close: Close | None = None,
    trial: bool = False,
    precision: int = 4,
) -> Result:
    """Score and rank one track for one period. `close` makes base and 加减分 of a unit's percentage (rules.year_total).

    `cells` by (share key, organisation code) holds every carrier's cell of filed sheets; an absent one is missing.
    `precision` is the 名次精度. Refuses "no-carrier" when an item in scope has nobody left to average although somebody
    needs the average; in a trial the item is missing for those who need it (engine 9).
    """
    missing, averages = _averages(units, items, cells)
    if not trial and any(gap.no_carrier for gap in missing):
        mean_rate([])
    scale = _scale(items, cells, averages)
    scorings = [scoring_of(item, averages, scale) for item in items]
    results = [_closed(_score_unit(unit, scorings, cells, scale), close, precision) for unit in units]
    return Result(_ranked(results), tuple(missing), scale)


def missing_marks(units: Sequence[Unit], items: Sequence[Item], cells: Mapping[tuple[str, str], Cell]) -> list[Missing]:
    """What is missing, as a trial would say it, without ranking anybody."""
    return _averages(units, items, cells)[0]


def _averages(
    units: Sequence[Unit], items: Sequence[Item], cells: Mapping[tuple[str, str], Cell]
) -> tuple[list[Missing], dict[str, Rate | None]]:
    missing: list[Missing] = []
    averages: dict[str, Rate | None] = {}
    for item in items:
        if item.in_scope:
            for share, carried in _carried(item, cells):
                averages[share.key] = _average(item, share, carried, missing)
                if all(cell and cell.not_applicable for _, cell in carried):
                    # Nobody is left to give the average that all others need.
                    missing += [Missing(item.number, share, unit.code, no_carrier=True) for unit in units]
    return missing, averages


def _carried(item: Item, cells: Mapping[tuple[str, str], Cell]) -> Iterator[tuple[Share, Sequence[Carried]]]:
    """Of every share the cells of the carriers in the order of their codes, None for one that is not there."""
    codes = sorted(item.carriers)
    for share in item.shares:
        key = share.key
        yield share, [(code, cells.get((key, code))) for code in codes]


def score_item(units: Sequence[Unit], item: Item, cells: Mapping[tuple[str, str], Cell]) -> tuple[int, list[ItemScore]]:
    """One item by itself, of every unit: the scale of its `exact`, and the scores in the order of `units`."""
    averages = {share.key: _average(item, share, carried, []) for share, carried in _carried(item, cells)}
    scale = _scale([item], cells, averages)
    scoring = scoring_of(item, averages, scale)
    return scale, [scoring.of(unit, cells) for unit in units]


def _scale(items: Sequence[Item], cells: Mapping[tuple[str, str], Cell], averages: Mapping[str, Rate | None]) -> int:
    """A denominator that every share of every rate has."""
    denominators = {1}
    for item in items:
        for share in item.shares if item.in_scope else ():
            own = {cell.full for code in item.carriers if (cell := cells.get((share.key, code))) is not None}
            average = averages[share.key]
            denominators |= {share.denominator * full for full in own}
            denominators |= {share.denominator * average.denominator} if average is not None else set()
    return lcm(*denominators)


def _average(item: Item, share: Share, carried: Sequence[Carried], missing: list[Missing]) -> Rate | None:
    """The mean rate of one share, None while a carrier's mark is missing (engine 9) or nobody is left to average."""
    marks: list[tuple[int, int]] = []
    gap = False
    for code, cell in carried:
        if cell is None or (cell.value is None and not cell.not_applicable):
            missing.append(Missing(item.number, share, code))
            gap = True
        elif cell.value is not None and not cell.not_applicable:
            marks.append((cell.value, cell.full))
    return None if gap or not marks else mean_rate(marks)


def _score_unit(
    unit: Unit, scorings: Sequence[Scoring], cells: Mapping[tuple[str, str], Cell], scale: int
) -> UnitResult:
    scores = tuple(scoring.of(unit, cells) for scoring in scorings)
    dimensions = {scoring.item.dimension: 0 for scoring in scorings}
    complete = True
    examined = partial = partial_weight = 0
    for scoring, (_, basis, weight, _, exact, score) in zip(scorings, scores, strict=True):
        if basis == OUT_OF_SCOPE:
            continue
        examined += weight
        if exact is None or score is None:
            complete = False
        else:
            partial += exact
            partial_weight += weight
            dimensions[scoring.item.dimension] += score
    got = Fraction(partial, 1000 * scale)
    total = got if complete else None
    return UnitResult(unit, scores, dimensions, examined, got, partial_weight, sum=total)


def _closed(result: UnitResult, close: Close | None, precision: int) -> UnitResult:
    base, added = (result.percent, 0) if close is None else close(result.unit.code, result.percent)
    if base is None and not added:
        return result
    total = None if base is None else printed(base + Fraction(added, 1000) if added else base, precision)
    return replace(result, base=base, added=added, total=total)


def _ranked(results: Sequence[UnitResult]) -> tuple[UnitResult, ...]:
    """Ranks added; ranked rows first by rank, then the incomplete by partial rate (engine 10, 暂列).

    While anybody's total is missing nobody's place is settled, so ranks are given among the complete ones only.
    """
    placed = [result for result in results if result.unit.placed]
    totals = {result.unit.code: result.total for result in placed if result.total is not None}
    overall = competition_ranks(totals)
    by_zone = group_ranks(placed, {r.unit.code: r.unit.zone for r in placed})
    by_category = group_ranks(placed, {r.unit.code: r.unit.category for r in placed})
    position = {result.unit.code: index for index, result in enumerate(results)}
    ranked = [
        replace(
            result,
            rank=overall.get(result.unit.code),
            zone_rank=by_zone.get(result.unit.code),
            category_rank=by_category.get(result.unit.code),
        )
        for result in results
    ]

    def order(result: UnitResult) -> tuple[int, Fraction | int, int]:
        place = position[result.unit.code]
        if result.rank is not None:
            return (0, result.rank, place)
        rate = result.partial / result.partial_weight if result.partial_weight else Fraction(0)
        return (1, -rate, place)

    return tuple(sorted(ranked, key=order))
