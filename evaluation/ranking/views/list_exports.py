"""The list of rankings as a workbook."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation.ranking.excel.lists import rankings_workbook
from evaluation.ranking.views.rankings import listed_rankings
from evaluation.scheme.views._imports import xlsx
from miyun_kpi.requests import KpiRequest


@require_safe
def rankings(request: KpiRequest) -> HttpResponse:
    _, shown = listed_rankings(request)
    return xlsx(rankings_workbook(shown, viewer=request.actor.label, at=timezone.now()), "排名清单.xlsx")
