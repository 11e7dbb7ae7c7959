"""The list of reviews as a workbook."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation.feedback.access import reviews_visible_to
from evaluation.feedback.excel import reviews_workbook
from evaluation.feedback.queries.reviews import as_asked, review_list
from evaluation.feedback.views.reviews import audience_of, require_reader
from evaluation.scheme.views._imports import xlsx
from miyun_kpi.requests import KpiRequest


@require_safe
def reviews(request: KpiRequest) -> HttpResponse:
    require_reader(request.actor)
    found = list(review_list(reviews_visible_to(request.actor), request.GET.get("group", "waiting")))
    as_asked(found, audience=audience_of(request.actor))
    return xlsx(reviews_workbook(found, viewer=request.actor.label, at=timezone.now()), "复核申请.xlsx")
