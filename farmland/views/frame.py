"""What several pages of 耕地占补 show."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from farmland import access
from farmland.queries import pool as pools
from farmland.queries import tables
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web import acts


def frame(request: KpiRequest) -> dict[str, Any]:
    """Totals for everybody, the state of the last replay, and who the viewer is."""
    actor = request.actor
    return {
        "totals": pools.totals(),
        "check": pools.last_check(),
        "period": tables.period_on(timezone.localdate()),
        "keeps_pool": access.keeps_pool(actor),
        "keeps_money": access.keeps_money(actor),
        "keeps_either": access.is_office(actor),
        "reads_all": access.reads_all(actor),
        "own_town": access.own_town(actor),
    }


def shown(request: KpiRequest, template: str, context: dict[str, Any], refusal: Refused | None = None) -> HttpResponse:
    return acts.shown(request, template, frame(request) | context, refusal)
