"""What sheets put on “my desk”: sheets to fill and returned, to certify, 不适用 to decide, how far a period is."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Q

from evaluation.enums import (
    DOCUMENT,
    EDITABLE_STATES,
    NotApplicable,
    SheetState,
)
from evaluation.periods.models import Period
from evaluation.periods.queries.past import past_periods
from evaluation.sheets.access import sheets_visible_to
from evaluation.sheets.models.marks import MarkSheet
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib import workdays
from miyun_kpi.lib.actors import Actor
from miyun_kpi.routes import to


def sheet_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    items: list[DeskItem] = []
    if actor.may(Verb.ENTER_MARKS):
        items += _own_sheets(actor, at)
    if actor.may(Verb.CERTIFY_SHEETS):
        items += _to_certify(actor)
    if actor.may(Verb.OPEN_PERIODS):
        items += [*_progress(actor, at), *_past()]
    if actor.may(Verb.APPROVE_NOT_APPLICABLE):
        items += _not_applicable(actor)
    return items


def _own_sheets(actor: Actor, at: datetime) -> list[DeskItem]:
    sheets = (
        MarkSheet.objects.filter(evaluator_id=actor.organisation_id, state__in=EDITABLE_STATES, paper_number="")
        .filter(Q(period__locks_at__gt=at) | Q(reopened_until__gt=at), period__starts_at__lte=at)
        .select_related("scheme", "period", "indicator")
        .annotate(
            carried=Count("marks"),
            done=Count("marks", filter=Q(marks__value__isnull=False) | ~Q(marks__not_applicable="")),
        )
        .order_by("period__due_at", "scheme__track", "indicator__number")
    )
    return [_sheet_item(sheet, at, done=sheet.done, carried=sheet.carried) for sheet in sheets]


def _sheet_item(sheet: MarkSheet, at: datetime, *, done: int, carried: int) -> DeskItem:
    due = sheet.reopened_until or sheet.period.due_at
    left = workdays.working_days_between(at.astimezone().date(), due.astimezone().date())
    if sheet.state == SheetState.RETURNED:
        group, state = "returned", "returned"
    elif at >= sheet.period.due_at:
        group, state = "late", "late"
    else:
        group, state = ("due-soon", "blank") if left <= 3 else ("later", "blank")
    blank = carried - done
    context = f"{sheet.period.label} · {sheet.scheme.get_track_display()} · 已存 {done}/{carried}"
    if sheet.state == SheetState.RETURNED and sheet.reopen_reason:
        context += f" · 退回理由：{sheet.reopen_reason}"
    return DeskItem(
        group=group,
        subject="evaluation",
        state=state if blank or group != "later" else "draft",
        title=f"打分表：{sheet.indicator.short_name}",
        context=context,
        url=to("evaluation:sheet", sheet.pk),
        action="打分" if blank else "核对报送",
        document=sheet.scheme.document_id or "",
        clause=sheet.indicator.clause,
        due_at=due,
        kind=ItemKind.REPORT,
    )


def _to_certify(actor: Actor) -> list[DeskItem]:
    """等我审核: submitted sheets of the own organisation, but for those one has submitted oneself."""
    sheets = MarkSheet.objects.filter(evaluator_id=actor.organisation_id, state=SheetState.SUBMITTED)
    return [
        DeskItem(
            group="to-check",
            subject="evaluation",
            state="submitted",
            title=f"打分表待审核：{sheet.indicator.short_name}",
            context=f"{sheet.period.label} · {sheet.scheme.get_track_display()} · {sheet.filed_by}送审",
            url=to("evaluation:sheet", sheet.pk),
            action="审核",
            document=sheet.scheme.document_id or "",
            clause=sheet.indicator.clause,
            due_at=sheet.reopened_until or sheet.period.due_at,
            kind=ItemKind.CHECK,
        )
        for sheet in sheets.exclude(filed_by_id=actor.user_id or 0).select_related("scheme", "period", "indicator")
    ]


def _not_applicable(actor: Actor) -> list[DeskItem]:
    sheets = (
        sheets_visible_to(actor)
        .filter(marks__not_applicable=NotApplicable.PROPOSED)
        .select_related("period", "indicator", "evaluator", "scheme")
        .annotate(waiting=Count("marks"))
    )
    return [
        DeskItem(
            group="to-check",
            subject="evaluation",
            state="to_confirm",
            title=f"不适用待批准：{sheet.indicator.short_name}",
            context=f"{sheet.evaluator.name} · {sheet.period.label}",
            url=to("evaluation:sheet", sheet.pk),
            action="决定",
            document=sheet.scheme.document_id or "",
            clause=sheet.indicator.clause,
            kind=ItemKind.REVIEW,
        )
        for sheet in sheets
    ]


def _past() -> list[DeskItem]:
    """往期未开启: what had locked before its scheme came here is opened, or left with a reason."""
    past = past_periods()
    if not past:
        return []
    return [
        DeskItem(
            group="later",
            subject="evaluation",
            state="to_confirm",
            title=f"往期未开启 {len(past)} 期",
            context=f"{past[0].label}等，方案启用以前已过锁定日，系统不自动开启",
            url=f"{to('evaluation:periods')}#past",
            action="逐期决定",
            document=DOCUMENT,
            clause="四（二）",
            kind=ItemKind.STANDING,
        )
    ]


def _progress(actor: Actor, at: datetime) -> list[DeskItem]:
    """Open periods with how many sheets are filed: what the office has to press for."""
    visible = Q(sheets__in=sheets_visible_to(actor))
    periods = (
        Period.objects.filter(starts_at__lte=at, locks_at__gt=at)
        .annotate(
            sheets_all=Count("sheets", filter=visible),
            sheets_filed=Count("sheets", filter=visible & Q(sheets__state=SheetState.FILED)),
        )
        .order_by("due_at")
    )
    return [
        DeskItem(
            group="late" if at >= period.due_at else "due-soon" if _days_left(period, at) <= 3 else "later",
            subject="evaluation",
            state="blank",
            title=f"{period.label}打分表已报 {period.sheets_filed}/{period.sheets_all}",
            context=f"还有 {period.sheets_all - period.sheets_filed} 张没有报送",
            url=to("evaluation:sheets", period=period.code, state="open"),
            action="看哪几张",
            document=DOCUMENT,
            clause="四（二）",
            due_at=period.due_at,
        )
        for period in periods
        if period.sheets_all > period.sheets_filed
    ]


def _days_left(period: Period, at: datetime) -> int:
    return workdays.working_days_between(at.astimezone().date(), period.due_at.astimezone().date())
