"""What is already open follows a replaced figure; where marks would change their meaning, the change is refused.

Sheets of a period whose official ranking has been computed stay as they are: that result rests on the figures of its day.
Invented marks of demonstration periods never stand in the way of the real scheme: they follow, or go.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import QuerySet

from evaluation.engine.models.ranking import Ranking
from evaluation.enums import FigureKind, PeriodKind, RankingKind
from evaluation.periods.models import Period
from evaluation.periods.queries.population import period_view
from evaluation.scheme.models.drafting import AmendmentChange
from evaluation.scheme.models.scheme import Figure, FigureChange, Scheme
from evaluation.scheme.models.tasks import Task
from evaluation.scheme.queries.schemes import IndicatorView, SchemeView, ShareView, scheme_view
from evaluation.scheme.rules.amendments import holds
from evaluation.scheme.rules.figures import in_scope
from evaluation.sheets.models.marks import Mark, MarkSheet
from evaluation.sheets.services.giving_back import GOES_BACK, give_back
from evaluation.sheets.services.periods import full_mark_of, open_lacking
from evaluation.sheets.services.stating import state_marks
from evaluation.tracking.rules import duty_key
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


def _given(mark: Mark) -> bool:
    return mark.value is not None or bool(mark.not_applicable) or bool(mark.problems or mark.suggestions)


def bring_sheets_along(
    scheme: Scheme, replaced: Sequence[Figure], at: datetime, effective_from: PeriodCode | None = None
) -> None:
    """Called inside the transaction that replaced the figures, after they were written.

    A 修订 passes from when it holds: what belongs to earlier periods stays by the figures of those.
    """
    sheets = [
        _Sheet(sheet, {m.organisation_id: m for m in sheet.marks.all()})
        for sheet in _following(scheme)
        .select_related("share_figure", "indicator", "period", "evaluator")
        .prefetch_related("marks")
        if _concerned(sheet.period, effective_from)
    ]
    view = scheme_view(scheme)
    views = _views_of_periods(scheme)
    goes_on = heirs(view.evaluators())
    kinds = {figure.kind for figure in replaced}
    touched = {figure.indicator_id for figure in replaced}
    _refuse(_fixed_before_the_first_mark(kinds, sheets))
    problems: list[FieldError] = []
    before = {m.pk: (m.full_mark, m.value) for s in sheets for m in s.rows.values()}
    for iv in view.indicators:
        if iv.indicator.pk not in touched and FigureKind.FULL_MARK not in kinds:
            continue
        for one in (s for s in sheets if s.sheet.indicator_id == iv.indicator.pk):
            of = views(one.sheet.period)
            own = next(i for i in of.indicators if i.indicator.pk == iv.indicator.pk)
            share = next(s for s in own.shares if s.figure.pk == one.sheet.share_figure_id)
            problems += _follow(
                of, own, replace(share, evaluator=goes_on.get(share.evaluator.pk, share.evaluator)), one, at
            )
    _refuse(problems)
    moved = [m.pk for s in sheets for m in s.rows.values() if m.version and before.get(m.pk) != (m.full_mark, m.value)]
    state_marks(actor=SYSTEM, marks=Mark.objects.filter(pk__in=moved).select_related("organisation"), at=at)
    if FigureKind.SCOPE in kinds:
        _open_what_came_into_scope(scheme, views, at, effective_from)
    if FigureKind.CARRIED in kinds:
        _monthly_rows(scheme, views, [f for f in replaced if f.kind == FigureKind.CARRIED], at, effective_from)


def going_back(
    scheme: Scheme, changes: Iterable[FigureChange | AmendmentChange], effective_from: PeriodCode | None = None
) -> list[MarkSheet]:
    """Filed sheets that get a blank cell, and go back for it, when these changes are carried out; of a 修订 from when it holds."""
    wanted = {
        (one.figure.indicator_id, one.figure.organisation_id)
        for one in changes
        if one.figure.kind == FigureKind.CARRIED and one.new_value == "yes" and one.figure.value != "yes"
    }
    found = _following(scheme).filter(state__in=GOES_BACK, indicator__in=[item for item, _ in wanted])
    ordered = found.select_related("indicator", "period", "evaluator").order_by("period__code", "pk")
    sheets = [sheet for sheet in ordered if _concerned(sheet.period, effective_from)]
    there = set(Mark.objects.filter(sheet__in=sheets).values_list("sheet", "organisation"))
    return [
        sheet
        for sheet in sheets
        if any(item == sheet.indicator_id and (sheet.pk, unit) not in there for item, unit in wanted)
    ]


def _following(scheme: Scheme) -> QuerySet[MarkSheet]:
    frozen = Ranking.objects.filter(scheme=scheme, kind=RankingKind.OFFICIAL).values("period_id")
    return MarkSheet.objects.filter(scheme=scheme).exclude(period_id__in=frozen)


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


def _add(view: SchemeView, iv: IndicatorView, share: ShareView, one: _Sheet, at: datetime) -> list[FieldError]:
    """Blank cells of new carriers; a filed sheet is then incomplete and goes back."""
    added = [
        Mark(sheet=one.sheet, organisation=o, order=order, full_mark=full_mark_of(view, iv, share, o.zone))
        for order, o in enumerate(view.organisations, start=1)
        if o.pk in iv.carriers and o.pk not in one.rows
    ]
    Mark.objects.bulk_create(added)
    if added:
        names = "、".join(mark.organisation.name for mark in added[:4]) + (
            f"等 {len(added)} 家" if len(added) > 4 else ""
        )
        give_back(one.sheet, f"承担单位有增加（{names}），请补打空白格", actor=SYSTEM, at=at)
    return []


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
