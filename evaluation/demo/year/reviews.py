"""复核 on the first quarter: those that are over, the one that has led to a 更正, and those still under way."""

from datetime import datetime

from evaluation.demo.year.agenda import Agenda
from evaluation.demo.year.cast import Cast
from evaluation.demo.year.marks import LEFT_TO_VISITORS
from evaluation.demo.year.quarters import FIRST
from evaluation.demo.year.results import feedbacks
from evaluation.enums import ReviewOutcome
from evaluation.feedback.models.review import Review
from evaluation.feedback.services import reviews as services
from evaluation.feedback.services.unit_checks import confirm_feedback
from evaluation.sheets.models.marks import Mark
from miyun_kpi.accounts.enums import Role
from miyun_kpi.lib.decimals import plain

# Places of the units by their code. Before the bulletin:
UPHELD, DECLINED, WITHDRAWN = 3, 8, 12
# After it, and decided in favour of the unit:
CHANGED = 5
# After the 更正:
CONSENT, ANSWER, DECISION, PROPOSED = 7, 10, 14, 17
CONTESTED = (UPHELD, DECLINED, WITHDRAWN)


def plan_reviews(agenda: Agenda, cast: Cast) -> None:
    day = agenda.at
    for place in CONTESTED:
        agenda.plan(day(37, 10, place), _ask, cast, place)
        agenda.plan(day(37, 15, place), _consent, cast, place, agrees=place != DECLINED)
    agenda.plan(day(36, 9), _withdraw, cast, WITHDRAWN)
    agenda.plan(day(36, 10), _confirm, cast, (WITHDRAWN, DECLINED))
    agenda.plan(day(35, 10), _answer, cast, UPHELD, ReviewOutcome.UPHELD)
    agenda.plan(day(34, 10), _propose, cast, UPHELD, ReviewOutcome.UPHELD)
    agenda.plan(day(33, 10), _decide, cast, UPHELD, True)
    agenda.plan(day(29, 11), _ask, cast, CHANGED)
    agenda.plan(day(28, 10), _consent, cast, CHANGED)
    agenda.plan(day(26, 11), _answer, cast, CHANGED, ReviewOutcome.CHANGED)
    agenda.plan(day(24, 11), _propose, cast, CHANGED, ReviewOutcome.CHANGED)
    agenda.plan(day(23, 11), _decide, cast, CHANGED, False)
    agenda.plan(day(22, 11), _propose, cast, CHANGED, ReviewOutcome.CHANGED)
    agenda.plan(day(21, 11), _decide, cast, CHANGED, True)
    for place in (ANSWER, DECISION, PROPOSED):
        agenda.plan(day(4, 10, place), _ask, cast, place)
        agenda.plan(day(3, 9, place), _consent, cast, place)
    agenda.plan(day(2, 11), _answer, cast, DECISION, ReviewOutcome.UPHELD)
    agenda.plan(day(2, 15), _answer, cast, PROPOSED, ReviewOutcome.UPHELD)
    agenda.plan(day(1, 10), _propose, cast, PROPOSED, ReviewOutcome.UPHELD)
    agenda.plan(day(1, 11), _ask, cast, CONSENT)


def _ask(cast: Cast, place: int, at: datetime) -> None:
    one = feedbacks()[place]
    mark = (
        Mark.objects.filter(sheet__period__code=str(FIRST), organisation=one.organisation, value__isnull=False)
        .filter(sheet__indicator__offline_only=False, sheet__scheme=one.check_round.ranking.scheme_id)
        .exclude(sheet__evaluator__code__in=LEFT_TO_VISITORS)
        .order_by("value", "sheet_id")[0]
    )
    services.ask_review(
        actor=cast.of(one.organisation.code, Role.REPORTER),
        feedback_id=one.pk,
        sheet_id=mark.sheet_id,
        reason="（虚构）台账第三项已按期更新，申请按更新后的台账核对这一项。",
        evidence="（虚构）台账截图一份，编号演示 1 号。",
        at=at,
    )


def _of(place: int) -> Review:
    """The newest review of the unit."""
    codes = [one.organisation_id for one in feedbacks()]
    found = Review.objects.filter(feedback__organisation_id=codes[place]).select_related(
        "feedback__organisation", "sheet__evaluator"
    )
    return found.order_by("-pk")[0]


def _consent(cast: Cast, place: int, at: datetime, *, agrees: bool = True) -> None:
    review = _of(place)
    services.consent_review(
        actor=cast.of(review.feedback.organisation.code, Role.UNIT_HEAD),
        review_id=review.pk,
        version=review.version,
        consent=agrees,
        note="（演示）同意。" if agrees else "（演示）差异不大，本次不申请。",
        at=at,
    )


def _withdraw(cast: Cast, place: int, at: datetime) -> None:
    review = _of(place)
    actor = cast.of(review.feedback.organisation.code, Role.REPORTER)
    services.withdraw_review(actor=actor, review_id=review.pk, version=review.version, at=at)


def _confirm(cast: Cast, places: tuple[int, ...], at: datetime) -> None:
    for place in places:
        one = feedbacks()[place]
        actor = cast.of(one.organisation.code, Role.REPORTER)
        confirm_feedback(actor=actor, feedback_id=one.pk, version=one.version, at=at)


def _value(review: Review, outcome: ReviewOutcome) -> str:
    """What a changed mark becomes: three hundredths of the full mark more."""
    more = min(review.value_before + review.full_mark * 3 / 100, review.full_mark)
    return plain(more) if outcome == ReviewOutcome.CHANGED else ""


def _answer(cast: Cast, place: int, outcome: ReviewOutcome, at: datetime) -> None:
    review = _of(place)
    services.answer_review(
        actor=cast.of(review.sheet.evaluator.code, Role.EVALUATOR),
        review_id=review.pk,
        version=review.version,
        outcome=outcome,
        value=_value(review, outcome),
        text="（虚构）已与单位逐项核对台账。",
        at=at,
    )


def _propose(cast: Cast, place: int, outcome: ReviewOutcome, at: datetime) -> None:
    review = _of(place)
    services.propose_decision(
        actor=cast.first,
        review_id=review.pk,
        version=review.version,
        outcome=outcome,
        value=_value(review, outcome),
        text="（演示）按考评部门的答复办理。",
        at=at,
    )


def _decide(cast: Cast, place: int, approve: bool, at: datetime) -> None:
    review = _of(place)
    note = "" if approve else "（演示）请附考评部门核对的日期。"
    services.decide_review(
        actor=cast.second, review_id=review.pk, version=review.version, approve=approve, note=note, at=at
    )
