"""What 月跟踪 puts on “my desk”: a unit's month, what it got back, what an evaluator has to read, 整改 on both sides."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Min, Q

from evaluation.enums import DOCUMENT, RectificationState
from evaluation.tracking import access
from evaluation.tracking.models import Rectification
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.duties.enums import ReportState
from miyun_kpi.duties.queries.reports import owed_by, waiting_for_review
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib import workdays
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.periods import PeriodCode, label_of
from miyun_kpi.organisations.enums import ENDED
from miyun_kpi.organisations.queries import in_place_of
from miyun_kpi.routes import to

CLAUSE = "四（二）"


def desk_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    items: list[DeskItem] = []
    if actor.organisation_id is None:
        return items
    if actor.may(Verb.REPORT_PROGRESS):
        items += _owed(actor, at)
    if actor.may(Verb.REVIEW_REPORTS):
        items += _to_read(actor)
    if actor.may(Verb.REPORT_PROGRESS) or actor.may(Verb.PRESS_FOR_CORRECTION):
        items += _rectifications(actor, at)
    return items


def _soon(due: datetime, at: datetime) -> str:
    if at >= due:
        return "late"
    left = workdays.working_days_between(at.astimezone().date(), due.astimezone().date())
    return "due-soon" if left <= 3 else "later"


def _owed(actor: Actor, at: datetime) -> list[DeskItem]:
    """One row a month, and one for what was given back."""
    assert actor.organisation_id is not None
    scope = access.tracked_own(actor).order_by().values("pk")
    given_back = Q(reopened_until__isnull=False)
    months = (
        owed_by(actor.organisation_id, at)
        .filter(pk__in=scope)
        .order_by()
        .values("period", "due_at", "unit__organisation", "unit__organisation__code", "unit__organisation__name")
        .annotate(
            back=Count("pk", filter=given_back),
            back_until=Min("reopened_until"),
            blank=Count("pk", filter=~given_back & Q(state=ReportState.EXPECTED)),
            draft=Count("pk", filter=~given_back & Q(state=ReportState.DRAFT)),
        )
        .order_by("due_at")
    )
    items = []
    for month in months:
        label = PeriodCode.parse(month["period"]).label
        name = f"{label}月报"
        if month["unit__organisation"] != actor.organisation_id:
            name = f"{month['unit__organisation__name']}{ENDED}{name}"
        url = to("evaluation:monthly-report", month["unit__organisation__code"], month["period"])
        if month["back"]:
            items.append(
                _item(
                    "returned",
                    "returned",
                    f"{name}退回 {month['back']} 项",
                    "按意见改好重报",
                    url,
                    "改",
                    ItemKind.RETURNED,
                    month["back_until"],
                )
            )
        if month["blank"] or month["draft"]:
            group = _soon(month["due_at"], at)
            context = f"还没填 {month['blank']} 项 · 已存未报 {month['draft']} 项"
            state = "late_open" if group == "late" else "not_filed"
            items.append(_item(group, state, name, context, url, "填报", ItemKind.REPORT, month["due_at"]))
    return items


def _item(
    group: str,
    state: str,
    title: str,
    context: str,
    url: str,
    action: str,
    kind: ItemKind,
    due_at: datetime | None = None,
) -> DeskItem:
    return DeskItem(
        group=group,
        subject="evaluation",
        state=state,
        title=title,
        context=context,
        url=url,
        action=action,
        document=DOCUMENT,
        clause=CLAUSE,
        due_at=due_at,
        kind=kind,
    )


def _to_read(actor: Actor) -> list[DeskItem]:
    waiting = waiting_for_review(access.tracked_reviewed_by(actor)).order_by().values("period")
    page = to("evaluation:tracking-review")
    return [
        _item(
            "to-check",
            "submitted",
            f"{PeriodCode.parse(month['period']).label}月报待审核 {month['number']} 项",
            "通过，或写明意见退回",
            f"{page}?month={month['period']}",
            "审核",
            ItemKind.REVIEW,
        )
        for month in waiting.annotate(number=Count("pk")).order_by("period")
    ]


def _rectifications(actor: Actor, at: datetime) -> list[DeskItem]:
    """The unit answers what is open; who opened it sees what is answered or overdue."""
    assert actor.organisation_id is not None
    unclosed = Rectification.objects.exclude(state=RectificationState.CLOSED).select_related(
        "unit__duty", "unit__organisation", "opened_for"
    )
    items = []
    if actor.may(Verb.REPORT_PROGRESS):
        own = Q(unit__organisation_id=actor.organisation_id)
        own |= Q(unit__organisation__in=in_place_of(actor.organisation_id))
        for row in unclosed.filter(own, state=RectificationState.OPEN):
            group = _soon(row.due_at, at)
            state = "overdue" if group == "late" else "running"
            items.append(_of_rectification(row, group, state, f"整改：{row.unit.duty.title}", "答复"))
    if actor.may(Verb.PRESS_FOR_CORRECTION):
        opened = unclosed.filter(opened_for_id=actor.organisation_id, opened_role=actor.role)
        for row in opened.filter(Q(state=RectificationState.ANSWERED) | Q(due_at__lte=at)):
            name = f"{row.unit.organisation.name}“{row.unit.duty.title}”"
            if row.state == RectificationState.ANSWERED:
                items.append(_of_rectification(row, "to-check", "submitted", f"整改待验收：{name}", "验收"))
            else:
                items.append(_of_rectification(row, "late", "overdue", f"整改逾期未答复：{name}", "看"))
    return items


def _of_rectification(row: Rectification, group: str, state: str, title: str, action: str) -> DeskItem:
    url = to("evaluation:rectification", row.pk)
    kind = ItemKind.REVIEW if group == "to-check" else ItemKind.TERM
    return _item(
        group, state, title, f"{row.opened_for.name}发起 · {label_of(row.period)}", url, action, kind, row.due_at
    )
