"""Who sees and does what in 单位核对, 复核 and 整改时限 (engine 18, 19)."""

from django.db.models import Q, QuerySet

from evaluation.feedback.models.feedback import Feedback, UnitCheck
from evaluation.feedback.models.review import Review
from evaluation.scheme.access.office import is_ranked_co_office
from evaluation.sheets.models.marks import MarkSheet
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.queries import in_place_of


def feedbacks_visible_to(actor: Actor) -> QuerySet[Feedback]:
    """A unit its own 反馈单 and those of units that ended into it; the office, leaders and the auditor all (区发改委 those of the townships)."""
    found = Feedback.objects.select_related(
        "check_round__ranking__scheme", "check_round__ranking__period", "organisation"
    )
    if actor.may(Verb.READ_UNPUBLISHED):
        hidden = Q(check_round__ranking__scheme__track=Track.DEPARTMENT) if is_ranked_co_office(actor) else Q(pk=None)
        return found.exclude(hidden)
    if actor.may(Verb.CHECK_FEEDBACK) and actor.organisation_id is not None:
        ended = Q(organisation__in=in_place_of(actor.organisation_id))
        return found.filter(Q(organisation_id=actor.organisation_id) | ended)
    return found.none()


def visible_feedback(actor: Actor, feedback_id: int) -> Feedback:
    feedback = one_of(
        feedbacks_visible_to(actor)
        .defer("check_round__ranking__document", "check_round__ranking__inputs")
        .filter(pk=feedback_id)
    )
    return feedback


def reviews_visible_to(actor: Actor) -> QuerySet[Review]:
    """复核申请: the unit its own, the evaluator those on its sheets once the head has consented, the office all."""
    if actor.may(Verb.READ_UNPUBLISHED):
        hidden = Q(sheet__scheme__track=Track.DEPARTMENT) if is_ranked_co_office(actor) else Q(pk=None)
        return Review.objects.exclude(hidden)
    if actor.organisation_id is None:
        return Review.objects.none()
    ended = in_place_of(actor.organisation_id)
    if actor.may(Verb.CHECK_FEEDBACK):
        own = Q(feedback__organisation_id=actor.organisation_id) | Q(feedback__organisation__in=ended)
        return Review.objects.filter(own)
    if actor.may(Verb.ANSWER_REVIEWS):
        own = Q(sheet__evaluator_id=actor.organisation_id) | Q(sheet__evaluator__in=ended)
        return Review.objects.filter(own, answer_due_at__isnull=False)
    return Review.objects.none()


def visible_review(actor: Actor, review_id: int) -> Review:
    review = one_of(
        reviews_visible_to(actor)
        .select_related(
            "feedback__organisation",
            "feedback__check_round__ranking__scheme",
            "sheet__period",
            "sheet__indicator",
            "sheet__evaluator",
            "sheet__share_figure",
            "sheet__scheme",
        )
        .defer("feedback__check_round__ranking__document", "feedback__check_round__ranking__inputs")
        .filter(pk=review_id)
    )
    return review


def deadline_scope(actor: Actor, ranking_id: int) -> tuple[UnitCheck, int | None]:
    """The 单位核对 whose 整改时限 the actor may enter: an evaluator for its own findings (its id), the office for all."""
    check = UnitCheck.objects.select_related("ranking__scheme", "ranking__period").defer(
        "ranking__document", "ranking__inputs"
    )
    found = one_of(check.filter(ranking=ranking_id))
    if actor.may(Verb.DECIDE_REVIEWS):
        if found.ranking.scheme.track == Track.DEPARTMENT and is_ranked_co_office(actor):
            raise NotFound
        return found, None
    own = MarkSheet.objects.filter(scheme=found.ranking.scheme_id, period=found.ranking.period_id)
    own = own.filter(Q(evaluator_id=actor.organisation_id) | Q(evaluator__in=in_place_of(actor.organisation_id)))
    if not actor.may(Verb.ANSWER_REVIEWS) or actor.organisation_id is None or not own.exists():
        raise NotFound
    return found, actor.organisation_id
