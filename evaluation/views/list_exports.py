"""The lists of mark sheets, 督促整改, rankings and 复核申请 as workbooks, with the filters and the scope of their pages."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation import access
from evaluation.access_feedback import reviews_visible_to
from evaluation.enums import RectificationState
from evaluation.excel_lists import rankings_workbook, rectifications_workbook, reviews_workbook, sheets_workbook
from evaluation.models import Period
from evaluation.queries.reviews import review_list
from evaluation.queries.sheet_list import sheet_list
from evaluation.views._imports import xlsx
from evaluation.views.rankings import listed_rankings
from evaluation.views.rectifications import state_of
from evaluation.views.reviews import require_reader
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.web.shapes import STATES


@require_safe
def sheets(request: HttpRequest) -> HttpResponse:
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


@require_safe
def rectifications(request: HttpRequest) -> HttpResponse:
    at, state = timezone.now(), request.GET.get("state", "")
    found = access.rectifications_visible_to(request.actor)
    if state == "closed":
        found = found.filter(state=RectificationState.CLOSED)
    elif state != "all":
        found = found.exclude(state=RectificationState.CLOSED)
    rows = [(row, state_of(row, at)[1]) for row in found.order_by("due_at", "id")]
    return xlsx(rectifications_workbook(rows, viewer=request.actor.label, at=at), "督促整改.xlsx")


@require_safe
def rankings(request: HttpRequest) -> HttpResponse:
    _, shown = listed_rankings(request)
    return xlsx(rankings_workbook(shown, viewer=request.actor.label, at=timezone.now()), "排名清单.xlsx")


@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    require_reader(request.actor)
    found = review_list(reviews_visible_to(request.actor), request.GET.get("group", "waiting"))
    return xlsx(reviews_workbook(list(found), viewer=request.actor.label, at=timezone.now()), "复核申请.xlsx")
