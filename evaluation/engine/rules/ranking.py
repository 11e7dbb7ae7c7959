"""From marks to ranks: the engine of 13号, in plain integers.

Units: marks, full marks and weights in thousandths of a point. Nothing is rounded while computing (engine 6): exact scores are
whole numbers of 1/`scale` thousandths, `scale` one common denominator of all rates of the computation. A score is shown with four
decimals, half up; a total is rounded once, half up, to the scheme's 名次精度 and ranked as printed (engine 11).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from miyun_kpi.lib.decimals import half_up, to_scaled
from miyun_kpi.lib.errors import Refused

# Of the arithmetic itself, first part of every rule version (engine 26); 1 ranked sums of rounded scores.
ARITHMETIC = 2
PRECISIONS = (2, 3, 4)

AVERAGE_CLAUSE = {"township": "附件5·注", "department": "附件3·注"}


@dataclass(frozen=True)
class Share:
    """One evaluator's part of an indicator; the shares of an indicator sum to 1 (engine 4)."""

    key: str
    evaluator: str
    numerator: int
    denominator: int


@dataclass(frozen=True)
class Item:
    """An indicator as the engine sees it. `weights` by zone ("" for departments); `carriers` hold the 专项任务."""

    number: int
    dimension: str
    shares: tuple[Share, ...]
    weights: Mapping[str, int]
    carriers: frozenset[str]
    in_scope: bool = True


@dataclass(frozen=True)
class Unit:
    """`placed` False: it is scored and its marks enter the averages, but it takes no place (engine 21)."""

    code: str
    zone: str = ""
    category: str = ""
    placed: bool = True


class Cell(NamedTuple):
    """A filed mark. `value` None means missing; `not_applicable` is an approved 不适用 (engine 8)."""

    value: int | None
    full: int
    not_applicable: bool = False


class Rate(NamedTuple):
    """A score rate with the figures it came from: one mark ÷ full, or an average as sum ÷ divisor over so many `marks`.

    `sum_` and `divisor` are in one scale: with equal full marks `sum_` is the plain sum of the marks in thousandths.
    """

    numerator: int
    denominator: int
    marks: int
    full: int


class SharePart(NamedTuple):
    share: Share
    basis: str  # "marked", "average" or "missing"
    value: int | None
    full: int | None
    rate: Rate | None


class ItemScore(NamedTuple):
    """`basis`: marked (all shares), average (any share averaged), missing, or out-of-scope (本期不考).

    `exact` in 1/scale thousandths of a point; `score` is what is printed, ten-thousandths.
    """

    number: int
    basis: str
    weight: int
    parts: tuple[SharePart, ...]
    exact: int | None = None
    score: int | None = None


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


Close = Callable[[str, Fraction | None], tuple[Fraction | None, int]]


def half_up_div(numerator: int, denominator: int) -> int:
    """numerator ÷ denominator for non-negative integers, rounded half up."""
    return (2 * numerator + denominator) // (2 * denominator)


