"""The list of reviews as a workbook."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation.feedback.access import reviews_visible_to
from evaluation.feedback.excel import reviews_workbook
from evaluation.feedback.queries.reviews import review_list
from evaluation.feedback.views.reviews import require_reader
from evaluation.scheme.views._imports import xlsx
from miyun_kpi.requests import KpiRequest


@require_safe
def reviews(request: KpiRequest) -> HttpResponse:
    require_reader(request.actor)
    found = review_list(reviews_visible_to(request.actor), request.GET.get("group", "waiting"))
    return xlsx(reviews_workbook(list(found), viewer=request.actor.label, at=timezone.now()), "复核申请.xlsx")
