"""用往期打分试算: a draft's rules on the filed marks of a past period. Stored nowhere, a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from evaluation.drafting.queries.comparison import paired
from evaluation.drafting.rules.scheme_trial import LeftOut, cells_for, hanging, match_item, new_ties, places
from evaluation.engine.queries.engine_inputs import EngineInputs, engine_inputs
from evaluation.engine.rules.ranking import rank
from evaluation.engine.rules.scores import Item, Share, Unit
from evaluation.enums import SheetState
from evaluation.periods.models import Period
from evaluation.scheme.models.scheme import Scheme
from evaluation.scheme.queries.schemes import SchemeView, scheme_view
from evaluation.scheme.rules.figures import in_scope
from miyun_kpi.db.fields import ScaledDecimalField
from miyun_kpi.lib.decimals import from_scaled, plain, to_scaled
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.enums import Track, Zone
from miyun_kpi.organisations.models import Organisation

_MILLI = ScaledDecimalField().places


@dataclass(frozen=True)
class MovedRow:
    organisation: Organisation
    old_rank: int | None
    new_rank: int | None
    old_percent: Decimal | None
    new_percent: Decimal | None

    @property
    def move(self) -> int | None:
        """Places gained; negative: lost."""
        return None if self.old_rank is None or self.new_rank is None else self.old_rank - self.new_rank


@dataclass(frozen=True)
class LeftOutLine:
    number: int
    name: str
    weight: str
    reason: str


@dataclass(frozen=True)
class HangingLine:
    organisation: Organisation
    number: int
    name: str
    rank: int
    without: int


@dataclass(frozen=True)
class DraftTrial:
    period: Period
    rows: Sequence[MovedRow]
    left_out: Sequence[LeftOutLine]
    borrowed: Sequence[tuple[str, str, str]]
    new_carriers: int
    ties: Sequence[tuple[int, Sequence[str]]]
    hanging: Sequence[HangingLine]
    places: int
    unfiled: int

    @property
    def moved(self) -> int:
        return sum(bool(row.move) for row in self.rows)


def periods_to_try(scheme: Scheme) -> list[Period]:
    """Periods of the year it continues in which a sheet is filed, the newest first."""
    found = Period.objects.filter(sheets__scheme=scheme.copied_from, sheets__state=SheetState.FILED)
    return list(found.distinct().order_by("-code"))


def draft_trial(scheme: Scheme, period: Period) -> DraftTrial:
    source = scheme.copied_from
    assert source is not None
    inputs = engine_inputs(source, period)
    view = scheme_view(scheme)
    quarter = period.period_code.quarter
    items, left_out, borrowed = _matched(inputs, view, quarter)
    if not items:
        raise Refused("nothing-matches", "草案没有一项指标在这一期有往期打分，不能试算。请换一个期间。")
    carriers = {share.key: item.carriers for item in inputs.items for share in item.shares}
    cells, added = cells_for(items, carriers, inputs.cells)
    by_category = scheme.track == Track.DEPARTMENT
    units = [Unit(o.code, o.zone, o.category if by_category else "") for o in view.organisations]
    before = rank(inputs.units, inputs.items, inputs.cells, precision=source.rank_precision)
    after = rank(units, items, cells, precision=scheme.rank_precision)
    old_places, new_places = places(before), places(after)
    organisations = {o.code: o for o in view.organisations}
    short = {iv.indicator.number: iv.indicator.short_name for iv in view.indicators}
    rows = [
        MovedRow(
            organisations[code],
            old_places[code].rank if code in old_places else None,
            place.rank,
            _points(old_places[code].percent) if code in old_places else None,
            _points(place.percent),
        )
        for code, place in new_places.items()
    ]
    rows.sort(key=lambda row: (row.new_rank is None, row.new_rank or 0, row.organisation.order))
    return DraftTrial(
        period=period,
        rows=rows,
        left_out=left_out,
        borrowed=borrowed,
        new_carriers=added,
        ties=[(n, [organisations[code].name for code in codes]) for n, codes in new_ties(old_places, new_places)],
        hanging=[
            HangingLine(organisations[h.code], h.number, short[h.number], h.rank, h.without)
            for h in hanging(after, scheme.hang_places, scheme.rank_precision)
        ],
        places=scheme.hang_places,
        unfiled=sum(sheet.state != SheetState.FILED for sheet in inputs.sheets.values()),
    )


def _matched(
    inputs: EngineInputs, view: SchemeView, quarter: int | None
) -> tuple[list[Item], list[LeftOutLine], list[tuple[str, str, str]]]:
    """Items of the draft that have marks of the period, those that have none, and whose marks stand in for whom."""
    old_items = {item.number: item for item in inputs.items}
    parts = {s.figure.key: s.figure.part for v in (inputs.view, view) for iv in v.indicators for s in iv.shares}
    items: list[Item] = []
    left_out: list[LeftOutLine] = []
    borrowed: list[tuple[str, str, str]] = []
    names = {o.code: o.name for v in (inputs.view, view) for o in v.evaluators()}
    for old, new in paired(inputs.view, view):
        if new is None:
            continue
        item = _item(view, new.indicator.pk, quarter)
        past = old_items.get(old.indicator.number) if old else None
        found = match_item(item, past, parts, inputs.cells)
        label = f"{new.indicator.number} {new.indicator.short_name}"
        if isinstance(found, LeftOut):
            weights = {Zone(z).label if z else "": plain(new.weight(z)) for z in view.zones}
            same = len(set(weights.values())) == 1
            words = next(iter(weights.values())) if same else "、".join(f"{z} {w}" for z, w in weights.items())
            left_out.append(LeftOutLine(found.number, new.indicator.short_name, words, found.reason))
            continue
        items.append(found.item)
        borrowed += [(label, names[a], names[b]) for a, b in found.borrowed]
    return items, left_out, borrowed


def _points(value: int | None) -> Decimal | None:
    return None if value is None else from_scaled(value, 4)


def _item(view: SchemeView, indicator_id: int, quarter: int | None) -> Item:
    iv = next(one for one in view.indicators if one.indicator.pk == indicator_id)
    codes = {o.pk: o.code for o in view.organisations}
    return Item(
        number=iv.indicator.number,
        dimension=iv.indicator.dimension.code,
        shares=tuple(Share(s.figure.key, s.evaluator.code, s.share.numerator, s.share.denominator) for s in iv.shares),
        weights={zone: to_scaled(iv.weight(zone), _MILLI) for zone in iv.weights},
        carriers=frozenset(codes[pk] for pk in iv.carriers if pk in codes),
        in_scope=in_scope(iv.scope.value, quarter=quarter),
    )
