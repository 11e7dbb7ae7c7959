"""The list of sheets as a workbook."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation.periods.models import Period
from evaluation.scheme.views._imports import xlsx
from evaluation.sheets import access
from evaluation.sheets.excel import sheets_workbook
from evaluation.sheets.queries.sheet_list import sheet_list
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.shapes import STATES


@require_safe
def sheets(request: KpiRequest) -> HttpResponse:
    at = timezone.now()
    periods = Period.objects.filter(kind__in=["quarter", "year"]).order_by("-code")
    period = periods.filter(code=request.GET.get("period", "")).first() or periods.first()
    if period is None:
        raise NotFound("还没有开启任何考评期，没有可下载的打分表清单。")
    found = sheet_list(
        access.sheets_visible_to(request.actor),
        period=period,
        track=request.GET.get("track", ""),
        state=request.GET.get("state", ""),
        evaluator=request.GET.get("evaluator", ""),
    )
    rows = []
    for one in found.sheets:
        state, word = one.state(at)
        rows.append((one, word or STATES[state].word))
    content = sheets_workbook(period, rows, viewer=request.actor.label, at=at)
    return xlsx(content, f"打分表清单（{period.label}）.xlsx")
