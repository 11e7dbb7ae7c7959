"""The list of 督促整改 as a workbook."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation.enums import RectificationState
from evaluation.scheme.views._imports import xlsx
from evaluation.tracking import access
from evaluation.tracking.excel.lists import rectifications_workbook
from evaluation.tracking.views.rectifications import state_of
from miyun_kpi.requests import KpiRequest


@require_safe
def rectifications(request: KpiRequest) -> HttpResponse:
    at, state = timezone.now(), request.GET.get("state", "")
    found = access.rectifications_visible_to(request.actor)
    if state == "closed":
        found = found.filter(state=RectificationState.CLOSED)
    elif state != "all":
        found = found.exclude(state=RectificationState.CLOSED)
    rows = [(row, state_of(row, at)[1]) for row in found.order_by("due_at", "id")]
    return xlsx(rectifications_workbook(rows, viewer=request.actor.label, at=at), "督促整改.xlsx")
