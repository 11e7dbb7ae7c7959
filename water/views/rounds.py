"""五无 checks of one small water body: history, and the form of the next."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from miyun_kpi.lib.errors import Refused
from miyun_kpi.registers.registry import kind_by
from miyun_kpi.requests import KpiRequest
from water import access
from water.forms.work import RoundForm
from water.queries.rounds import rounds_of
from water.rules.rounds import FIVE
from water.services import rounds as services


@require_http_methods(["GET", "HEAD", "POST"])
def rounds(request: KpiRequest, body_id: int) -> HttpResponse:
    body = access.visible_body(request.actor, body_id)
    if request.method != "POST":
        return _page(request, body_id)
    access.require_round(request.actor, body)
    form = RoundForm(request.POST)
    if not form.is_valid():
        return _page(request, body_id, said(form), form)
    kept = {name: form.cleaned_data[name] for name in ("day", "checked_by", "note", "next_on")}
    try:
        services.enter_round(actor=request.actor, body_id=body_id, found=form.found(), at=timezone.now(), **kept)
    except Refused as refusal:
        if refusal.status in (400, 403, 404):
            raise
        return _page(request, body_id, refusal, form)
    return redirect("water:rounds", body_id=body_id)


def said(form: Any) -> Refused:
    return Refused(
        "bad-form", "；".join(str(errors[0]).rstrip("。") for errors in form.errors.values()) + "。没有保存。"
    )


def _page(
    request: KpiRequest, body_id: int, refusal: Refused | None = None, form: RoundForm | None = None
) -> HttpResponse:
    body = access.visible_body(request.actor, body_id)
    kind = kind_by("water", "body")[0]
    today = timezone.localdate()
    form = form or RoundForm(initial={"day": today})
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
        "refusal": refusal,
    }
    return render(request, "water/rounds.html", context, status=refusal.status if refusal else 200)


@require_POST
def strike(request: KpiRequest, body_id: int, round_id: int) -> HttpResponse:
    try:
        services.strike_round(
            actor=request.actor,
            body_id=body_id,
            round_id=round_id,
            reason=request.POST.get("reason", ""),
            at=timezone.now(),
        )
    except Refused as refusal:
        if refusal.status in (400, 403, 404):
            raise
        return _page(request, body_id, refusal)
    return redirect("water:rounds", body_id=body_id)
