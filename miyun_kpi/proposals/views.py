"""Acts that wait for the second person of an office: what is proposed, and the decision."""

from typing import Any

from django.db.models import Case, IntegerField, When
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.acts.enums import STATUS, TwoPersonState
from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.errors import Refused
from miyun_kpi.proposals import access, services
from miyun_kpi.proposals.forms import FilterForm
from miyun_kpi.proposals.registry import Words
from miyun_kpi.proposals.stored import given_of
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, on_top, page_act, sent, shown, version_of, whole
from miyun_kpi.web.forms.deciding import DecideForm

PAGE = 50


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    """Those of the own office, the waiting ones first."""
    chosen = FilterForm(request.GET)
    state = chosen.cleaned_data["state"] if chosen.is_valid() else ""
    found = access.of_own_office(request.actor)
    if state:
        found = found.filter(state=state)
    waiting = Case(When(state=TwoPersonState.PROPOSED, then=0), default=1, output_field=IntegerField())
    page = page_asked(request.GET, found.order_by(waiting, "-recorded_at", "-pk"), PAGE)
    rows = [(row, given_of(row)[0].word, STATUS[TwoPersonState(row.state)]) for row in page]
    context = {"rows": rows, "page": page, "form": chosen}
    return shown(request, "proposals/index.html", context)


@require_safe
def proposal(request: KpiRequest, proposal_id: int) -> HttpResponse:
    return _page(request, proposal_id)


def _page(request: KpiRequest, proposal_id: int, refusal: Refused | None = None) -> HttpResponse:
    row = access.found(request.actor, proposal_id)
    kind, given = given_of(row)
    version, now = (kind.version(given), kind.words(given)) if row.is_open else (None, None)
    before = Words(row.said, row.warned)
    moved = now is not None and (now.mark != before.mark or version not in (None, given.get("version")))
    context: dict[str, Any] = {
        "row": row,
        "kind": kind,
        "seen": version,
        "read": now.mark if now else None,
        "moved": moved,
        "fresh": [(label, words, [label, words] not in row.said) for label, words in now.said] if now and moved else [],
        "warned": [(one, one not in row.warned) for one in now.warned] if now and moved else [],
        "address": kind.address(given),
        "status": STATUS[TwoPersonState(row.state)],
        "decides": access.decides(request.actor, row),
        "own": row.is_open and row.recorded_by_id == request.actor.user_id,
        "form": on_top(form_of(request, DecideForm, initial={"version": row.version}), row.version),
    }
    return shown(request, "proposals/proposal.html", context, refusal)


@page_act(_page)
def decide(request: KpiRequest, proposal_id: int) -> HttpResponse:
    given = sent(request, DecideForm)
    confirm = given.pop("decision") == "confirm"
    services.decide(
        actor=request.actor,
        proposal_id=proposal_id,
        confirm=confirm,
        seen=whole(request, "seen"),
        read=whole(request, "read"),
        at=timezone.now(),
        **given,
    )
    return redirect("proposals:proposal", proposal_id=proposal_id)


@page_act(_page)
def withdraw(request: KpiRequest, proposal_id: int) -> HttpResponse:
    services.withdraw(actor=request.actor, proposal_id=proposal_id, version=version_of(request), at=timezone.now())
    return redirect("proposals:proposal", proposal_id=proposal_id)
