"""单位核对 of the office, and the 季度反馈单 that a unit checks, prints and signs for."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from evaluation.engine.access import may_see_receipt, readable_ranking, sees_whole_ranking
from evaluation.engine.queries.codes import code_of
from evaluation.engine.rules.codes import Paper
from evaluation.enums import FeedbackState, RankingState
from evaluation.feedback.access import feedbacks_visible_to, visible_feedback
from evaluation.feedback.queries.feedback import (
    check_counts,
    feedback_page,
    feedbacks_of,
    latest_of_each,
    may_ask_until,
)
from evaluation.feedback.services.unit_checks import confirm_feedback, open_unit_check, sign_feedback
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.organisations.enums import Track
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import page_act, shown, version_of

PER_PAGE = 100


@require_GET
def index(request: KpiRequest) -> HttpResponse:
    """The 反馈单 one may see: a unit its own, the office those of the last check of every period."""
    actor = request.actor
    if not (actor.may(Verb.CHECK_FEEDBACK) or actor.may(Verb.READ_UNPUBLISHED)):
        raise NotFound
    found = latest_of_each(feedbacks_visible_to(actor)).defer(
        "notes", "check_round__ranking__document", "check_round__ranking__inputs"
    )
    own = actor.may(Verb.CHECK_FEEDBACK)
    page = page_asked(request.GET, found, PER_PAGE)
    context = {"page": page, "feedbacks": page.object_list, "own": own, "now": timezone.now()}
    return render(request, "evaluation/feedback/feedbacks.html", context)


@require_GET
def sheet(request: KpiRequest, feedback_id: int) -> HttpResponse:
    return _sheet_page(request, feedback_id)


def _sheet_page(request: KpiRequest, feedback_id: int, refusal: Refused | None = None) -> HttpResponse:
    actor, at = request.actor, timezone.now()
    feedback = visible_feedback(actor, feedback_id)
    ranking = feedback.check_round.ranking
    page = feedback_page(feedback)
    own = actor.may(Verb.CHECK_FEEDBACK)
    published = ranking.state == RankingState.PUBLISHED
    until = may_ask_until(feedback)
    over = at >= feedback.check_round.due_at
    context = {
        "feedback": feedback,
        "check": feedback.check_round,
        "ranking": ranking,
        "page": page,
        "receipt": page.receipt,
        "paper_code": code_of(Paper.FEEDBACK, feedback.pk, feedback.seal),
        "number": f"{ranking.period.code}-{'镇街' if ranking.scheme.track == Track.TOWNSHIP else '部门'}"
        f"-{ranking.number}-{feedback.pk}",
        "published": published,
        "over": over,
        "may_confirm": own
        and not published
        and not over
        and until is not None
        and feedback.state != FeedbackState.CONFIRMED,
        "may_ask": actor.may(Verb.ASK_REVIEWS) and until is not None and at < until,
        "outdated": until is None and not ranking.corrected_by_id,
        "may_sign": own and published and feedback.signed_at is None,
        "receipt_opens": published and may_see_receipt(actor, ranking, feedback.organisation),
        "office": sees_whole_ranking(actor, ranking),
        "now": at,
    }
    return shown(request, "evaluation/feedback/feedback.html", context, refusal)


@page_act(_sheet_page)
def confirm(request: KpiRequest, feedback_id: int) -> HttpResponse:
    version = version_of(request)
    confirm_feedback(actor=request.actor, feedback_id=feedback_id, version=version, at=timezone.now())
    return redirect("evaluation:feedback", feedback_id)


@page_act(_sheet_page)
def sign(request: KpiRequest, feedback_id: int) -> HttpResponse:
    sign_feedback(actor=request.actor, feedback_id=feedback_id, at=timezone.now())
    return redirect("evaluation:feedback", feedback_id)


@require_GET
def check(request: KpiRequest, ranking_id: int) -> HttpResponse:
    """单位核对 of one computation, unit by unit, for the office, leaders and the auditor."""
    actor, at = request.actor, timezone.now()
    ranking = readable_ranking(actor, ranking_id)
    counts = check_counts(ranking, at) if sees_whole_ranking(actor, ranking) else None
    if counts is None:
        raise NotFound
    context = {
        "ranking": ranking,
        "counts": counts,
        "feedbacks": feedbacks_of(ranking).defer("notes"),
        "published": ranking.state == RankingState.PUBLISHED,
        "now": at,
    }
    return render(request, "evaluation/feedback/unit_check.html", context)


@require_POST
def open_check(request: KpiRequest, ranking_id: int) -> HttpResponse:
    actor = request.actor
    open_unit_check(actor=actor, ranking_id=ranking_id, at=timezone.now())
    return redirect(f"{reverse('evaluation:ranking', args=[ranking_id])}#chain")
