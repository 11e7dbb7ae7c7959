"""What the clock does for 单位核对 and 复核: it reminds and tells the next above; it decides nothing."""

from datetime import timedelta

from evaluation.enums import FeedbackState, RankingState, ReviewState
from evaluation.feedback.models.feedback import Feedback
from evaluation.feedback.models.review import Review
from evaluation.feedback.services.review_effects import office_ids, to_above, to_office
from evaluation.feedback.services.unit_checks import CLAUSE
from miyun_kpi.accounts.enums import Role
from miyun_kpi.inbox.services import Message, send_due
from miyun_kpi.jobs.clock import Run, timed
from miyun_kpi.routes import to

REMIND_BEFORE = timedelta(hours=24)


def _offices() -> list[tuple[int, str]]:
    return [(pk, Role.EVALUATION_OFFICE) for pk in office_ids("")]


@timed("evaluation.send_review_reminders", "单位核对和复核的提醒", tells=_offices)
def send_review_reminders(run: Run) -> None:
    """Once for every 反馈单 still open on its last day, and for every answer or decision overdue; keyed, so never twice."""
    waiting = (
        Feedback.objects.filter(
            state=FeedbackState.OPEN,
            check_round__ranking__state=RankingState.COMPUTED,
            check_round__due_at__gt=run.at,
            check_round__due_at__lte=run.at + REMIND_BEFORE,
        )
        .select_related("check_round__ranking__period", "check_round__ranking__scheme")
        .defer("notes", "check_round__ranking__document", "check_round__ranking__inputs")
    )
    messages = run.gather(waiting, _last_day, key=lambda feedback: f"feedback:{feedback.pk}")
    reviews = Review.objects.select_related(
        "sheet__indicator", "sheet__evaluator", "sheet__period", "sheet__scheme", "feedback__organisation"
    ).defer("feedback__notes")
    unanswered = reviews.filter(state=ReviewState.ANSWER, answer_due_at__lte=run.at)
    messages += run.gather(unanswered, _unanswered, key=lambda review: f"review:{review.pk}")
    undecided = reviews.filter(state__in=[ReviewState.DECISION, ReviewState.PROPOSED], decision_due_at__lte=run.at)
    messages += run.gather(undecided, _undecided, key=lambda review: f"review:{review.pk}")
    send_due(run, messages)


def _last_day(feedback: Feedback) -> list[Message]:
    ranking = feedback.check_round.ranking
    return [
        Message(
            key=f"unit-check-last/{feedback.pk}",
            organisation_id=feedback.organisation_id,
            role=Role.REPORTER,
            title=f"{ranking.period.label}反馈单还没有核对",
            body=f"{feedback.check_round.due_at.astimezone():%m月%d日 %H:%M}截止，期满按无异议通报。",
            url=to("evaluation:feedback", feedback.pk),
            clause=ranking.scheme.cite(CLAUSE),
        )
    ]


def _unanswered(review: Review) -> list[Message]:
    """To the head of the evaluator and the office."""
    title = "复核申请逾期未答复"
    return [*to_above(review, "answer-late", title), *to_office(review, "answer-late", title)]


def _undecided(review: Review) -> list[Message]:
    """To the office and the leaders."""
    title = "复核申请逾期未决定"
    return [
        *to_office(review, "decision-late", title),
        *to_office(review, "decision-late", title, role=Role.LEADER),
    ]
