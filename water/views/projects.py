"""进度图: all projects on one sheet of time, and the stages of one with their forms."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.lib.citations import document_label
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.lib.reading import read_whole
from miyun_kpi.registers.registry import kind_by
from miyun_kpi.registers.views.records import workbook_answer
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown, whole
from miyun_kpi.web.forms.days import with_late
from water import access
from water.enums import DOCUMENT
from water.excel import projects_workbook
from water.forms.work import PhaseForm, initial_of
from water.models import Phase
from water.queries import projects as queries
from water.services import phases as services
from water.views.gantt import gantt

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


def _page(request: KpiRequest, project_id: int, refusal: Refused | None = None) -> HttpResponse:
    today = timezone.localdate()
    found = queries.projects(request.actor, today, project_id)
    if not found:
        raise NotFound
    one = found[0]
    keeps = access.keeps_project(request.actor, one.project)
    edited = read_whole(request.GET.get("edit", ""))
    row = Phase.objects.filter(pk=edited or 0, project_id=project_id).first() if keeps else None
    context = {
        "one": one,
        "rows": _rows(one),
        "chart": gantt(found, today),
        "today": today,
        "keeps": keeps,
        "form": form_of(request, PhaseForm, initial=initial_of(row)),
        "editing": row,
    }
    return shown(request, "water/project.html", context, refusal)


@page_act(_page, opens=True)
def project(request: KpiRequest, project_id: int) -> HttpResponse:
    access.require_project(request.actor, access.visible_project(request.actor, project_id))
    data = with_late(sent(request, PhaseForm))
    phase_id, version = data.pop("phase"), data.pop("version")
    common: dict[str, Any] = {
        "actor": request.actor,
        "project_id": project_id,
        "late": data.pop("late"),
        "given": services.Given(**data),
        "at": timezone.now(),
    }
    if phase_id:
        services.change_phase(phase_id=phase_id, version=version or 0, **common)
    else:
        services.add_phase(**common)
    return redirect("water:project", project_id=project_id)


@page_act(_page)
def remove(request: KpiRequest, project_id: int, phase_id: int) -> HttpResponse:
    services.remove_phase(
        actor=request.actor,
        project_id=project_id,
        phase_id=phase_id,
        version=whole(request, "version") or 0,
        reason=request.POST.get("reason", ""),
        at=timezone.now(),
    )
    return redirect("water:project", project_id=project_id)
