"""其余同上月: what would be filled, shown first; then filled."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from evaluation.tracking.forms.tracking import read_seen
from evaluation.tracking.queries.tracking import UnitMonth
from evaluation.tracking.services.tracking import fill_as_before
from evaluation.tracking.views.tracking import find_month
from miyun_kpi.duties.access import is_own_unit
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import page_act, shown


def _own_month(request: KpiRequest, code: str, month: str) -> UnitMonth:
    found = find_month(request, code, month, timezone.now())
    if not is_own_unit(request.actor, found.organisation):
        raise NotFound
    return found


def _page(request: KpiRequest, code: str, month: str, refusal: Refused | None = None) -> HttpResponse:
    found = _own_month(request, code, month)
    context = {
        "month": found,
        "filled": [line for line in found.lines if not line.why_not_as_before],
        "left": [line for line in found.lines if line.why_not_as_before],
    }
    return shown(request, "evaluation/tracking/report_as_before.html", context, refusal)


@page_act(_page, opens=True)
def as_before(request: KpiRequest, code: str, month: str) -> HttpResponse:
    period, seen = _own_month(request, code, month).period, read_seen(request.POST.getlist("seen"))
    fill_as_before(actor=request.actor, period=period, seen=seen, at=timezone.now())
    return redirect("evaluation:monthly-report", code=code, month=month)
