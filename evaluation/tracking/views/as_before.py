"""其余同上月: what would be filled, shown first; then filled."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from evaluation.tracking.forms.tracking import read_seen
from evaluation.tracking.services.tracking import fill_as_before
from evaluation.tracking.views.tracking import find_month
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.requests import KpiRequest


@require_http_methods(["GET", "POST"])
def as_before(request: KpiRequest, code: str, month: str) -> HttpResponse:
    at, refusal = timezone.now(), None
    found = find_month(request, code, month, at)
    if found.organisation.pk != request.actor.organisation_id:
        raise NotFound
    if request.method == "POST":
        try:
            fill_as_before(
                actor=request.actor, period=found.period, seen=read_seen(request.POST.getlist("seen")), at=at
            )
        except Refused as refused:
            if refused.status in (400, 403, 404):
                raise
            refusal, found = refused, find_month(request, code, month, at)
        else:
            return redirect("evaluation:monthly-report", code=code, month=month)
    context = {
        "month": found,
        "filled": [line for line in found.lines if not line.why_not_as_before],
        "left": [line for line in found.lines if line.why_not_as_before],
        "refusal": refusal,
    }
    return render(
        request, "evaluation/tracking/report_as_before.html", context, status=refusal.status if refusal else 200
    )
