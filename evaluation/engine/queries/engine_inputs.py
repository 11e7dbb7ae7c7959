"""Everything a ranking of one track and period rests on, read in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from evaluation.engine.queries.year_results import YearResults, year_results
from evaluation.engine.rules.filing import without_shares
from evaluation.engine.rules.scores import Cell, Item, Share, Unit
from evaluation.enums import FigureKind, NotApplicable, OwnMarkRule, SheetState
from evaluation.periods.models import Period, PeriodUnit, UnitDecision
from evaluation.periods.queries.population import decisions_in_force as decisions_on_units
from evaluation.periods.queries.population import frozen_rows, population_of
from evaluation.scheme.models.scheme import Figure, Scheme
from evaluation.scheme.queries.schemes import SchemeView, scheme_view
from evaluation.scheme.rules.figures import in_scope
from evaluation.sheets.models.filing import SheetDecision
from evaluation.sheets.models.marks import Mark, MarkSheet
from evaluation.sheets.queries.filing import decisions_in_force, share_keys_left_out
from miyun_kpi.db.asked import asked
from miyun_kpi.db.fields import AsStored, ScaledDecimalField
from miyun_kpi.db.rows import know
from miyun_kpi.lib.decimals import to_scaled
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import related_codes

_MILLI = ScaledDecimalField().places
HUNDRED = 100_000


@dataclass(frozen=True)
class Evaluator:
    code: str
    name: str


@dataclass(frozen=True)
class EngineInputs:
    """`items` are those that count; `items_before_decisions` as the scheme has them, before 缺表处理决定 leave shares out.

    `own` holds (share key, organisation code) pairs where an evaluator marks itself (engine 13).

    `evaluators` by share key: who marks it in this period, by the name of the day its sheet was opened. `changes` are the
    考评对象调整决定 in force.
    """

    view: SchemeView
    period: Period
    units: list[Unit]
    items_before_decisions: list[Item]
    items: list[Item]
    cells: dict[tuple[str, str], Cell]
    sheets: dict[str, MarkSheet]
    own: frozenset[tuple[str, str]]
    not_applicable: list[tuple[int, str, str, str]]
    decisions: list[SheetDecision]
    evaluators: dict[str, Evaluator]
    changes: list[UnitDecision]
    closing: YearResults | None = None

    @property
    def unconfirmed(self) -> list[Figure]:
        return self.view.unconfirmed


def engine_inputs(scheme: Scheme, period: Period) -> EngineInputs:
    changes = _changes(scheme.pk, period.pk)
    frozen = frozen_rows(scheme, period)
    view = scheme_view(scheme, period.period_code, population_of(scheme, frozen, changes))
    codes = {o.pk: o.code for o in view.organisations}
    quarter = period.period_code.quarter
    sheets = _sheets(view, period)
    evaluators = _evaluators(view, sheets)
    carriers = {iv.indicator.number: iv.carriers for iv in view.indicators}
    items = [
        Item(
            number=iv.indicator.number,
            dimension=iv.indicator.dimension.code,
            shares=tuple(
                Share(s.figure.key, evaluators[s.figure.key].code, s.share.numerator, s.share.denominator)
                for s in iv.shares
            ),
            weights={zone: to_scaled(iv.weight(zone), _MILLI) for zone in iv.weights},
            carriers=frozenset(codes[pk] for pk in carriers[iv.indicator.number] if pk in codes),
            in_scope=in_scope(iv.scope.value, quarter=quarter),
        )
        for iv in view.indicators
    ]
    decisions = decisions_in_force(scheme, period)
    counted = without_shares(items, share_keys_left_out(decisions))
    # Departments are also ranked within their category, townships within their zone (engine 11).
    by_category = scheme.track == Track.DEPARTMENT
    closing = year_results(scheme, period)
    unplaced = closing.unplaced if closing else frozenset()
    units = [
        Unit(o.code, o.zone, o.category if by_category else "", placed=o.code not in unplaced)
        for o in view.organisations
    ]
    own = _own_pairs(view, carriers, frozen, evaluators)
    known = codes | {pk: row.organisation.code for pk, row in frozen.items()}
    cells, not_applicable = _cells(known, view, own, sheets)
    for change in changes:
        row = frozen.get(change.organisation_id)
        change.organisation.name = row.name if row else change.organisation.name
    return EngineInputs(
        view, period, units, items, counted, cells, sheets, own, not_applicable, decisions, evaluators, changes, closing
    )


@asked
def _changes(scheme: int, period: int) -> QuerySet[UnitDecision]:
    return decisions_on_units(scheme, period).select_related("organisation").order_by("pk")


@asked
def _sheets_of(scheme: int, period: int) -> QuerySet[MarkSheet]:
    return MarkSheet.objects.filter(scheme=scheme, period=period).select_related("evaluator")


@asked
def _marks_of(sheets: Sequence[int]) -> QuerySet[Mark, Any]:
    columns = ("sheet", "organisation", AsStored("value"), AsStored("full_mark"), "not_applicable", "reason")
    return Mark.objects.filter(sheet__in=sheets).values_list(*columns)


def _sheets(view: SchemeView, period: Period) -> dict[str, MarkSheet]:
    """By share key. What a sheet names is in the view already, but for who evaluates."""
    shares = {s.figure.pk: (s.figure, iv.indicator) for iv in view.indicators for s in iv.shares}
    sheets = {}
    for sheet in _sheets_of(view.scheme.pk, period.pk):
        figure, indicator = shares[sheet.share_figure_id]
        know(sheet, {"scheme": view.scheme, "period": period, "share_figure": figure, "indicator": indicator})
        sheets[figure.key] = sheet
    return sheets


def _evaluators(view: SchemeView, sheets: dict[str, MarkSheet]) -> dict[str, Evaluator]:
    """Who marks each share: the sheet says, for it may have been handed over; without one it is the scheme's."""
    found = {}
    for iv in view.indicators:
        for share in iv.shares:
            sheet = sheets.get(share.figure.key)
            who = sheet.evaluator if sheet else share.evaluator
            found[share.figure.key] = Evaluator(who.code, (sheet.evaluator_name if sheet else "") or who.name)
    return found


