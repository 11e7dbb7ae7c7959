"""审核: what waits, and one item with everything that was asked about it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from disclosure import access
from disclosure.enums import APP, Stage
from disclosure.forms import (
    AnswerPartyForm,
    AskOrganForm,
    AskPartyForm,
    ConfirmForm,
    ReviewForm,
    organisation_named,
)
from disclosure.models import Consultation, ThirdParty
from disclosure.rules.kinds import PUBLISHED
from disclosure.rules.release import checks_for
from disclosure.services import reviews as services
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.lib.lists import first
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.queries.records import view_record
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.forms import checked

MOST = 300


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    kinds = {f"{APP}.{code}": kind for code, kind in PUBLISHED.items()}
    found = access.visible_records(request.actor).filter(kind__in=kinds, stage=Stage.SUBMITTED).order_by("changed_at")
    shown = first(found, MOST)
    rows = [(row, kinds[row.kind]) for row in shown]
    return render(request, "disclosure/reviews.html", {"rows": rows, "shown": shown})


@require_safe
def item(request: KpiRequest, record_id: int) -> HttpResponse:
    return item_page(request, record_id)


def item_page(
    request: KpiRequest, record_id: int, refusal: Refused | None = None, typed: forms.Form | None = None
) -> HttpResponse:
    actor = request.actor
    kind, row = access.published_record(actor, record_id)
    waiting = row.stage == Stage.SUBMITTED and row.struck_at is None
    checks = checks_for(row.values.get("channel", ""))
    review = typed if isinstance(typed, ReviewForm) else ReviewForm(initial={"version": row.version})
    review.initial["version"] = row.version
    own = actor.user_id in services.hands_of(row)
    context: dict[str, Any] = {
        "kind": kind,
        "record": row,
        "stage": kind.stage(row.stage),
        "view": view_record(kind, row, secrets=False),
        "organs": list(row.consultations.select_related("organisation")),
        "parties": list(row.third_parties.all()),
        "reviews": list(row.reviews.all()),
        "obstacles": services.obstacles_of(kind.code, row),
        "open": row.stage in services.OPEN and row.struck_at is None,
        "prepares": access.may_publish(actor, row),
        "reviewer": waiting and access.may_review(actor, row),
        "own": own,
        "checks": [(check, check.value in request.POST.getlist("checks")) for check in checks],
        "review": review,
        "ask_organ": typed if isinstance(typed, AskOrganForm) else AskOrganForm(),
        "ask_party": typed if isinstance(typed, AskPartyForm) else AskPartyForm(),
        "confirm": typed if isinstance(typed, ConfirmForm) else ConfirmForm(),
        "answer": typed if isinstance(typed, AnswerPartyForm) else AnswerPartyForm(),
        "refusal": refusal,
    }
    return render(request, "disclosure/review.html", context, status=refusal.status if refusal else 200)


def _act(request: KpiRequest, record_id: int, form: forms.Form, act: Callable[[dict[str, Any]], Any]) -> HttpResponse:
    access.published_record(request.actor, record_id)
    try:
        act(checked(form))
    except Refused as refusal:
        if refusal.status in (400, 403, 404):
            raise
        return item_page(request, record_id, refusal, form)
    return redirect("disclosure:review", record_id=record_id)


@require_POST
def decide(request: KpiRequest, record_id: int) -> HttpResponse:
    checks = request.POST.getlist("checks")[:20]
    _, row = access.published_record(request.actor, record_id)
    access.require_review(request.actor, row)
    return _act(
        request,
        record_id,
        ReviewForm(request.POST),
        lambda given: services.review(
            actor=request.actor, record_id=record_id, checks=checks, at=timezone.now(), **given
        ),
    )


@require_POST
def ask_organ(request: KpiRequest, record_id: int) -> HttpResponse:
    _require_prepare(request, record_id)
    return _act(
        request,
        record_id,
        AskOrganForm(request.POST),
        lambda given: services.ask_organ(
            actor=request.actor,
            record_id=record_id,
            organisation=organisation_named(given["organisation"]),
            asked_on=given["asked_on"],
            at=timezone.now(),
        ),
    )


@require_POST
def confirm_organ(request: KpiRequest, record_id: int, consultation_id: int) -> HttpResponse:
    found = Consultation.objects.filter(pk=consultation_id, record_id=record_id).first()
    _, row = access.published_record(request.actor, record_id)
    if found is None:
        raise NotFound
    if found.organisation_id != request.actor.organisation_id:
        access.require_prepare(request.actor, row)
    return _act(
        request,
        record_id,
        ConfirmForm(request.POST),
        lambda given: services.confirm_organ(
            actor=request.actor, consultation_id=consultation_id, at=timezone.now(), **given
        ),
    )


@require_POST
def ask_party(request: KpiRequest, record_id: int) -> HttpResponse:
    _require_prepare(request, record_id)
    return _act(
        request,
        record_id,
        AskPartyForm(request.POST),
        lambda given: services.ask_party(actor=request.actor, record_id=record_id, at=timezone.now(), **given),
    )


@require_POST
def answer_party(request: KpiRequest, record_id: int, party_id: int) -> HttpResponse:
    _require_prepare(request, record_id)
    if not ThirdParty.objects.filter(pk=party_id, record_id=record_id).exists():
        raise NotFound
    return _act(
        request,
        record_id,
        AnswerPartyForm(request.POST),
        lambda given: services.answer_party(actor=request.actor, party_id=party_id, at=timezone.now(), **given),
    )


def _require_prepare(request: KpiRequest, record_id: int) -> Record:
    _, row = access.published_record(request.actor, record_id)
    access.require_prepare(request.actor, row)
    return row