def mean_rate(marks: Sequence[tuple[int, int]]) -> Rate:
    """The mean score rate of organisations that carry the item, exact, scaled to integers and divided last.

    Source: 13号附件3注、附件5注 "无专项任务的取该项任务的平均分"; as 得分 ÷ 满分 where weights differ.
    Units: each mark is (value, full mark) in thousandths. Refuses: "no-carrier" when nobody is left to average.
    """
    if not marks:
        raise Refused("no-carrier", "没有一家承担此项任务，取不出平均分。请区政府办决定此项怎样计分。")
    full = lcm(*{full for _, full in marks})
    total = sum(value * (full // own_full) for value, own_full in marks)
    return Rate(total, full * len(marks), len(marks), full)


def percentage(points: Fraction | None, examined: int) -> Fraction | None:
    """折算百分: exact points over the weight examined (thousandths), × 100; where all is examined the points themselves."""
    return None if points is None or not examined else points * 100_000 / examined


def printed(value: Fraction, precision: int = 4) -> int:
    """Ten-thousandths of a value rounded once, half up, to `precision` decimals."""
    return to_scaled(half_up(value, precision), 4)


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
    scorings = [_scoring(item, averages, scale) for item in items]
    results = []
    for unit in units:
        result = _score_unit(unit, scorings, cells, scale)
        base, added = close(unit.code, result.percent) if close is not None else (result.percent, 0)
        total = None if base is None else printed(base + Fraction(added, 1000), precision)
        results.append(replace(result, base=base, added=added, total=total))
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
            for share in item.shares:
                averages[share.key] = _average(item, share, cells, missing)
                needing = _without_carrier(units, item, share, cells)
                missing += [Missing(item.number, share, code, no_carrier=True) for code in needing]
    return missing, averages


def score_item(units: Sequence[Unit], item: Item, cells: Mapping[tuple[str, str], Cell]) -> tuple[int, list[ItemScore]]:
    """One item by itself, of every unit: the scale of its `exact`, and the scores in the order of `units`."""
    averages = {share.key: _average(item, share, cells, []) for share in item.shares}
    scale = _scale([item], cells, averages)
    scoring = _scoring(item, averages, scale)
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


def _average(item: Item, share: Share, cells: Mapping[tuple[str, str], Cell], missing: list[Missing]) -> Rate | None:
    """The mean rate of one share, None while a carrier's mark is missing (engine 9) or nobody is left to average."""
    marks: list[tuple[int, int]] = []
    gap = False
    for code in sorted(item.carriers):
        cell = cells.get((share.key, code))
        if cell is None or (cell.value is None and not cell.not_applicable):
            missing.append(Missing(item.number, share, code))
            gap = True
        elif cell.value is not None and not cell.not_applicable:
            marks.append((cell.value, cell.full))
    return None if gap or not marks else mean_rate(marks)


def _without_carrier(
    units: Sequence[Unit], item: Item, share: Share, cells: Mapping[tuple[str, str], Cell]
) -> list[str]:
    """Who needs the average of a share that nobody is left to give."""
    carrying = (cells.get((share.key, code)) for code in item.carriers)
    return [unit.code for unit in units] if all(cell and cell.not_applicable for cell in carrying) else []


@dataclass(frozen=True)
class _Scoring:
    """An item with what is the same for every unit: `averaged`, the part of each share where a unit takes the average,
    and the score where it takes all of them, by weight.
    """

    item: Item
    averaged: tuple[SharePart, ...]
    scale: int
    scores: dict[int, ItemScore]

    def of(self, unit: Unit, cells: Mapping[tuple[str, str], Cell]) -> ItemScore:
        weight = self.item.weights[unit.zone]
        if unit.code in self.item.carriers:
            own = [_own_part(part, cells.get((part.share.key, unit.code))) for part in self.averaged]
            return self._scored(weight, tuple(own))
        if weight not in self.scores:
            self.scores[weight] = self._scored(weight, self.averaged)
        return self.scores[weight]

    def _scored(self, weight: int, parts: tuple[SharePart, ...]) -> ItemScore:
        number = self.item.number
        if not self.item.in_scope:
            return ItemScore(number, "out-of-scope", weight, ())
        exact, basis = 0, "marked"
        for share, part_basis, _, _, rate in parts:
            if rate is None:
                return ItemScore(number, "missing", weight, parts)
            if part_basis == "average":
                basis = "average"
            exact += share.numerator * rate.numerator * (self.scale // (share.denominator * rate.denominator))
        exact *= weight
        return ItemScore(number, basis, weight, parts, exact, half_up_div(exact * 10, self.scale))


def _scoring(item: Item, averages: Mapping[str, Rate | None], scale: int) -> _Scoring:
    rates = [(share, averages[share.key]) for share in (item.shares if item.in_scope else ())]
    averaged = [SharePart(share, "average" if rate else "missing", None, None, rate) for share, rate in rates]
    return _Scoring(item, tuple(averaged), scale, {})


def _own_part(averaged: SharePart, cell: Cell | None) -> SharePart:
    """A carrier's: its mark, the average where the share is not applicable to it, or what is missing."""
    if cell is None or (cell.value is None and not cell.not_applicable):
        return SharePart(averaged.share, "missing", None, None, None)
    if cell.value is None or cell.not_applicable:
        return averaged
    return SharePart(averaged.share, "marked", cell.value, cell.full, Rate(cell.value, cell.full, 1, cell.full))


def _score_unit(
    unit: Unit, scorings: Sequence[_Scoring], cells: Mapping[tuple[str, str], Cell], scale: int
) -> UnitResult:
    scores = tuple(scoring.of(unit, cells) for scoring in scorings)
    dimensions: dict[str, int] = {}
    complete = True
    examined = partial = partial_weight = 0
    for scoring, score in zip(scorings, scores, strict=True):
        dimension = scoring.item.dimension
        dimensions.setdefault(dimension, 0)
        if score.basis == "out-of-scope":
            continue
        examined += score.weight
        if score.exact is None:
            complete = False
        else:
            partial += score.exact
            partial_weight += score.weight
            dimensions[dimension] += score.score or 0
    got = Fraction(partial, 1000 * scale)
    total = got if complete else None
    return UnitResult(unit, scores, dimensions, examined, got, partial_weight, sum=total)


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

    def order(result: UnitResult) -> tuple[int, Fraction, int]:
        place = position[result.unit.code]
        if result.rank is not None:
            return (0, Fraction(result.rank), place)
        rate = result.partial / result.partial_weight if result.partial_weight else Fraction(0)
        return (1, -rate, place)

    return tuple(sorted(ranked, key=order))
