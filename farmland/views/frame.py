"""What several pages of 耕地占补 show."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from farmland import access
from farmland.queries import pool as pools
from farmland.rules.fees import LAST_DAY
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest

PASSED_ON = (400, 403, 404)


def frame(request: KpiRequest) -> dict[str, Any]:
    """Totals for everybody, the state of the last replay, and who the viewer is."""
    actor = request.actor
    return {
        "totals": pools.totals(),
        "check": pools.last_check(),
        "last_day": LAST_DAY,
        "keeps_pool": access.keeps_pool(actor),
        "keeps_money": access.keeps_money(actor),
        "reads_all": access.reads_all(actor),
        "own_town": access.own_town(actor),
    }


def tried(act: Callable[[], Any]) -> tuple[Any, Refused | None]:
    """The answer of an act, or a refusal that is shown on the page with what was typed."""
    try:
        return act(), None
    except Refused as refusal:
        if refusal.status in PASSED_ON:
            raise
        return None, refusal


def shown(request: KpiRequest, template: str, context: dict[str, Any], refusal: Refused | None = None) -> HttpResponse:
    context = frame(request) | context | {"refusal": refusal}
    return render(request, template, context, status=refusal.status if refusal else 200)
