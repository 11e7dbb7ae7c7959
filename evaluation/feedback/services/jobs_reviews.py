"""What the clock does for 单位核对 and 复核: it reminds and tells the next above; it decides nothing."""

from datetime import datetime, timedelta

from evaluation.enums import FeedbackState, RankingState, ReviewState
from evaluation.feedback.models.feedback import Feedback
from evaluation.feedback.models.review import Review
from evaluation.feedback.services.review_effects import tell_above, tell_office
from evaluation.feedback.services.unit_checks import CLAUSE
from miyun_kpi.accounts.enums import Role
from miyun_kpi.inbox.services import Message, send
from miyun_kpi.routes import to

REMIND_BEFORE = timedelta(hours=24)


def send_review_reminders(*, at: datetime) -> int:
    """Once for every 反馈单 still open on its last day, and for every answer or decision overdue; keyed, so never twice."""
    return _last_day(at) + _overdue(at)


def _last_day(at: datetime) -> int:
    waiting = (
        Feedback.objects.filter(
            state=FeedbackState.OPEN,
            check_round__ranking__state=RankingState.COMPUTED,
            check_round__due_at__gt=at,
            check_round__due_at__lte=at + REMIND_BEFORE,
        )
        .select_related("check_round__ranking__period")
        .defer("notes", "check_round__ranking__document", "check_round__ranking__inputs")
    )
    messages = [
        Message(
            key=f"unit-check-last/{feedback.pk}",
            organisation_id=feedback.organisation_id,
            role=Role.REPORTER,
            title=f"{feedback.check_round.ranking.period.label}反馈单还没有核对",
            body=f"{feedback.check_round.due_at.astimezone():%m月%d日 %H:%M}截止，期满按无异议通报。",
            url=to("evaluation:feedback", feedback.pk),
            clause=feedback.check_round.ranking.scheme.cite(CLAUSE),
        )
        for feedback in waiting
    ]
    return send(messages, at=at) if messages else 0


def _overdue(at: datetime) -> int:
    """An answer: to the head of the evaluator and the office. A decision: to the office and the leaders."""
    reviews = Review.objects.select_related(
        "sheet__indicator", "sheet__evaluator", "sheet__period", "sheet__scheme", "feedback__organisation"
    ).defer("feedback__notes")
    told = 0
    for review in reviews.filter(state=ReviewState.ANSWER, answer_due_at__lte=at):
        told += tell_above(review, "answer-late", "复核申请逾期未答复", at)
        told += tell_office(review, "answer-late", "复核申请逾期未答复", at)
    for review in reviews.filter(state__in=[ReviewState.DECISION, ReviewState.PROPOSED], decision_due_at__lte=at):
        told += tell_office(review, "decision-late", "复核申请逾期未决定", at)
        told += tell_office(review, "decision-late", "复核申请逾期未决定", at, role=Role.LEADER)
    return told
