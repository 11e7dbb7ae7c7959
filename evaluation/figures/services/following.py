"""What is already open follows a replaced figure; where marks would change their meaning, the change is refused.

Sheets of a period whose official ranking has been computed stay as they are: that result rests on the figures of its day.
Only a new carrier is owed its cell there too: without it the period could never be computed again and corrected (engine 22).
Invented marks of demonstration periods never stand in the way of the real scheme: they follow, or go.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from evaluation.engine.models.ranking import Ranking
from evaluation.engine.queries.closing import Closed, closed_by
from evaluation.enums import FigureKind, PeriodKind, RankingKind, RankingState, SheetState
from evaluation.periods.models import Period
from evaluation.periods.queries.population import period_view
from evaluation.scheme.models.drafting import AmendmentChange
from evaluation.scheme.models.scheme import Figure, FigureChange, Scheme
from evaluation.scheme.models.tasks import Task
from evaluation.scheme.queries.amendments import in_force
from evaluation.scheme.queries.schemes import IndicatorView, SchemeView, ShareView, scheme_view
from evaluation.scheme.rules.amendments import holds
from evaluation.scheme.rules.figures import in_scope
from evaluation.sheets.models.marks import Mark, MarkSheet
from evaluation.sheets.services.giving_back import GOES_BACK, give_back
from evaluation.sheets.services.periods import full_mark_of, open_lacking
from evaluation.sheets.services.stating import state_marks
from evaluation.tracking.rules import duty_key
from miyun_kpi.acts.acting import lock_all
from miyun_kpi.duties.services import withdraw
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import FieldError, Refused
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import heirs

_EARLY = {
    FigureKind.FULL_MARK: ("full-mark", "打分满分"),
    FigureKind.OWN_MARK: ("own-mark", "评本单位的办法"),
}


@dataclass
class _Sheet:
    sheet: MarkSheet
    rows: dict[int, Mark]

    def given(self) -> list[Mark]:
        """Marks that somebody gave: a value, 不适用, or a problem written down."""
        return [m for m in self.rows.values() if _given(m)]


@dataclass(frozen=True)
class GoingBack:
    """A filed sheet that will get a blank cell. `closed`: what stands of its period, to be computed again afterwards."""

    sheet: MarkSheet
    closed: Closed | None

    @property
    def again(self) -> str:
        """ "2020年第二季度已通报（第 1 次核定），补打、报送以后重新核定、…"; "" where nothing is computed."""
        if self.closed is None:
            return ""
        first = self.closed.ranking.state != RankingState.PUBLISHED and self.sheet.period.kind != PeriodKind.YEAR
        return f"{self.closed.words}，补打、报送以后{'重新核定' if first else self.closed.again}，原来的一版不改"


def _given(mark: Mark) -> bool:
    return mark.value is not None or bool(mark.not_applicable) or bool(mark.problems or mark.suggestions)


def bring_sheets_along(
    scheme: Scheme, replaced: Sequence[Figure], at: datetime, effective_from: PeriodCode | None = None
) -> None:
    """Called inside the transaction that replaced the figures, after they were written.

    A 修订 passes from when it holds: what belongs to earlier periods stays by the figures of those.
    """
    kinds = {figure.kind for figure in replaced}
    touched = {figure.indicator_id for figure in replaced}
    held = _held(scheme, kinds, touched, effective_from)
    computed = set(_computed(scheme).values_list("period_id", flat=True))
    sheets = [one for one in held if one.sheet.period_id not in computed]
    view = scheme_view(scheme)
    views = _views_of_periods(scheme)
    goes_on = heirs(view.evaluators())
    _refuse(_fixed_before_the_first_mark(kinds, sheets))
    problems: list[FieldError] = []
    before = {m.pk: (m.full_mark, m.value) for s in sheets for m in s.rows.values()}
    for iv in view.indicators:
        if iv.indicator.pk not in touched and FigureKind.FULL_MARK not in kinds:
            continue
        for one in (s for s in sheets if s.sheet.indicator_id == iv.indicator.pk):
            of = views(one.sheet.period)
            own = _indicator(of, one.sheet)
            share = _share(own, one.sheet)
            problems += _follow(
                of, own, replace(share, evaluator=goes_on.get(share.evaluator.pk, share.evaluator)), one, at
            )
    _refuse(problems)
    moved = [m.pk for s in sheets for m in s.rows.values() if m.version and before.get(m.pk) != (m.full_mark, m.value)]
    state_marks(actor=SYSTEM, marks=Mark.objects.filter(pk__in=moved).select_related("organisation"), at=at)
    if FigureKind.SCOPE in kinds:
        _open_what_came_into_scope(scheme, views, at, effective_from)
    if FigureKind.CARRIED in kinds:
        carried = [f for f in replaced if f.kind == FigureKind.CARRIED]
        _carriers_in_computed_periods(views, [one for one in held if one.sheet.period_id in computed], carried, at)
        _monthly_rows(scheme, views, carried, at, effective_from)


def hold_sheets(scheme: Scheme) -> None:
    """For an act that holds rows of its own below the sheets in the order of locks, before it holds those."""
    lock_all(MarkSheet.objects.filter(scheme=scheme))


def _held(scheme: Scheme, kinds: set[str], touched: set[int | None], effective_from: PeriodCode | None) -> list[_Sheet]:
    """The sheets that these figures may move, held before their marks are read, so that nobody marks or files one meanwhile.

    All at once, in the order of their keys, whatever becomes of each.
    """
    found = MarkSheet.objects.filter(scheme=scheme)
    if not kinds & _EARLY.keys():
        found = found.filter(indicator__in=touched)
    found = found.select_related("share_figure", "indicator", "period", "evaluator").prefetch_related("marks")
    return [
        _Sheet(sheet, {m.organisation_id: m for m in sheet.marks.all()})
        for sheet in lock_all(found)
        if _concerned(sheet.period, effective_from)
    ]


def going_back(
    scheme: Scheme, changes: Iterable[FigureChange | AmendmentChange], effective_from: PeriodCode | None = None
) -> list[GoingBack]:
    """Filed sheets that get a blank cell, and go back for it, when these changes are carried out; of a 修订 from when it holds."""
    changes = list(changes)
    wanted = [
        one.figure
        for one in changes
        if one.figure.kind == FigureKind.CARRIED and one.new_value == "yes" and one.figure.value != "yes"
    ]
    scopes = {one.figure.indicator_id: one.new_value for one in changes if one.figure.kind == FigureKind.SCOPE}
    found = MarkSheet.objects.filter(
        scheme=scheme, state__in=GOES_BACK, indicator__in=[figure.indicator_id for figure in wanted]
    )
    ordered = found.select_related("indicator", "period", "evaluator").order_by("period__code", "pk")
    sheets = [sheet for sheet in ordered if _concerned(sheet.period, effective_from)]
    there = set(Mark.objects.filter(sheet__in=sheets).values_list("sheet", "organisation"))
    views = _views_of_periods(scheme)
    closed = {period: closed_by(scheme, period) for period in {sheet.period for sheet in sheets}}
    return [
        GoingBack(sheet, closed[sheet.period])
        for sheet in sheets
        if _new_carriers(views(sheet.period), sheet, wanted, scopes) - {unit for pk, unit in there if pk == sheet.pk}
    ]


def _new_carriers(
    view: SchemeView, sheet: MarkSheet, wanted: Iterable[Figure], scopes: Mapping[int | None, str]
) -> set[int]:
    """Units of the period that will carry the item of a sheet; nobody where it is not examined, or was not before a 修订."""
    iv = _indicator(view, sheet)
    if not in_scope(scopes.get(iv.indicator.pk, iv.scope.value), quarter=sheet.period.period_code.quarter):
        return set()
    ranked, before = {o.pk for o in view.organisations}, in_force(view.scheme, sheet.period.period_code).before
    return {
        _pk(figure.organisation)
        for figure in wanted
        if figure.indicator_id == iv.indicator.pk and figure.pk not in before
    } & ranked


def _indicator(view: SchemeView, sheet: MarkSheet) -> IndicatorView:
    return next(iv for iv in view.indicators if iv.indicator.pk == sheet.indicator_id)


def _share(iv: IndicatorView, sheet: MarkSheet) -> ShareView:
    return next(share for share in iv.shares if share.figure.pk == sheet.share_figure_id)


def _computed(scheme: Scheme) -> QuerySet[Ranking, Any]:
    """The periods an official ranking of which has been computed."""
    return Ranking.objects.filter(scheme=scheme, kind=RankingKind.OFFICIAL).values("period_id")


def _concerned(period: Period, effective_from: PeriodCode | None) -> bool:
    return effective_from is None or holds(effective_from, period.period_code)


Views = Callable[[Period], SchemeView]


def _views_of_periods(scheme: Scheme) -> Views:
    """The scheme as it stands in a period, with the units of that period."""
    found: dict[str, SchemeView] = {}

    def of(period: Period) -> SchemeView:
        if period.code not in found:
            found[period.code] = period_view(scheme, period)
        return found[period.code]

    return of


def _refuse(problems: list[FieldError]) -> None:
    if problems:
        message = problems[0].message if len(problems) == 1 else f"有 {len(problems)} 处已经打过分，整单没有执行。"
        raise Refused("marks-exist", message, errors=problems)


def _fixed_before_the_first_mark(kinds: set[str], sheets: Sequence[_Sheet]) -> list[FieldError]:
    marked = sum(1 for s in sheets if s.given())
    return [
        FieldError(
            f"已有 {marked} 张打分表有分，{word}不能再改，没有执行。须在第一张表开始前定下。", "marks-exist", field=key
        )
        for kind, (key, word) in _EARLY.items()
        if kind in kinds and marked
    ]


def _follow(view: SchemeView, iv: IndicatorView, share: ShareView, one: _Sheet, at: datetime) -> list[FieldError]:
    """One sheet: its evaluator, its place in the period, its rows, their full marks."""
    sheet, name = one.sheet, f"“{iv.indicator.short_name}”{one.sheet.period.label}"
    if not in_scope(iv.scope.value, quarter=sheet.period.period_code.quarter):
        if one.given():
            return [FieldError(f"{name}已有 {len(one.given())} 家的分，不能改为本期不考，没有执行。", "marks-exist")]
        sheet.delete()
        return []
    if sheet.evaluator_id != share.evaluator.pk:
        if one.given():
            return [FieldError(f"{name}已由{sheet.evaluator.name}打分，不能换考评部门，没有执行。", "marks-exist")]
        sheet.evaluator = share.evaluator
        MarkSheet.objects.filter(pk=sheet.pk).update(
            evaluator=share.evaluator, evaluator_name=share.evaluator.name, version=sheet.version + 1
        )
        sheet.version += 1
    return (
        _strike_out(view, iv, one, name) + _full_marks(view, iv, share, one, name, at) + _add(view, iv, share, one, at)
    )


def _strike_out(view: SchemeView, iv: IndicatorView, one: _Sheet, name: str) -> list[FieldError]:
    names = {o.pk: o.name for o in view.organisations}
    gone = [m for pk, m in one.rows.items() if pk in names and pk not in iv.carriers]
    kept = [m for m in gone if m in one.given()]
    if kept:
        return [
            FieldError(
                f"{name}已给{names[m.organisation_id]}打分，不能改为不承担，没有执行。请先退回该表、清空这一格。",
                "marks-exist",
            )
            for m in kept
        ]
    Mark.objects.filter(pk__in=[m.pk for m in gone]).delete()
    for mark in gone:
        del one.rows[mark.organisation_id]
    return []


def _full_marks(
    view: SchemeView, iv: IndicatorView, share: ShareView, one: _Sheet, name: str, at: datetime
) -> list[FieldError]:
    """By points a weight or share is what a mark is out of: it may change while no mark rests on it."""
    fulls = {o.pk: full_mark_of(view, iv, share, o.zone) for o in view.organisations if o.pk in one.rows}
    other = [m for pk, m in one.rows.items() if pk in fulls and m.full_mark != fulls[pk]]
    if any(m in one.given() and m.value is not None for m in other):
        return [FieldError(f"{name}按分值打分且已有分，分值与份额不能再改，没有执行。", "marks-exist")]
    emptied = False
    for mark in other:
        emptied |= mark.value is not None
        mark.full_mark, mark.value = fulls[mark.organisation_id], None
    Mark.objects.bulk_update(other, ["full_mark", "value"], batch_size=300)
    if emptied:
        give_back(one.sheet, "满分有改动，演示分已清空，请重打", actor=SYSTEM, at=at)
    return []


def _add(
    view: SchemeView, iv: IndicatorView, share: ShareView, one: _Sheet, at: datetime, only: set[int] | None = None
) -> list[FieldError]:
    """Blank cells of new carriers, of `only` these units if given; a filed sheet is then incomplete and goes back."""
    owed = iv.carriers if only is None else iv.carriers & only
    added = [
        Mark(sheet=one.sheet, organisation=o, order=order, full_mark=full_mark_of(view, iv, share, o.zone))
        for order, o in enumerate(view.organisations, start=1)
        if o.pk in owed and o.pk not in one.rows
    ]
    Mark.objects.bulk_create(added)
    if added:
        names = "、".join(mark.organisation.name for mark in added[:4]) + (
            f"等 {len(added)} 家" if len(added) > 4 else ""
        )
        give_back(one.sheet, f"承担单位有增加（{names}），请补打空白格", actor=SYSTEM, at=at)
    return []


def _carriers_in_computed_periods(
    views: Views, held: Iterable[_Sheet], carried: Sequence[Figure], at: datetime
) -> None:
    """A new carrier gets its cell, and what stands stands until the period is computed again (engine 22).

    One struck out keeps what it was given; a cell still blank on a sheet that is open goes, so that nobody waits for it.
    """
    units: dict[int | None, set[int]] = {}
    for figure in carried:
        units.setdefault(figure.indicator_id, set()).add(_pk(figure.organisation))
    for one in (each for each in held if each.sheet.indicator_id in units):
        sheet, view = one.sheet, views(one.sheet.period)
        iv, only = _indicator(view, sheet), units[sheet.indicator_id]
        if in_scope(iv.scope.value, quarter=sheet.period.period_code.quarter):
            _add(view, iv, _share(iv, sheet), one, at, only)
        if sheet.state != SheetState.FILED:
            struck = [m.pk for pk, m in one.rows.items() if pk in only - iv.carriers and not _given(m)]
            Mark.objects.filter(pk__in=struck).delete()


def _open_what_came_into_scope(scheme: Scheme, views: Views, at: datetime, effective_from: PeriodCode | None) -> None:
    """Sheets of items now examined in a period that still takes marks."""
    opened = Period.objects.filter(sheets__scheme=scheme, locks_at__gt=at).exclude(kind=PeriodKind.MONTH).distinct()
    for period in opened:
        if _concerned(period, effective_from):
            open_lacking(period, views(period))


def _monthly_rows(
    scheme: Scheme, views: Views, replaced: Sequence[Figure], at: datetime, effective_from: PeriodCode | None
) -> None:
    """Monthly tracking that is still open: new carriers owe it, struck-out ones no longer do."""
    open_ = Period.objects.filter(kind=PeriodKind.MONTH, code__startswith=f"{scheme.year}-", locks_at__gt=at)
    months = [period for period in open_ if _concerned(period, effective_from)]
    if not months:
        return
    for period in months:
        open_lacking(period, views(period))
    numbers = {iv.indicator.pk: iv.indicator.number for iv in views(months[0]).indicators}
    struck = [
        (duty_key(scheme.year, scheme.track, numbers[f.indicator_id]), _pk(f.organisation))
        for f in replaced
        if f.value == "no" and f.indicator_id is not None
    ]
    gone = {(key, pk) for key, pk in struck}
    for task in Task.objects.filter(indicator__scheme=scheme).select_related("duty"):
        if (task.duty.key.rpartition("/")[0], task.organisation_id) in gone:
            struck.append((task.duty.key, task.organisation_id))
    withdraw(struck, periods=[period.code for period in months])


def _pk(organisation: Organisation | None) -> int:
    assert organisation is not None
    return organisation.pk
