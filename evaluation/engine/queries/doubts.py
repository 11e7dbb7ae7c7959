"""存疑影响: of every unconfirmed figure the readings it could have, and what each would do to the places of a period."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import permutations

from evaluation.engine.queries.engine_inputs import EngineInputs
from evaluation.engine.rules.doubts import PATTERN, Alternative, Effect, effects
from evaluation.engine.rules.filing import without_shares
from evaluation.engine.rules.ranking import rank
from evaluation.engine.rules.scores import Cell, Item, half_up_div
from evaluation.enums import FigureKind, FullMarkRule, OwnMarkRule, Scope, SheetState
from evaluation.periods.models import Period
from evaluation.scheme.models.scheme import Figure, Scheme
from evaluation.scheme.queries.schemes import IndicatorView
from evaluation.scheme.rules.figures import in_scope
from evaluation.sheets.queries.filing import share_keys_left_out
from miyun_kpi.lib.decimals import from_scaled, plain
from miyun_kpi.organisations.enums import Zone

HUNDRED = 100_000
POINT = 1_000


@dataclass(frozen=True)
class Doubt:
    """One unconfirmed figure. `worst`: of its alternatives the one that moves most; None where none can be computed, `note` says why."""

    figure: Figure
    alternatives: int
    worst: Effect | None
    note: str = ""

    @property
    def changed(self) -> int:
        return self.worst.changed if self.worst else 0

    @property
    def most(self) -> int:
        return self.worst.most if self.worst else 0

    @property
    def words(self) -> str:
        if self.worst is None:
            return self.note
        if not self.changed:
            return "不影响名次"
        return f"影响 {self.changed} 个名次，最多 {self.most} 位"


@dataclass(frozen=True)
class Doubts:
    """`rows`: the figure that moves most places first, in printed order where they are equal. `waiting`: numbers of the items
    that are not filed in full and stay out of the comparison; `items` how many are in it."""

    rows: list[Doubt]
    tried: int
    items: int
    waiting: tuple[int, ...]

    @property
    def moving(self) -> int:
        return sum(bool(row.changed) for row in self.rows)


def periods_with_marks(scheme: Scheme) -> list[Period]:
    """Quarters and years of which something is filed, the newest first."""
    found = Period.objects.filter(sheets__scheme=scheme, sheets__state=SheetState.FILED)
    return list(found.distinct().order_by("-starts_at"))


def doubt_of(inputs: EngineInputs, figure: Figure) -> Doubt:
    """What one unconfirmed figure does."""
    return next(row for row in doubts_of(inputs, only=figure.key).rows if row.figure.key == figure.key)


def doubts_of(inputs: EngineInputs, *, only: str = "") -> Doubts:
    """What every unconfirmed figure of the track does to the places of the period, on the items filed in full.

    With `only`, the key of a figure, no other is tried.
    """
    gaps = {gap.number for gap in rank(inputs.units, inputs.items, inputs.cells, trial=True).missing}
    waiting = tuple(sorted(gaps))
    items = [replace(item, in_scope=item.in_scope and item.number not in gaps) for item in inputs.items]
    inputs = replace(inputs, items=items)
    alternatives = [one for one in _alternatives(inputs) if not only or only in one.figures]
    found = effects(
        inputs.units,
        inputs.items,
        inputs.cells,
        alternatives,
        close=inputs.closing.closing.close if inputs.closing else None,
        precision=inputs.view.scheme.rank_precision,
    )
    by_figure: dict[str, list[Effect]] = {}
    for effect in found:
        for key in effect.alternative.figures:
            by_figure.setdefault(key, []).append(effect)
    doubts = []
    for figure in inputs.unconfirmed:
        if only not in ("", figure.key):
            continue
        own = by_figure.get(figure.key, [])
        worst = max(own, key=lambda effect: (effect.changed, effect.most)) if own else None
        unfiled = figure.indicator is not None and figure.indicator.number in gaps
        note = "" if own else "这一项还没有报齐" if unfiled else _why_not(figure)
        doubts.append(Doubt(figure, len(own), worst, note))
    doubts.sort(key=lambda one: (-one.changed, -one.most, one.worst is None, one.figure.order))
    return Doubts(doubts, len(alternatives), sum(item.in_scope for item in items), waiting)


def _why_not(figure: Figure) -> str:
    """Of a figure that has no other reading to try."""
    if figure.kind == FigureKind.WEIGHT:
        return "印出的合计里只有这一处没有确认，没有别的取值"
    if figure.kind == FigureKind.SCOPE:
        return "别的取值在这一期没有得分可算"
    if figure.kind == FigureKind.FULL_MARK:
        return "有的分值乘份额超过三位小数，不能按分值打分"
    return "没有别的取值可换"


def _alternatives(inputs: EngineInputs) -> Iterator[Alternative]:
    """All that is tried, one at a time."""
    items = {item.number: item for item in inputs.items}
    yield from _weights(inputs, items)
    for iv in inputs.view.indicators:
        item = items[iv.indicator.number]
        yield from _shares(inputs, iv, item)
        yield from _carried(inputs, iv, item)
        yield from _scope(inputs, iv, item)
    yield from _full_mark(inputs)
    yield from _own_mark(inputs)
    yield from _row_readings(inputs)


def _weights(inputs: EngineInputs, items: dict[int, Item]) -> Iterator[Alternative]:
    """One point more here and one less there, of two unconfirmed weights that share a printed subtotal."""
    groups: dict[tuple[str, str], list[IndicatorView]] = {}
    for iv in inputs.view.indicators:
        for zone, figure in iv.weights.items():
            if figure.unsettled:
                groups.setdefault((zone, iv.indicator.dimension.code), []).append(iv)
    for (zone, _), group in groups.items():
        for more, less in permutations(group, 2):
            raised, lowered = items[more.indicator.number], items[less.indicator.number]
            low = lowered.weights[zone] - POINT
            if low <= 0 or not (raised.in_scope or lowered.in_scope):
                continue
            high = raised.weights[zone] + POINT
            where = f"{Zone(zone).label}" if zone else ""
            words = (
                f"{where}{more.indicator.short_name} {plain(from_scaled(high, 3))} 分、"
                f"{less.indicator.short_name} {plain(from_scaled(low, 3))} 分"
            )
            yield Alternative(
                (more.weights[zone].key, less.weights[zone].key),
                words,
                {
                    raised.number: replace(raised, weights={**raised.weights, zone: high}),
                    lowered.number: replace(lowered, weights={**lowered.weights, zone: low}),
                },
            )


def _shares(inputs: EngineInputs, iv: IndicatorView, item: Item) -> Iterator[Alternative]:
    """Equal shares, and shares of 3, 2, 1, 1, where they are not what is taken now."""
    doubtful = tuple(share.figure.key for share in iv.shares if share.figure.unsettled)
    if not doubtful or len(iv.shares) < 2 or not item.in_scope:
        return
    now = [share.share for share in iv.shares]
    pattern = [PATTERN[min(place, len(PATTERN) - 1)] for place in range(len(now))]
    for parts, words in ((([1] * len(now)), "各家份额相等"), (pattern, f"份额 {'、'.join(map(str, pattern))}")):
        wanted = [Fraction(part, sum(parts)) for part in parts]
        if wanted == now:
            continue
        whole = next(item for item in inputs.items_before_decisions if item.number == iv.indicator.number)
        changed = replace(
            whole,
            shares=tuple(
                replace(share, numerator=part.numerator, denominator=part.denominator)
                for share, part in zip(whole.shares, wanted, strict=True)
            ),
        )
        kept = without_shares([changed], share_keys_left_out(inputs.decisions))[0]
        yield Alternative(doubtful, words, {kept.number: kept})


def _carried(inputs: EngineInputs, iv: IndicatorView, item: Item) -> Iterator[Alternative]:
    """A carrier that would take the average; one that takes it now with a mark between the floor of 缺表影响 and the full mark."""
    if not item.in_scope:
        return
    codes = {o.pk: o.code for o in inputs.view.organisations}
    floor = inputs.view.scheme.blank_floor_percent
    for pk, figure in iv.carried.items():
        if not figure.unsettled or pk not in codes:
            continue
        code = codes[pk]
        if code in item.carriers:
            yield Alternative(
                (figure.key,), "不承担，取平均分", {item.number: replace(item, carriers=item.carriers - {code})}
            )
            continue
        carrying = replace(item, carriers=item.carriers | {code})
        for percent in (floor, 100):
            cells = {(share.key, code): Cell(percent * HUNDRED // 100, HUNDRED) for share in item.shares}
            yield Alternative((figure.key,), f"承担，得满分的 {percent}%", {item.number: carrying}, cells)


def _scope(inputs: EngineInputs, iv: IndicatorView, item: Item) -> Iterator[Alternative]:
    """An item that another 考评范围 would leave out of the period; of one that is left out now there are no marks."""
    if not iv.scope.unsettled or not item.in_scope:
        return
    quarter = inputs.period.period_code.quarter
    for scope in Scope:
        if scope != iv.scope.value and not in_scope(scope, quarter=quarter):
            yield Alternative((iv.scope.key,), f"{scope.label}，本期不考", {item.number: replace(item, in_scope=False)})
            return
    yield Alternative((iv.scope.key,), "这一期都要考")


def _full_mark(inputs: EngineInputs) -> Iterator[Alternative]:
    """The same rates written down by the other rule, which rounds them to three decimals of another full mark."""
    figure = inputs.view.settings[FigureKind.FULL_MARK]
    if not figure.unsettled:
        return
    zones = {unit.code: unit.zone for unit in inputs.units}
    by_points = figure.value != FullMarkRule.POINTS
    cells = {}
    examined = {item.number for item in inputs.items if item.in_scope}
    for item in inputs.items_before_decisions:
        for share in item.shares if item.number in examined else ():
            for code in item.carriers:
                cell = inputs.cells.get((share.key, code))
                if cell is None:
                    continue
                full = HUNDRED
                if by_points:
                    full, rest = divmod(item.weights[zones[code]] * share.numerator, share.denominator)
                    if rest:
                        return
                value = None if cell.value is None else half_up_div(cell.value * full, cell.full)
                cells[share.key, code] = cell._replace(value=value, full=full)
    words = FullMarkRule.POINTS.label if by_points else FullMarkRule.HUNDRED.label
    yield Alternative((figure.key,), str(words), cells=cells)


def _own_mark(inputs: EngineInputs) -> Iterator[Alternative]:
    """评本单位 the other way: marks an evaluator gave itself taken, or left to the average."""
    figure = inputs.view.settings[FigureKind.OWN_MARK]
    if not figure.unsettled:
        return
    avoid = figure.value != OwnMarkRule.AVERAGE
    own = {key: inputs.cells[key] for key in inputs.own if key in inputs.cells}
    # An approved 不适用 has no mark: it stays one under either rule.
    cells = {key: cell._replace(not_applicable=avoid) for key, cell in own.items() if cell.value is not None}
    yield Alternative((figure.key,), str((OwnMarkRule.AVERAGE if avoid else OwnMarkRule.MARK).label), cells=cells)


def _row_readings(inputs: EngineInputs) -> Iterator[Alternative]:
    """A unit whose row of weights cannot be read, with the weights of each other zone."""
    zones: Sequence[str] = inputs.view.zones
    now = {unit.code: unit.zone for unit in inputs.units}
    for figure in inputs.view.row_readings:
        code = figure.organisation.code if figure.organisation else ""
        if not figure.unsettled or code not in now:
            continue
        for zone in zones:
            if zone != now[code]:
                yield Alternative((figure.key,), f"整行按{Zone(zone).label}的分值", zones={code: zone})
