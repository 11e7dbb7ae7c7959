"""领导首页: the page of the post acted in, and for the office that of every leader."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation.leaders.access import about, offered
from evaluation.leaders.queries.page import page
from evaluation.leaders.showing import unit_heads
from miyun_kpi.requests import KpiRequest


@require_safe
def leader(request: KpiRequest) -> HttpResponse:
    actor, at, today = request.actor, timezone.now(), timezone.localdate()
    whose = about(actor, request.GET.get("leader", ""), today)
    sheet = page(actor, whose.name, whose.units, at, alone=whose.leader is None)
    context: dict[str, Any] = {
        "whose": whose,
        "sheet": sheet,
        "unit_heads": unit_heads(sheet),
        "offered": offered(actor, today),
        "now": at,
    }
    return render(request, "evaluation/leaders/leader.html", context)
