"""年历: all windows of a year's periods with its working days and announced shifts."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation.periods.queries.year_calendar import year_calendar
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.requests import KpiRequest


@require_safe
def year(request: KpiRequest, year: int) -> HttpResponse:
    if not 2000 <= year <= 2099:
        raise NotFound("没有这一年的年历。")
    at = timezone.now()
    context = {
        "calendar": year_calendar(year, at),
        "opening": request.actor.may(Verb.OPEN_PERIODS),
        "now": at,
    }
    return render(request, "evaluation/periods/year_calendar.html", context)
