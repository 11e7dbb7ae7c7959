"""勘正: the facts with boxes to put them right, what rests on them, and the second person's decision."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.acts.enums import STATUS, TwoPersonState
from miyun_kpi.emendations import access, services
from miyun_kpi.emendations.forms import EmendForm, emended, typed_facts
from miyun_kpi.emendations.models import Emendation
from miyun_kpi.emendations.registry import emendable
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, keep_typed, on_top, page_act, sent, shown, typed_again, version_of
from miyun_kpi.web.forms.deciding import DecideForm


def _new_page(request: KpiRequest, subject: str, subject_id: int, refusal: Refused | None = None) -> HttpResponse:
    kind = emendable(subject)
    thing = kind.find(request.actor, subject_id)
    access.require_emend(request.actor, kind, thing)
    typed = request.POST.dict() if "look" in request.POST else {}
    waiting = Emendation.objects.filter(subject=subject, subject_id=subject_id, state=TwoPersonState.PROPOSED)
    context: dict[str, Any] = {
        "kind": kind,
        "name": kind.name(thing),
        "address": kind.address(thing),
        "asks": kind.asks(thing),
        "form": form_of(request, EmendForm, initial=typed, facts=list(kind.facts(thing))),
        "rests": typed_again(request).get("rests"),
        "waiting": waiting.first(),
    }
    return shown(request, "emendations/new.html", context, refusal or kind.open_refusal(request.actor, thing))


@page_act(_new_page, opens=True)
def new(request: KpiRequest, subject: str, subject_id: int) -> HttpResponse:
    """`look`: what rests on the facts as they would be; else the proposal."""
    kind, at = emendable(subject), timezone.now()
    thing = kind.find(request.actor, subject_id)
    common: dict[str, Any] = {"actor": request.actor, "subject": subject, "subject_id": subject_id, "at": at}
    if "look" in request.POST:
        typed = typed_facts(kind.facts(thing), request.POST)
        keep_typed(request, rests=services.looked_at(typed=typed, **common))
        return _new_page(request, subject, subject_id)
    made = services.propose(**common, **sent(request, EmendForm, read=emended, facts=list(kind.facts(thing))))
    return redirect("emendations:emendation", emendation_id=made.pk)


@require_safe
def emendation(request: KpiRequest, emendation_id: int) -> HttpResponse:
    return _page(request, emendation_id)


def _page(request: KpiRequest, emendation_id: int, refusal: Refused | None = None) -> HttpResponse:
    row, kind, thing = access.found(request.actor, emendation_id)
    context = {
        "row": row,
        "kind": kind,
        "address": kind.address(thing),
        "facts": list(row.emended.all()),
        "status": STATUS[TwoPersonState(row.state)],
        "decides": access.decides(request.actor, row, kind, thing),
        "own": row.is_open and row.recorded_by_id == request.actor.user_id,
        "form": on_top(form_of(request, DecideForm, initial={"version": row.version}), row.version),
    }
    return shown(request, "emendations/emendation.html", context, refusal)


@page_act(_page)
def decide(request: KpiRequest, emendation_id: int) -> HttpResponse:
    given = sent(request, DecideForm)
    confirm = given.pop("decision") == "confirm"
    services.decide(actor=request.actor, emendation_id=emendation_id, confirm=confirm, at=timezone.now(), **given)
    return redirect("emendations:emendation", emendation_id=emendation_id)


@page_act(_page)
def withdraw(request: KpiRequest, emendation_id: int) -> HttpResponse:
    services.withdraw(actor=request.actor, emendation_id=emendation_id, version=version_of(request), at=timezone.now())
    return redirect("emendations:emendation", emendation_id=emendation_id)
