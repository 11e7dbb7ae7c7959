"""What 单位核对 and 签收 put on the desk: the unit's own 反馈单, the office's open windows."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Q

from evaluation.enums import FeedbackState, RankingState
from evaluation.feedback.models.feedback import Feedback, UnitCheck
from evaluation.feedback.queries.feedback import later_check, latest_of_each
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib import workdays
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.queries import in_place_of
from miyun_kpi.routes import to


def feedback_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    items: list[DeskItem] = []
    if actor.may(Verb.CHECK_FEEDBACK) and actor.organisation_id is not None:
        items += _own(actor, at)
    if actor.may(Verb.DECIDE_REVIEWS):
        items += _open_checks(at)
    return items


def group_of(due_at: datetime, at: datetime) -> str:
    if at >= due_at:
        return "late"
    left = workdays.working_days_between(at.astimezone().date(), due_at.astimezone().date())
    return "due-soon" if left <= 3 else "later"


def _own(actor: Actor, at: datetime) -> list[DeskItem]:
    """To check while the window is open, to sign for once published."""
    to_check = Q(
        state=FeedbackState.OPEN, check_round__due_at__gt=at, check_round__ranking__state=RankingState.COMPUTED
    )
    to_sign = Q(
        signed_at__isnull=True,
        check_round__ranking__state=RankingState.PUBLISHED,
        check_round__ranking__corrected_by__isnull=True,
    )
    found = (
        latest_of_each(Feedback.objects.filter(to_check | to_sign))
        .filter(Q(organisation_id=actor.organisation_id) | Q(organisation__in=in_place_of(actor.organisation_id)))
        .select_related("organisation")
        .select_related("check_round__ranking__period", "check_round__ranking__scheme")
        .defer("notes", "check_round__ranking__document", "check_round__ranking__inputs")
        .order_by("pk")
    )
    return [_own_item(one, at) for one in found]


def _ended(feedback: Feedback) -> str:
    """Of a unit that ended into this one its name, so that nobody takes its 反馈单 for the own."""
    return feedback.organisation.name if feedback.organisation.valid_to is not None else ""


def _own_item(feedback: Feedback, at: datetime) -> DeskItem:
    ranking = feedback.check_round.ranking
    published = ranking.state == RankingState.PUBLISHED
    due = None if published else feedback.check_round.due_at
    return DeskItem(
        group=group_of(due, at) if due else "to-check",
        subject="evaluation",
        state="to_confirm",
        title=f"{_ended(feedback)}{ranking.period.label}反馈单{'待签收' if published else '待核对'}",
        context=f"第 {ranking.number} 次核定 · "
        + ("通报后签收，按时限整改" if published else "逐项核对本单位得分，期满按无异议通报"),
        url=to("evaluation:feedback", feedback.pk),
        action="签收" if published else "核对",
        document=ranking.scheme.document_id or "",
        clause="五（三）",
        due_at=due,
        kind=ItemKind.SIGN,
    )


def _open_checks(at: datetime) -> list[DeskItem]:
    """Windows still open, with how many units have answered."""
    checks = (
        UnitCheck.objects.filter(~later_check("ranking"), ranking__state=RankingState.COMPUTED, due_at__gt=at)
        .select_related("ranking__period", "ranking__scheme")
        .defer("ranking__document", "ranking__inputs")
        .annotate(units=Count("feedbacks"), left=Count("feedbacks", filter=Q(feedbacks__state=FeedbackState.OPEN)))
        .order_by("due_at", "pk")
    )
    return [
        DeskItem(
            group=group_of(check.due_at, at),
            subject="evaluation",
            state="blank" if check.left else "done",
            title=f"单位核对：{check.ranking.period.label}"
            f"{'镇街' if check.ranking.scheme.track == Track.TOWNSHIP else '部门'} "
            f"{check.units - check.left}/{check.units}",
            context=f"还有 {check.left} 个单位没有核对",
            url=to("evaluation:unit-check", check.ranking_id),
            action="看哪几个",
            document=check.ranking.scheme.document_id or "",
            clause="五（三）",
            due_at=check.due_at,
        )
        for check in checks
    ]
