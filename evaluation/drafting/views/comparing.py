"""A draft beside the year before, and tried on its marks."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation.drafting.excel import comparison_workbook
from evaluation.drafting.queries.comparison import Comparison, comparison
from evaluation.drafting.queries.trial import draft_trial, periods_to_try
from evaluation.scheme.access.drafts import visible_draft
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.organisations.enums import Track
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.write import CONTENT_TYPE
from miyun_kpi.web.acts import asked
from miyun_kpi.web.answers import download


def _found(request: KpiRequest, year: int, track: str) -> Comparison:
    found = comparison(visible_draft(request.actor, year, track))
    if found is None:
        raise NotFound("这个草案没有沿用哪一年，无从对比。")
    return found


@require_safe
def compare(request: KpiRequest, year: int, track: str) -> HttpResponse:
    found = _found(request, year, track)
    context = {"found": found, "scheme": found.new, "current": "compare"}
    return render(request, "evaluation/drafting/draft_comparison.html", context)


@require_safe
def compare_sheet(request: KpiRequest, year: int, track: str) -> HttpResponse:
    found = _found(request, year, track)
    content = comparison_workbook(found, viewer=request.actor.label, at=timezone.now())
    name = f"方案对比-{year}-{found.new.get_track_display()}.xlsx"
    return download(content, CONTENT_TYPE, name)


@require_safe
def trial(request: KpiRequest, year: int, track: str) -> HttpResponse:
    """The newest past period with filed sheets, or the one asked for."""
    scheme = visible_draft(request.actor, year, track)
    periods = periods_to_try(scheme)
    code = request.GET.get("period", "")
    period = next((one for one in periods if one.code == code), None) if code else next(iter(periods), None)
    if code and period is None:
        raise NotFound("这一期没有可用的往期打分。")
    found, refusal = asked(lambda: draft_trial(scheme, period)) if period else (None, None)
    context = {
        "scheme": scheme,
        "periods": periods,
        "period": period,
        "found": found,
        "refusal": refusal,
        "townships": track == Track.TOWNSHIP,
        "current": "trial",
    }
    return render(request, "evaluation/drafting/draft_trial.html", context)
