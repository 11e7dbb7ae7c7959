"""城市安全: overview, 动态评估 by unit, the white paper."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.documents.write import CONTENT_TYPE as DOCX
from miyun_kpi.documents.write import write_official
from miyun_kpi.lib.errors import Malformed, NotAllowed
from miyun_kpi.registers.access import visible_to
from miyun_kpi.registers.queries.overview import overview
from miyun_kpi.registers.views.records import workbook_answer
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.answers import download
from safety import access
from safety.excel import assessment_workbook
from safety.queries import overview as queries
from safety.queries.white_paper import white_paper as white_paper_of
from safety.rules.kinds import HAZARD
from safety.rules.kinds.progress import RESULTS


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "overview": overview(request.actor, "safety", now),
        "projects": [line for line in queries.project_lines() if line.tables],
        "hazards": queries.hazard_counts(visible_to(request.actor, HAZARD, access.HAZARD), timezone.localdate(now)),
        "risks": queries.risk_counts(),
        "office": access.is_office(request.actor),
    }
    return render(request, "safety/overview.html", context)


def _day(request: KpiRequest) -> date:
    text = request.GET.get("on", "")
    try:
        return date.fromisoformat(text) if text else timezone.localdate()
    except ValueError:
        raise Malformed("bad-date", f"日期“{text[:20]}”读不懂，请写成 2020-09-25。") from None


@require_safe
def assessment(request: KpiRequest) -> HttpResponse:
    on = _day(request)
    rows, indicators = queries.assessments(on)
    context = {"rows": rows, "indicators": indicators, "results": RESULTS, "on": on}
    return render(request, "safety/assessment.html", context)


@require_safe
def assessment_sheet(request: KpiRequest) -> HttpResponse:
    on = _day(request)
    rows, indicators = queries.assessments(on)
    content = assessment_workbook(rows, indicators, on=on, viewer=request.actor.label, at=timezone.now())
    return workbook_answer(content, "城市安全创建动态评估")


@require_safe
def white_paper(request: KpiRequest) -> HttpResponse:
    """By the office alone: one file holds every risk of the district."""
    if not access.is_office(request.actor):
        raise NotAllowed("not-the-office", "白皮书由区安委会办公室编制，没有导出。请由其主管岗位办理。")
    on = _day(request)
    return download(
        write_official(white_paper_of(on), at=timezone.now()), DOCX, f"城市安全发展白皮书_{on.isoformat()}.docx"
    )
