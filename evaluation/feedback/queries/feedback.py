"""反馈单 and 单位核对 for pages: a fixed number of queries, the scores from the frozen rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from evaluation.engine.models.ranking import Ranking, RankingRow
from evaluation.engine.queries.frozen import receipts_of
from evaluation.engine.queries.holding import difference
from evaluation.enums import UNDECIDED, FeedbackState, RankingState
from evaluation.feedback.models.feedback import Feedback, UnitCheck
from evaluation.feedback.models.review import Review
from evaluation.feedback.queries.sealed import notes_of
from evaluation.feedback.rules import FeedbackLine, due_after, feedback_lines, own_part


@dataclass(frozen=True)
class CheckCounts:
    """核对 `answered`/`units`, 复核 `reviews` of which `undecided`; `presumed` = the window passed without an answer."""

    check: UnitCheck
    units: int
    confirmed: int
    contested: int
    reviews: int
    undecided: int
    signed: int
    over: bool

    @property
    def answered(self) -> int:
        return self.confirmed + self.contested

    @property
    def open(self) -> int:
        return self.units - self.answered

    @property
    def settled(self) -> bool:
        return not self.undecided and (self.over or not self.open)


def check_counts(ranking: Ranking, at: datetime) -> CheckCounts | None:
    """Two queries; None where no 单位核对 was opened."""
    check = (
        UnitCheck.objects.filter(ranking=ranking)
        .annotate(
            units=Count("feedbacks"),
            confirmed=Count("feedbacks", filter=Q(feedbacks__state=FeedbackState.CONFIRMED)),
            contested=Count("feedbacks", filter=Q(feedbacks__state=FeedbackState.CONTESTED)),
            signed=Count("feedbacks", filter=Q(feedbacks__signed_at__isnull=False)),
        )
        .first()
    )
    if check is None:
        return None
    states = list(
        Review.objects.filter(sheet__scheme=ranking.scheme_id, sheet__period=ranking.period_id)
        .filter(answer_due_at__isnull=False)
        .values_list("state", flat=True)
    )
    return CheckCounts(
        check=check,
        units=check.units,
        confirmed=check.confirmed,
        contested=check.contested,
        reviews=len(states),
        undecided=sum(state in UNDECIDED for state in states),
        signed=check.signed,
        over=at >= check.due_at,
    )


def newer_computations(ranking: Ranking) -> QuerySet[Ranking]:
    found = Ranking.objects.filter(scheme=ranking.scheme_id, period=ranking.period_id, kind=ranking.kind)
    return found.filter(number__gt=ranking.number)


def keeps_from_opening(ranking: Ranking) -> str:
    """In few words for the button 开启单位核对, "" when it would be taken; the inputs are compared, as the service does."""
    if newer_computations(ranking).exists():
        return "之后又核定过，到最近一次开启"
    return "核定之后有改动，先重新核定" if difference(ranking) else ""


def keeps_from_bulletin(ranking: Ranking, counts: CheckCounts | None, at: datetime) -> str:
    """In few words for the button 通报, "" when nothing of the check stands in the way; the service asks again."""
    if counts is None:
        return "先开启单位核对" if ranking.scheme.unit_check_days else ""
    if counts.undecided:
        return f"还有 {counts.undecided} 件复核没有决定"
    if counts.open and not counts.over:
        return f"还有 {counts.open} 个单位没有核对"
    return ""


@dataclass(frozen=True)
class FeedbackPage:
    receipt: Mapping[str, Any]
    lines: list[FeedbackLine]
    deadlines: dict[int, date]
    reviews: list[Review]
    lost: int

    @property
    def rows(self) -> list[tuple[FeedbackLine, date | None, Review | None]]:
        by_sheet = {review.sheet_id: review for review in reversed(self.reviews)}
        return [
            (line, self.deadlines.get(line.figure_id or 0), by_sheet.get(line.sheet_id or 0)) for line in self.lines
        ]


def feedback_page(feedback: Feedback) -> FeedbackPage:
    """Only the own frozen row is read, so nothing of another unit can come on the page."""
    ranking = feedback.check_round.ranking
    row = RankingRow.objects.get(ranking=ranking, organisation=feedback.organisation_id)
    receipt = own_part(receipts_of(ranking, [row])[0])
    feedback.organisation.name = receipt["name"]  # of the day, as in the ranking; never saved
    lines = feedback_lines(receipt, notes_of(feedback))
    return FeedbackPage(
        receipt=receipt,
        lines=lines,
        deadlines=dict(feedback.deadlines.values_list("share_figure_id", "due_on")),
        reviews=list(
            Review.objects.filter(
                feedback__organisation_id=feedback.organisation_id,
                sheet__scheme=feedback.check_round.ranking.scheme_id,
                sheet__period=feedback.check_round.ranking.period_id,
            ).select_related("sheet__indicator", "sheet__evaluator")
        ),
        lost=sum(line.lost is not None for line in lines),
    )


def feedbacks_of(ranking: Ranking) -> QuerySet[Feedback]:
    """All 反馈单 of a ranking in its printed order, with their reviews counted."""
    asked = Q(reviews__answer_due_at__isnull=False)
    return (
        Feedback.objects.filter(check_round__ranking=ranking)
        .select_related("organisation")
        .annotate(
            asked=Count("reviews", filter=asked), waiting=Count("reviews", filter=Q(reviews__state__in=UNDECIDED))
        )
        .order_by("pk")
    )


def later_check(path: str) -> Exists:
    """Whether another 单位核对 of the period followed; `path` leads from the outer row to its ranking."""
    return Exists(
        UnitCheck.objects.filter(
            ranking__scheme=OuterRef(f"{path}__scheme"),
            ranking__period=OuterRef(f"{path}__period"),
            ranking__number__gt=OuterRef(f"{path}__number"),
        )
    )


def latest_of_each(feedbacks: QuerySet[Feedback]) -> QuerySet[Feedback]:
    """Of several computations of a period the last checked, and every published one."""
    published = Q(check_round__ranking__state=RankingState.PUBLISHED)
    return feedbacks.filter(published | ~later_check("check_round__ranking")).order_by(
        "-check_round__ranking__period__code", "-check_round__ranking__number", "organisation_id"
    )


def may_ask_until(feedback: Feedback) -> datetime | None:
    """Until when a review may be asked for: the window before the bulletin, or the days after it. None: no longer."""
    ranking = feedback.check_round.ranking
    newer = UnitCheck.objects.filter(
        ranking__scheme=ranking.scheme_id, ranking__period=ranking.period_id, ranking__number__gt=ranking.number
    )
    if ranking.corrected_by_id or newer.exists():
        return None
    if ranking.state == RankingState.PUBLISHED and ranking.published_at:
        return due_after(ranking.published_at, ranking.scheme.review_after_days)
    return feedback.check_round.due_at
