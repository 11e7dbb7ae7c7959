"""五无 checks of one small water body: history, and the form of the next."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from miyun_kpi.lib.errors import Refused
from miyun_kpi.registers.registry import kind_by
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown
from miyun_kpi.web.forms.days import with_late
from water import access
from water.forms.work import RoundForm
from water.queries.rounds import rounds_of
from water.rules.rounds import FIVE
from water.services import rounds as services


def _page(request: KpiRequest, body_id: int, refusal: Refused | None = None) -> HttpResponse:
    body = access.visible_body(request.actor, body_id)
    kind = kind_by("water", "body")[0]
    today = timezone.localdate()
    form = form_of(request, RoundForm, initial={"day": today})
    due = body.values.get("next_on", "")
    context = {
        "body": body,
        "stage": kind.stage(body.stage),
        "facts": [
            (one.label, one.words(body.values.get(one.name, "")))
            for one in kind.fields
            if one.name in ("source", "holder", "user", "keeper")
        ],
        "rows": rounds_of(body),
        "five": [form[name] for name, _ in FIVE],
        "form": form,
        "reports": access.reports_round(request.actor, body) and body.struck_at is None,
        "due": due,
        "overdue": bool(due) and due < today.isoformat(),
    }
    return shown(request, "water/rounds.html", context, refusal)


@page_act(_page, opens=True)
def rounds(request: KpiRequest, body_id: int) -> HttpResponse:
    access.require_round(request.actor, access.visible_body(request.actor, body_id))
    data = with_late(sent(request, RoundForm))
    found = {name: data.pop(name) == "yes" for name, _ in FIVE}
    services.enter_round(actor=request.actor, body_id=body_id, found=found, at=timezone.now(), **data)
    return redirect("water:rounds", body_id=body_id)


@page_act(_page)
def strike(request: KpiRequest, body_id: int, round_id: int) -> HttpResponse:
    services.strike_round(
        actor=request.actor,
        body_id=body_id,
        round_id=round_id,
        reason=request.POST.get("reason", ""),
        at=timezone.now(),
    )
    return redirect("water:rounds", body_id=body_id)
