"""进度图: all projects on one sheet of time, and the stages of one with their forms."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from miyun_kpi.lib.citations import document_label
from miyun_kpi.lib.errors import Malformed, NotFound, Refused
from miyun_kpi.registers.registry import kind_by
from miyun_kpi.registers.views.records import workbook_answer
from miyun_kpi.requests import KpiRequest
from water import access
from water.enums import DOCUMENT
from water.excel import projects_workbook
from water.forms.work import PhaseForm, opened
from water.models import Phase
from water.queries import projects as queries
from water.services import phases as services
from water.views.gantt import gantt
from water.views.rounds import said

WORDS = {
    "done": ("done", "完成"),
    "running": ("running", "进行中"),
    "late": ("overdue", "滞后"),
    "waiting": ("not_started", "未开始"),
}


def _rows(one: queries.ProjectView) -> list[tuple[queries.PhaseView, str, str]]:
    return [(view, *WORDS[view.state]) for view in one.phases]


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    today = timezone.localdate()
    found = queries.projects(request.actor, today)
    context = {
        "chart": gantt(found, today),
        "rows": found,
        "today": today,
        "adds": kind_by("water", "project")[1].adds(request.actor),
        "milestones": queries.milestones(),
    }
    return render(request, "water/projects.html", context)


@require_safe
def sheet(request: KpiRequest) -> HttpResponse:
    found = queries.projects(request.actor, timezone.localdate())
    return workbook_answer(
        projects_workbook(found, viewer=request.actor.label, at=timezone.now()), f"{document_label(DOCUMENT)}项目进度"
    )


@require_http_methods(["GET", "HEAD", "POST"])
def project(request: KpiRequest, project_id: int) -> HttpResponse:
    row = access.visible_project(request.actor, project_id)
    if request.method != "POST":
        return _page(request, project_id)
    access.require_project(request.actor, row)
    form = PhaseForm(request.POST)
    if not form.is_valid():
        return _page(request, project_id, said(form), form)
    common: dict[str, Any] = {
        "actor": request.actor,
        "project_id": project_id,
        "given": form.given(),
        "at": timezone.now(),
    }
    try:
        if form.cleaned_data["phase"]:
            version = form.cleaned_data["version"] or 0
            services.change_phase(phase_id=form.cleaned_data["phase"], version=version, **common)
        else:
            services.add_phase(**common)
    except Refused as refusal:
        if refusal.status in (400, 403, 404):
            raise
        return _page(request, project_id, refusal, form)
    return redirect("water:project", project_id=project_id)


def _page(
    request: KpiRequest, project_id: int, refusal: Refused | None = None, form: PhaseForm | None = None
) -> HttpResponse:
    today = timezone.localdate()
    found = queries.projects(request.actor, today, project_id)
    if not found:
        raise NotFound
    one = found[0]
    keeps = access.keeps_project(request.actor, one.project)
    edited = request.GET.get("edit", "")
    row = None
    if keeps and edited.isascii() and edited.isdigit() and len(edited) < 10:
        row = Phase.objects.filter(pk=int(edited), project_id=project_id).first()
    context = {
        "one": one,
        "rows": _rows(one),
        "chart": gantt(found, today),
        "today": today,
        "keeps": keeps,
        "form": form or opened(row),
        "editing": row,
        "refusal": refusal,
    }
    return render(request, "water/project.html", context, status=refusal.status if refusal else 200)


@require_POST
def remove(request: KpiRequest, project_id: int, phase_id: int) -> HttpResponse:
    version = request.POST.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise Malformed("bad-request", "这次提交的内容读不懂，没有执行。请刷新页面后再试。")
    try:
        services.remove_phase(
            actor=request.actor,
            project_id=project_id,
            phase_id=phase_id,
            version=int(version),
            reason=request.POST.get("reason", ""),
            at=timezone.now(),
        )
    except Refused as refusal:
        if refusal.status in (400, 403, 404):
            raise
        return _page(request, project_id, refusal)
    return redirect("water:project", project_id=project_id)