def _cells(
    codes: Mapping[int, str], view: SchemeView, own: frozenset[tuple[str, str]], sheets: Mapping[str, MarkSheet]
) -> tuple[dict[tuple[str, str], Cell], list[tuple[int, str, str, str]]]:
    """Cells of filed sheets only (engine 9), as integers straight from the columns."""
    avoid = view.settings[FigureKind.OWN_MARK].value == OwnMarkRule.AVERAGE
    filed = {sheet.pk: (key, sheet) for key, sheet in sheets.items() if sheet.state == SheetState.FILED}
    rows = _marks_of(list(filed))
    codes = _with_strangers(codes, {row[1] for row in rows})
    cells: dict[tuple[str, str], Cell] = {}
    approved = []
    for pk, organisation, value, full, state, reason in rows:
        (key, sheet), code = filed[pk], codes[organisation]
        excused = state == NotApplicable.APPROVED
        if excused:
            approved.append((sheet.indicator.number, sheet.evaluator.code, code, reason))
        cells[key, code] = Cell(value, full, excused or (avoid and (key, code) in own))
    if avoid:
        # A unit that its own evaluator does not mark has nothing to be missing, whether its cell was opened or not.
        keys = {key for key, _ in filed.values()}
        cells |= {pair: Cell(None, HUNDRED, True) for pair in own if pair[0] in keys and pair not in cells}
    return cells, sorted(approved)


def _with_strangers(codes: Mapping[int, str], wanted: set[int]) -> Mapping[int, str]:
    """A cell stays what it is when its unit belongs to the period no more."""
    if wanted <= codes.keys():
        return codes
    return {**codes, **dict(Organisation.objects.filter(pk__in=wanted - codes.keys()).values_list("pk", "code"))}


def _own_pairs(
    view: SchemeView,
    carriers: Mapping[int, set[int]],
    frozen: dict[int, PeriodUnit],
    evaluators: dict[str, Evaluator],
) -> frozenset[tuple[str, str]]:
    """An evaluator with itself, its parts or the body it belongs to, and its 合署 bodies, as they were when the period opened."""
    today = {} if frozen else related_codes()
    related: dict[str, dict[int, str]] = {}
    for o in view.organisations:
        for code in (o.code, *(frozen[o.pk].related if o.pk in frozen else today.get(o.code, ()))):
            related.setdefault(code, {})[o.pk] = o.code
    return frozenset(
        (share.figure.key, code)
        for iv in view.indicators
        for share in iv.shares
        for pk, code in related.get(evaluators[share.figure.key].code, {}).items()
        if pk in carriers[iv.indicator.number]
    )
