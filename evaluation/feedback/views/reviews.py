"""复核申请: asked, consented to, answered, decided, and its dossier. One page shows one request to each of its parties."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from evaluation.enums import ReviewState
from evaluation.feedback.access import reviews_visible_to, visible_feedback, visible_review
from evaluation.feedback.forms import AskForm, CheckForm, ConsentForm, OutcomeForm, VersionedForm
from evaluation.feedback.models.review import Review
from evaluation.feedback.queries.reviews import dossier_of, review_list, trail
from evaluation.feedback.services import reviews as services
from evaluation.feedback.views.feedback import posted_version
from evaluation.scheme.access.office import may_run
from evaluation.sheets.models.marks import Mark
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.requests import KpiRequest

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
    page = Paginator(review_list(reviews_visible_to(actor), group), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "reviews": page.object_list,
        "group": group,
        "groups": GROUPS,
        "has_feedback": actor.may(Verb.CHECK_FEEDBACK) or actor.may(Verb.READ_UNPUBLISHED),
        "now": timezone.now(),
    }
    return render(request, "evaluation/feedback/reviews.html", context)


@require_http_methods(["GET", "POST"])
def ask(request: KpiRequest, feedback_id: int, sheet_id: int) -> HttpResponse:
    """The form for one item, and the request itself; whatever is refused keeps what was typed."""
    actor = request.actor
    feedback = visible_feedback(actor, feedback_id)
    require(actor, Verb.ASK_REVIEWS)
    ranking = feedback.check_round.ranking
    mark = one_of(
        Mark.objects.select_related("sheet__indicator", "sheet__evaluator")
        .filter(sheet=sheet_id, organisation=feedback.organisation_id, sheet__period=ranking.period_id)
        .filter(sheet__scheme=ranking.scheme_id)
    )
    form, refusal = AskForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            review = services.ask_review(
                actor=actor, feedback_id=feedback_id, sheet_id=sheet_id, at=timezone.now(), **form.cleaned_data
            )
            return redirect("evaluation:review", review.pk)
        except Refused as refused:
            refusal = refused
    status = refusal.status if refusal else 422 if form.errors else 200
    context = {"feedback": feedback, "ranking": ranking, "mark": mark, "form": form, "refusal": refusal}
    return render(request, "evaluation/feedback/review_ask.html", context, status=status)


@require_GET
def review(request: KpiRequest, review_id: int) -> HttpResponse:
    return _page(request, visible_review(request.actor, review_id))


def _page(
    request: KpiRequest, review: Review, *, form: forms.Form | None = None, refusal: Refused | None = None
) -> HttpResponse:
    actor, at = request.actor, timezone.now()
    act = _awaited(actor, review)
    initial: dict[str, Any] = {"version": review.version}
    if act == "propose" and review.answer:
        value = "" if review.answer_value is None else plain(review.answer_value)
        initial |= {"outcome": review.answer, "value": value, "text": review.answer_text}
    # A form posted for a step that is over is not shown under the next one.
    wanted: type[forms.Form] = FORMS.get(act, VersionedForm)
    context = {
        "review": review,
        "feedback": review.feedback,
        "steps": trail(review, at, audience=_audience(actor)),
        "act": act,
        "form": form if isinstance(form, wanted) else wanted(initial=initial),
        "may_withdraw": actor.may(Verb.ASK_REVIEWS) and review.state in (ReviewState.CONSENT, ReviewState.ANSWER),
        "own_proposal": review.state == ReviewState.PROPOSED and review.proposed_by_id == actor.user_id,
        "sees_feedback": actor.may(Verb.CHECK_FEEDBACK) or actor.may(Verb.READ_UNPUBLISHED),
        "opens_dossier": _opens_dossier(actor),
        "refusal": refusal,
        "now": at,
    }
    status = refusal.status if refusal else 422 if form is not None and form.errors else 200
    return render(request, "evaluation/feedback/review.html", context, status=status)


def _audience(actor: Actor) -> str:
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


def _act(request: KpiRequest, review_id: int, form: forms.Form, do: Callable[[dict[str, Any]], Review]) -> HttpResponse:
    """One step: refused on the page of the request with everything typed, or done and shown."""
    found = visible_review(request.actor, review_id)
    if not form.is_valid():
        return _page(request, found, form=form)
    try:
        do(form.cleaned_data)
    except NotFound:
        raise
    except Refused as refusal:
        return _page(request, visible_review(request.actor, review_id), form=form, refusal=refusal)
    return redirect("evaluation:review", review_id)


@require_POST
def consent(request: KpiRequest, review_id: int) -> HttpResponse:
    def do(data: dict[str, Any]) -> Review:
        return services.consent_review(
            actor=request.actor,
            review_id=review_id,
            version=data["version"],
            consent=data["decision"] == "consent",
            note=data["note"],
            at=timezone.now(),
        )

    return _act(request, review_id, ConsentForm(request.POST), do)


@require_POST
def withdraw(request: KpiRequest, review_id: int) -> HttpResponse:
    version = posted_version(request)
    services.withdraw_review(actor=request.actor, review_id=review_id, version=version, at=timezone.now())
    return redirect("evaluation:review", review_id)


@require_POST
def answer(request: KpiRequest, review_id: int) -> HttpResponse:
    def do(data: dict[str, Any]) -> Review:
        return services.answer_review(actor=request.actor, review_id=review_id, at=timezone.now(), **data)

    return _act(request, review_id, OutcomeForm(request.POST), do)


@require_POST
def propose(request: KpiRequest, review_id: int) -> HttpResponse:
    def do(data: dict[str, Any]) -> Review:
        return services.propose_decision(actor=request.actor, review_id=review_id, at=timezone.now(), **data)

    return _act(request, review_id, OutcomeForm(request.POST), do)


@require_POST
def decide(request: KpiRequest, review_id: int) -> HttpResponse:
    def do(data: dict[str, Any]) -> Review:
        return services.decide_review(
            actor=request.actor,
            review_id=review_id,
            version=data["version"],
            approve=data["decision"] == "confirm",
            note=data["note"],
            at=timezone.now(),
        )

    return _act(request, review_id, CheckForm(request.POST), do)


@require_GET
def dossier(request: KpiRequest, review_id: int) -> HttpResponse:
    """案卷 on one page for printing: for the office, the evaluator concerned and the auditor."""
    actor, at = request.actor, timezone.now()
    found = visible_review(actor, review_id)
    if not _opens_dossier(actor):
        raise NotFound
    whole = not actor.may(Verb.ANSWER_REVIEWS)
    context = {"review": found, "dossier": dossier_of(found, at, audience=_audience(actor)), "whole": whole, "now": at}
    return render(request, "evaluation/feedback/review_dossier.html", context)
