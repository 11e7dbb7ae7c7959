"""绩效任务清单: by indicator for who keeps it, by unit for who reports it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation.scheme.models.scheme import Indicator
from evaluation.scheme.models.tasks import Task
from evaluation.scheme.views._imports import content_of, xlsx
from evaluation.tasks.access import tasks as access
from evaluation.tasks.excel.task_list_import import read_task_list
from evaluation.tasks.excel.tasks import indicator_workbook, unit_workbook
from evaluation.tasks.forms.task_list import ChangeForm, TaskForm, UploadForm, WithdrawForm, task_of
from evaluation.tasks.queries import task_list as queries
from evaluation.tasks.services import task_list as services
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.organisations.enums import TRACK_CHOICES
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web import previews
from miyun_kpi.web.acts import form_of, keep_typed, page_act, sent, shown, takes_files, typed_again


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    """A unit begins with its own list, everybody else with the indicators."""
    actor = request.actor
    if actor.may(Verb.REPORT_PROGRESS) and actor.organisation_id is not None:
        return redirect("evaluation:unit-tasks", code=Organisation.objects.get(pk=actor.organisation_id).code)
    rows = queries.listed(access.listed_indicators(actor), access.tasks_visible_to(actor))
    track = request.GET.get("track", "")
    context = {
        "rows": [row for row in rows if track in ("", row.indicator.scheme.track)],
        "tracks": TRACK_CHOICES,
        "track": track,
        "keeps": actor.may(Verb.KEEP_TASKS),
    }
    return render(request, "evaluation/tasks/tasks.html", context)


def _task_form(indicator: Indicator) -> dict[str, Any]:
    units = [(organisation.pk, organisation.name) for organisation in services.carriers_of(indicator)]
    return {"units": units, "parts": [part.name for part in indicator.sub_indicators.all()]}


def indicator_page(request: KpiRequest, indicator_id: int, refusal: Refused | None = None) -> HttpResponse:
    """The list of an indicator by unit."""
    found = access.visible_indicator(request.actor, indicator_id)
    tasks = access.tasks_visible_to(request.actor).filter(indicator=found)
    units = queries.by_unit(_units_shown(request, found), tasks)
    listed = [task for unit in units for task in (*unit.tasks, *unit.withdrawn)]
    context = {
        "indicator": found,
        "units": units,
        "courses": queries.newest_courses(listed),
        "count": sum(len(unit.tasks) for unit in units),
        "keeps": access.may_keep_tasks(request.actor, found) and not found.offline_only,
        "form": form_of(request, TaskForm, **_task_form(found)),
        "upload": form_of(request, UploadForm),
        "file_name": typed_again(request).get("file_name"),
    }
    return shown(request, "evaluation/tasks/task_indicator.html", context, refusal)


@page_act(indicator_page, opens=True, explains=True)
def indicator(request: KpiRequest, indicator_id: int) -> HttpResponse:
    """A POST enters one task."""
    found = _kept(request, indicator_id)
    given = sent(request, TaskForm, **_task_form(found))
    services.add_task(
        actor=request.actor,
        indicator_id=found.pk,
        organisation_id=given["organisation"],
        task=task_of(given),
        at=timezone.now(),
    )
    return redirect("evaluation:indicator-tasks", indicator_id=found.pk)


def _kept(request: KpiRequest, indicator_id: int) -> Indicator:
    found = access.visible_indicator(request.actor, indicator_id)
    access.require_keep_tasks(request.actor, found)
    return found


def _units_shown(request: KpiRequest, found: Indicator) -> list[Organisation]:
    carriers = services.carriers_of(found)
    if request.actor.may(Verb.REPORT_PROGRESS):
        return [one for one in carriers if one.pk == request.actor.organisation_id]
    return carriers


@require_safe
def indicator_sheet(request: KpiRequest, indicator_id: int) -> HttpResponse:
    """The list as a workbook, which is also the template."""
    found = access.visible_indicator(request.actor, indicator_id)
    units = queries.by_unit(
        _units_shown(request, found), access.tasks_visible_to(request.actor).filter(indicator=found)
    )
    tasks = [task for unit in units for task in unit.tasks]
    idle = [unit.organisation for unit in units if not unit.tasks]
    content = indicator_workbook(found, tasks, idle, at=timezone.now())
    return xlsx(content, f"任务清单（{found.number} {found.short_name}）.xlsx")


@takes_files
@page_act(indicator_page)
def read_sheet(request: KpiRequest, indicator_id: int) -> HttpResponse:
    """Read and compare; nothing is written."""
    found = _kept(request, indicator_id)
    file = sent(request, UploadForm)["workbook"]
    keep_typed(request, file_name=file.name)
    preview = read_task_list(actor=request.actor, indicator_id=found.pk, file_name=file.name, content=content_of(file))
    rows = [
        [c.task_id, c.version, c.organisation_id, {**c.task.__dict__, "due_on": str(c.task.due_on)}]
        for c in preview.changes
    ]
    carried = {"rows": rows, "source": preview.source}
    context = {
        "indicator": found,
        "preview": preview,
        "read": previews.packed(request, f"evaluation.task-list {found.pk}", carried),
    }
    return render(request, "evaluation/tasks/task_import.html", context)


@page_act(indicator_page)
def accept_sheet(request: KpiRequest, indicator_id: int) -> HttpResponse:
    found = _kept(request, indicator_id)
    keep_typed(request, file_name="工作簿")
    data = previews.unpacked(request, f"evaluation.task-list {found.pk}")
    changes = [services.change_from(*row) for row in data["rows"]]
    services.save_tasks(
        actor=request.actor, indicator_id=found.pk, changes=changes, source=data["source"], at=timezone.now()
    )
    return redirect("evaluation:indicator-tasks", indicator_id=found.pk)


def _change_form(found: Task) -> dict[str, Any]:
    initial = {name: getattr(found, name) for name in ("name", "due_on", "definition", "data_source", "department")}
    target, _, unit = found.target.rpartition(" ") if found.target_value is not None else (found.target, "", "")
    part = found.sub_indicator.name if found.sub_indicator else ""
    initial |= {"target": target, "unit": unit, "sub_indicator": part, "version": found.version}
    return {"parts": [one.name for one in found.indicator.sub_indicators.all()], "initial": initial}


def task_page(request: KpiRequest, task_id: int, refusal: Refused | None = None) -> HttpResponse:
    """One task with what was reported on it."""
    found = access.visible_task(request.actor, task_id)
    context = {
        "task": found,
        "course": queries.course_of(found),
        "keeps": found.active and access.may_keep_tasks(request.actor, found.indicator),
        "form": form_of(request, ChangeForm, **_change_form(found)),
        "withdraw_form": form_of(request, WithdrawForm, initial={"version": found.version}),
    }
    return shown(request, "evaluation/tasks/task.html", context, refusal)


@page_act(task_page, opens=True, explains=True)
def task(request: KpiRequest, task_id: int) -> HttpResponse:
    """A POST changes it."""
    found = access.visible_task(request.actor, task_id)
    access.require_keep_tasks(request.actor, found.indicator)
    given = sent(request, ChangeForm, **_change_form(found))
    services.change_task(
        actor=request.actor, task_id=task_id, version=given["version"], task=task_of(given), at=timezone.now()
    )
    return redirect("evaluation:task", task_id=task_id)


@page_act(task_page, explains=True)
def withdraw(request: KpiRequest, task_id: int) -> HttpResponse:
    found = access.visible_task(request.actor, task_id)
    access.require_keep_tasks(request.actor, found.indicator)
    services.withdraw_task(actor=request.actor, task_id=task_id, at=timezone.now(), **sent(request, WithdrawForm))
    return redirect(f"{reverse('evaluation:indicator-tasks', args=[found.indicator_id])}#u{found.organisation.code}")


def _unit(request: KpiRequest, code: str) -> Organisation:
    """A unit whose list the actor may read: its own, or what looking over or marking gives."""
    found = Organisation.objects.filter(code=code).first()
    actor = request.actor
    if found is None or not access.reads_unit(actor, found):
        raise NotFound
    return found


@require_safe
def unit(request: KpiRequest, code: str) -> HttpResponse:
    found = _unit(request, code)
    tasks, idle = queries.whole_of_unit(found, access.tasks_visible_to(request.actor))
    visible = set(access.listed_indicators(request.actor).values_list("pk", flat=True))
    context = {
        "organisation": found,
        "tasks": [task for task in tasks if task.active],
        "withdrawn": [task for task in tasks if not task.active],
        "idle": [one for one in idle if one.pk in visible],
        "courses": queries.newest_courses(tasks),
        "own": found.pk == request.actor.organisation_id,
        "now": timezone.now(),
    }
    return render(request, "evaluation/tasks/task_unit.html", context)


@require_safe
def unit_sheet(request: KpiRequest, code: str) -> HttpResponse:
    found = _unit(request, code)
    tasks, _ = queries.whole_of_unit(found, access.tasks_visible_to(request.actor))
    content = unit_workbook(
        found, [task for task in tasks if task.active], viewer=request.actor.label, at=timezone.now()
    )
    return xlsx(content, f"任务清单（{found.name}）.xlsx")
