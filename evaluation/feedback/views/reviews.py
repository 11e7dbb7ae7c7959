"""复核申请: asked, consented to, answered, decided, and its dossier. One page shows one request to each of its parties."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from evaluation.enums import ReviewState
from evaluation.feedback.access import reviews_visible_to, visible_feedback, visible_review
from evaluation.feedback.forms import AskForm, CheckForm, ConsentForm, OutcomeForm, VersionedForm
from evaluation.feedback.models.review import Review
from evaluation.feedback.queries.reviews import as_asked, dossier_of, marks_asked_about, moved_to, review_list, trail
from evaluation.feedback.services import reviews as services
from evaluation.scheme.access.office import may_run
from evaluation.sheets.models.marks import Mark
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, on_top, page_act, sent, shown, version_of

PER_PAGE = 100
FORMS = {"consent": ConsentForm, "answer": OutcomeForm, "propose": OutcomeForm, "decide": CheckForm}
GROUPS = [("waiting", "在办"), ("done", "办结"), ("", "全部")]


def require_reader(actor: Actor) -> None:
    """For posts that have nothing to do with 复核 the list does not exist."""
    if not any(actor.may(v) for v in (Verb.CHECK_FEEDBACK, Verb.ANSWER_REVIEWS, Verb.READ_UNPUBLISHED)):
        raise NotFound


@require_GET
def index(request: KpiRequest) -> HttpResponse:
    actor = request.actor
    require_reader(actor)
    group = request.GET.get("group", "waiting")
    page = page_asked(request.GET, review_list(reviews_visible_to(actor), group), PER_PAGE)
    reviews = list(page.object_list)
    as_asked(reviews, audience=audience_of(actor))
    context = {
        "page": page,
        "reviews": reviews,
        "group": group,
        "groups": GROUPS,
        "has_feedback": actor.may(Verb.CHECK_FEEDBACK) or actor.may(Verb.READ_UNPUBLISHED),
        "now": timezone.now(),
    }
    return render(request, "evaluation/feedback/reviews.html", context)


def _ask_page(request: KpiRequest, feedback_id: int, sheet_id: int, refusal: Refused | None = None) -> HttpResponse:
    feedback = visible_feedback(request.actor, feedback_id)
    require(request.actor, Verb.ASK_REVIEWS)
    ranking = feedback.check_round.ranking
    mark = one_of(
        Mark.objects.select_related("sheet__indicator", "sheet__evaluator")
        .filter(sheet=sheet_id, organisation=feedback.organisation_id, sheet__period=ranking.period_id)
        .filter(sheet__scheme=ranking.scheme_id)
    )
    context = {"feedback": feedback, "ranking": ranking, "mark": mark, "form": form_of(request, AskForm)}
    return shown(request, "evaluation/feedback/review_ask.html", context, refusal)


@page_act(_ask_page, opens=True)
def ask(request: KpiRequest, feedback_id: int, sheet_id: int) -> HttpResponse:
    """The request for one item; whatever is refused keeps what was typed."""
    visible_feedback(request.actor, feedback_id)
    require(request.actor, Verb.ASK_REVIEWS)
    given = sent(request, AskForm)
    review = services.ask_review(
        actor=request.actor, feedback_id=feedback_id, sheet_id=sheet_id, at=timezone.now(), **given
    )
    return redirect("evaluation:review", review.pk)


@require_GET
def review(request: KpiRequest, review_id: int) -> HttpResponse:
    return _page(request, review_id)


def _page(request: KpiRequest, review_id: int, refusal: Refused | None = None) -> HttpResponse:
    actor, at = request.actor, timezone.now()
    review = visible_review(actor, review_id)
    act = _awaited(actor, review)
    initial: dict[str, Any] = {"version": review.version}
    if act == "propose" and review.answer:
        value = "" if review.answer_value is None else plain(review.answer_value)
        initial |= {"outcome": review.answer, "value": value, "text": review.answer_text}
    # A form posted for a step that is over is not shown under the next one.
    wanted: type[forms.Form] = FORMS.get(act, VersionedForm)
    asked = marks_asked_about([review])[review.pk]
    context = {
        "asked": asked,
        "moved": moved_to(review, asked, audience=audience_of(actor)),
        "review": review,
        "feedback": review.feedback,
        "steps": trail(review, at, audience=audience_of(actor)),
        "act": act,
        "form": on_top(form_of(request, wanted, initial=initial), review.version),
        "may_withdraw": actor.may(Verb.ASK_REVIEWS) and review.state in (ReviewState.CONSENT, ReviewState.ANSWER),
        "own_proposal": review.state == ReviewState.PROPOSED and review.proposed_by_id == actor.user_id,
        "sees_feedback": actor.may(Verb.CHECK_FEEDBACK) or actor.may(Verb.READ_UNPUBLISHED),
        "opens_dossier": _opens_dossier(actor),
        "now": at,
    }
    return shown(request, "evaluation/feedback/review.html", context, refusal)


def audience_of(actor: Actor) -> str:
    """Whose eyes: "office", "evaluator" or "unit"."""
    if actor.may(Verb.READ_UNPUBLISHED):
        return "office"
    return "evaluator" if actor.may(Verb.ANSWER_REVIEWS) else "unit"


def _awaited(actor: Actor, review: Review) -> str:
    """Which form this person gets: the one of the step that is awaited of them."""
    state = review.state
    if state == ReviewState.CONSENT and actor.may(Verb.CONSENT_REVIEWS):
        return "consent"
    if state == ReviewState.ANSWER and actor.may(Verb.ANSWER_REVIEWS):
        return "answer"
    if may_run(actor, review.sheet.scheme.track) and actor.may(Verb.DECIDE_REVIEWS):
        overdue = review.answer_due_at is not None and timezone.now() >= review.answer_due_at
        if state == ReviewState.DECISION or (state == ReviewState.ANSWER and overdue):
            return "propose"
        if state == ReviewState.PROPOSED and review.proposed_by_id != actor.user_id:
            return "decide"
    return ""


def _opens_dossier(actor: Actor) -> bool:
    return actor.may(Verb.DECIDE_REVIEWS) or actor.may(Verb.READ_AUDIT) or actor.may(Verb.ANSWER_REVIEWS)


def _given(request: KpiRequest, review_id: int) -> dict[str, Any]:
    return {"actor": request.actor, "review_id": review_id, "at": timezone.now()}


@page_act(_page)
def consent(request: KpiRequest, review_id: int) -> HttpResponse:
    data = sent(request, ConsentForm)
    agreed = data.pop("decision") == "consent"
    services.consent_review(consent=agreed, **_given(request, review_id), **data)
    return redirect("evaluation:review", review_id)


@page_act(_page)
def withdraw(request: KpiRequest, review_id: int) -> HttpResponse:
    services.withdraw_review(version=version_of(request), **_given(request, review_id))
    return redirect("evaluation:review", review_id)


@page_act(_page)
def answer(request: KpiRequest, review_id: int) -> HttpResponse:
    services.answer_review(**_given(request, review_id), **sent(request, OutcomeForm))
    return redirect("evaluation:review", review_id)


@page_act(_page)
def propose(request: KpiRequest, review_id: int) -> HttpResponse:
    services.propose_decision(**_given(request, review_id), **sent(request, OutcomeForm))
    return redirect("evaluation:review", review_id)


@page_act(_page)
def decide(request: KpiRequest, review_id: int) -> HttpResponse:
    data = sent(request, CheckForm)
    approve = data.pop("decision") == "confirm"
    services.decide_review(approve=approve, **_given(request, review_id), **data)
    return redirect("evaluation:review", review_id)


@require_GET
def dossier(request: KpiRequest, review_id: int) -> HttpResponse:
    """案卷 on one page for printing: for the office, the evaluator concerned and the auditor."""
    actor, at = request.actor, timezone.now()
    found = visible_review(actor, review_id)
    if not _opens_dossier(actor):
        raise NotFound
    whole = not actor.may(Verb.ANSWER_REVIEWS)
    context = {
        "review": found,
        "dossier": dossier_of(found, at, audience=audience_of(actor)),
        "whole": whole,
        "now": at,
    }
    return render(request, "evaluation/feedback/review_dossier.html", context)
