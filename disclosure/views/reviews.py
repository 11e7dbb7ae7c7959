"""审核: what waits, and one item with everything that was asked about it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

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
from miyun_kpi.acts.acting import is_hand_of
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.lists import first
from miyun_kpi.registers.queries.records import view_record
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown

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


def item_page(request: KpiRequest, record_id: int, refusal: Refused | None = None) -> HttpResponse:
    actor = request.actor
    kind, row = access.published_record(actor, record_id)
    waiting = row.stage == Stage.SUBMITTED and row.struck_at is None
    checks = checks_for(row.values.get("channel", ""))
    review = form_of(request, ReviewForm, initial={"version": row.version})
    review.initial["version"] = row.version
    own = is_hand_of(actor, services.hands_of(row))
    prepares = access.may_publish(actor, row)
    opened = prepares or access.may_review(actor, row)
    context: dict[str, Any] = {
        "kind": kind,
        "record": row,
        "stage": kind.stage(row.stage),
        "view": view_record(kind, row, secrets=False),
        "organs": [
            (one, prepares or access.may_confirm(actor, one))
            for one in row.consultations.select_related("organisation")
        ],
        "parties": [(one, services.called(one, opened=opened)) for one in row.third_parties.all()],
        "reviews": list(row.reviews.all()),
        "obstacles": services.obstacles_of(kind.code, row, opened=opened),
        "open": row.stage in services.OPEN and row.struck_at is None,
        "prepares": prepares,
        "reviewer": waiting and access.may_review(actor, row),
        "own": own,
        "checks": [(check, check.value in request.POST.getlist("checks")) for check in checks],
        "review": review,
        "ask_organ": form_of(request, AskOrganForm),
        "ask_party": form_of(request, AskPartyForm),
        "confirm": form_of(request, ConfirmForm),
        "answer": form_of(request, AnswerPartyForm),
    }
    return shown(request, "disclosure/review.html", context, refusal)


def _back(record_id: int) -> HttpResponse:
    return redirect("disclosure:review", record_id=record_id)


def _require_prepare(request: KpiRequest, record_id: int) -> None:
    _, row = access.published_record(request.actor, record_id)
    access.require_prepare(request.actor, row)


@page_act(item_page)
def decide(request: KpiRequest, record_id: int) -> HttpResponse:
    actor, checks = request.actor, request.POST.getlist("checks")[:20]
    _, row = access.published_record(actor, record_id)
    access.require_review(actor, row)
    services.review(actor=actor, record_id=record_id, checks=checks, at=timezone.now(), **sent(request, ReviewForm))
    return _back(record_id)


@page_act(item_page)
def ask_organ(request: KpiRequest, record_id: int) -> HttpResponse:
    _require_prepare(request, record_id)
    given = sent(request, AskOrganForm)
    organisation = organisation_named(given.pop("organisation"))
    services.ask_organ(actor=request.actor, record_id=record_id, organisation=organisation, at=timezone.now(), **given)
    return _back(record_id)


@page_act(item_page)
def confirm_organ(request: KpiRequest, record_id: int, consultation_id: int) -> HttpResponse:
    found = one_of(Consultation.objects.filter(pk=consultation_id, record_id=record_id))
    _, row = access.published_record(request.actor, record_id)
    access.require_confirm(request.actor, found, row)
    given = sent(request, ConfirmForm)
    services.confirm_organ(actor=request.actor, consultation_id=consultation_id, at=timezone.now(), **given)
    return _back(record_id)


@page_act(item_page)
def ask_party(request: KpiRequest, record_id: int) -> HttpResponse:
    _require_prepare(request, record_id)
    given = sent(request, AskPartyForm)
    services.ask_party(actor=request.actor, record_id=record_id, at=timezone.now(), **given)
    return _back(record_id)


@page_act(item_page)
def answer_party(request: KpiRequest, record_id: int, party_id: int) -> HttpResponse:
    _require_prepare(request, record_id)
    found = one_of(ThirdParty.objects.filter(pk=party_id, record_id=record_id))
    given = sent(request, AnswerPartyForm)
    services.answer_party(actor=request.actor, party_id=found.pk, at=timezone.now(), **given)
    return _back(record_id)
