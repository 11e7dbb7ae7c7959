"""复核申请 on the desk: for the head to consent, the evaluator to answer, the office to decide and to check."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from evaluation.enums import ReviewState
from evaluation.feedback.access import reviews_visible_to
from evaluation.feedback.desk.feedback import group_of
from evaluation.feedback.models.review import Review
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib.actors import Actor
from miyun_kpi.routes import to

_ACTS = {
    ReviewState.CONSENT: "签意见",
    ReviewState.ANSWER: "答复",
    ReviewState.DECISION: "提出决定",
    ReviewState.PROPOSED: "第二人确认",
}

_KINDS = {
    ReviewState.CONSENT: ItemKind.CHECK,
    ReviewState.ANSWER: ItemKind.REVIEW,
    ReviewState.DECISION: ItemKind.REVIEW,
    ReviewState.PROPOSED: ItemKind.CHECK,
}


def review_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    if not any(actor.may(verb) for verb in (Verb.CONSENT_REVIEWS, Verb.ANSWER_REVIEWS, Verb.DECIDE_REVIEWS)):
        return []
    waiting = Q(pk__in=[])
    if actor.may(Verb.CONSENT_REVIEWS):
        waiting |= Q(state=ReviewState.CONSENT)
    if actor.may(Verb.ANSWER_REVIEWS):
        waiting |= Q(state=ReviewState.ANSWER)
    if actor.may(Verb.DECIDE_REVIEWS):
        waiting |= Q(state=ReviewState.DECISION) | Q(state=ReviewState.ANSWER, answer_due_at__lte=at)
        waiting |= Q(state=ReviewState.PROPOSED) & ~Q(proposed_by_id=actor.user_id)
    found = (
        reviews_visible_to(actor)
        .filter(waiting)
        .select_related(
            "sheet__indicator", "sheet__evaluator", "sheet__period", "sheet__scheme", "feedback__organisation"
        )
        .defer("feedback__notes")
        .order_by("filed_at", "pk")
    )
    return [_item(review, actor, at) for review in found]


def _item(review: Review, actor: Actor, at: datetime) -> DeskItem:
    state = ReviewState(review.state)
    due = review.answer_due_at if state == ReviewState.ANSWER else review.decision_due_at
    overdue = due is not None and at >= due
    act = "提出决定" if actor.may(Verb.DECIDE_REVIEWS) and state == ReviewState.ANSWER else _ACTS[state]
    return DeskItem(
        group="late" if overdue else group_of(due, at) if due and state == ReviewState.ANSWER else "to-check",
        subject="evaluation",
        state="overdue" if overdue else "to_confirm",
        title=f"复核申请：{review.sheet.indicator.short_name}",
        context=f"{review.feedback.organisation.name} · {review.sheet.evaluator.name} · {review.sheet.period.label}"
        f" · {review.get_state_display()}",
        url=to("evaluation:review", review.pk),
        action=act,
        document=review.sheet.scheme.document_id or "",
        clause="五（三）",
        due_at=due,
        kind=_KINDS[state],
    )
