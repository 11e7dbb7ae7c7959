"""督办台账: the list, an item and its course."""

from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation.enums import ExtensionState, SupervisionRole, SupervisionSource, SupervisionState
from evaluation.periods.rules.calendar import SHANGHAI
from evaluation.scheme.views._imports import xlsx
from evaluation.tasks.access import supervision as access
from evaluation.tasks.excel.supervision import register_workbook
from evaluation.tasks.forms.supervision import ActForm, ItemForm, item_of
from evaluation.tasks.models.supervision import SupervisionItem
from evaluation.tasks.queries import supervision as queries
from evaluation.tasks.services import supervision as services
from evaluation.tasks.services import supervision_course as course
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.errors import Malformed, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, keep_typed, page_act, sent, shown, typed_again

STATES = [("", "未销号"), ("overdue", "逾期"), ("finished", "待销号"), ("closed", "已销号"), ("all", "全部")]
SOURCES = [("", "全部来源"), *SupervisionSource.choices]
PER_PAGE = 100


def today(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def chosen(request: KpiRequest, at: datetime) -> Any:
    """The items the filters of the address leave, counted."""
    state, source = request.GET.get("state", ""), request.GET.get("source", "")
    source = source if source in SupervisionSource.values else ""
    unit = Organisation.objects.filter(code=request.GET.get("unit", "")).first()
    found = queries.filtered(
        access.items_visible_to(request.actor),
        state=state,
        source=source,
        unit_id=unit.pk if unit else None,
        today=today(at),
    )
    return queries.counted(found), state, source, unit


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    at = timezone.now()
    found, state, source, unit = chosen(request, at)
    page = page_asked(request.GET, found, PER_PAGE)
    visible = access.items_visible_to(request.actor)
    context = {
        "page": page,
        "rows": queries.listed(list(page.object_list), today(at)),
        "states": STATES,
        "state": state,
        "sources": SOURCES,
        "source": source,
        "unit": unit,
        "overdue": queries.filtered(visible, state="overdue", today=today(at)).count(),
        "keeps": access.kept_register(request.actor) is not None,
        "own": request.actor.may(Verb.REPORT_PROGRESS),
    }
    return render(request, "evaluation/tasks/supervision.html", context)


@require_safe
def sheet(request: KpiRequest) -> HttpResponse:
    at = timezone.now()
    found, *_ = chosen(request, at)
    rows = queries.listed(list(found), today(at))
    return xlsx(register_workbook(rows, viewer=request.actor.label, at=at), "督办台账.xlsx")


def units() -> list[tuple[int, str]]:
    found = Organisation.objects.in_printed_order().filter(valid_to__isnull=True)
    return list(found.values_list("pk", "name"))


def register_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    access.require_keep_register(request.actor)
    form = form_of(request, ItemForm, units=units(), initial={"registered_on": today(timezone.now())})
    return shown(request, "evaluation/tasks/supervision_form.html", {"form": form, "row": None}, refusal)


@page_act(register_page, opens=True, explains=True)
def register(request: KpiRequest) -> HttpResponse:
    """立项."""
    access.require_keep_register(request.actor)
    given = sent(request, ItemForm, units=units())
    row = services.register_item(actor=request.actor, item=item_of(given), at=timezone.now())
    return redirect("evaluation:supervision-item", item_id=row.pk)


def change_page(request: KpiRequest, item_id: int, refusal: Refused | None = None) -> HttpResponse:
    row = access.visible_item(request.actor, item_id)
    access.require_keep_register(request.actor, row.indicator)
    parts = list(row.parts.all())
    initial = {
        name: getattr(row, name)
        for name in ("version", "number", "source", "title", "content", "registered_on", "due_on")
    }
    initial["lead"] = next((p.organisation_id for p in parts if p.role == SupervisionRole.LEAD), None)
    initial["co"] = [part.organisation_id for part in parts if part.role == SupervisionRole.CO]
    form = form_of(request, ItemForm, units=units(), initial=initial)
    return shown(request, "evaluation/tasks/supervision_form.html", {"form": form, "row": row}, refusal)


@page_act(change_page, opens=True, explains=True)
def change(request: KpiRequest, item_id: int) -> HttpResponse:
    access.require_keep_register(request.actor, access.visible_item(request.actor, item_id).indicator)
    given = sent(request, ItemForm, units=units())
    services.change_item(
        actor=request.actor, item_id=item_id, version=given["version"], item=item_of(given), at=timezone.now()
    )
    return redirect("evaluation:supervision-item", item_id=item_id)


@require_safe
def item(request: KpiRequest, item_id: int) -> HttpResponse:
    return _page(request, item_id)


def _page(request: KpiRequest, item_id: int, refusal: Refused | None = None) -> HttpResponse:
    actor, at = request.actor, timezone.now()
    row = access.visible_item(actor, item_id)
    (listed,) = queries.listed([queries.counted(SupervisionItem.objects.filter(pk=row.pk)).get()], today(at))
    entries = list(row.entries.select_related("organisation"))
    keeps = access.keeps_register(actor, row.indicator)
    running = row.state == SupervisionState.RUNNING
    waiting = next((entry for entry in entries if entry.extension == ExtensionState.WAITING), None)
    context = {
        "row": row,
        "listed": listed,
        "entries": entries,
        "waiting": waiting,
        "keeps": keeps,
        "running": running,
        "feeds_back": running and access.is_unit_of(actor, row),
        "extends": running and not waiting and access.is_unit_of(actor, row, lead=True),
        "closes": keeps and row.state == SupervisionState.FINISHED,
        "same_person": row.finished_by_id == actor.user_id,
        "act": typed_again(request).get("act", ""),
        "typed": request.POST,
        "today": today(at),
    }
    return shown(request, "evaluation/tasks/supervision_item.html", context, refusal)


def _given(request: KpiRequest, item_id: int, act: str) -> dict[str, Any]:
    """What was typed for one act of the course."""
    access.visible_item(request.actor, item_id)
    keep_typed(request, act=act)
    return sent(request, ActForm)


def _day(given: dict[str, Any], label: str) -> date:
    if given["on"] is None:
        raise Refused("day-missing", f"请写{label}，没有执行。")
    day: date = given["on"]
    return day


def _decided(given: dict[str, Any], yes: str, no: str) -> bool:
    if given["decision"] not in (yes, no):
        raise Malformed("bad-request", "这次提交没有说明怎么决定，没有执行。请刷新页面后再试。")
    return bool(given["decision"] == yes)


@page_act(_page)
def feedback(request: KpiRequest, item_id: int) -> HttpResponse:
    given, at = _given(request, item_id, "feedback"), timezone.now()
    course.give_feedback(actor=request.actor, item_id=item_id, version=given["version"], text=given["text"], at=at)
    return redirect("evaluation:supervision-item", item_id=item_id)


@page_act(_page)
def ask_extension(request: KpiRequest, item_id: int) -> HttpResponse:
    given = _given(request, item_id, "extension")
    course.ask_extension(
        actor=request.actor,
        item_id=item_id,
        version=given["version"],
        new_due_on=_day(given, "延至哪一天"),
        reason=given["text"],
        at=timezone.now(),
    )
    return redirect("evaluation:supervision-item", item_id=item_id)


@page_act(_page)
def decide_extension(request: KpiRequest, item_id: int) -> HttpResponse:
    given = _given(request, item_id, "decide")
    course.decide_extension(
        actor=request.actor,
        item_id=item_id,
        version=given["version"],
        approve=_decided(given, "approve", "refused"),
        answer=given["text"],
        at=timezone.now(),
    )
    return redirect("evaluation:supervision-item", item_id=item_id)


@page_act(_page)
def urge(request: KpiRequest, item_id: int) -> HttpResponse:
    given, at = _given(request, item_id, "urge"), timezone.now()
    course.urge(actor=request.actor, item_id=item_id, version=given["version"], text=given["text"], at=at)
    return redirect("evaluation:supervision-item", item_id=item_id)


@page_act(_page)
def finish(request: KpiRequest, item_id: int) -> HttpResponse:
    given = _given(request, item_id, "finish")
    course.finish(
        actor=request.actor,
        item_id=item_id,
        version=given["version"],
        on=_day(given, "办结日期"),
        note=given["text"],
        at=timezone.now(),
    )
    return redirect("evaluation:supervision-item", item_id=item_id)


@page_act(_page)
def close(request: KpiRequest, item_id: int) -> HttpResponse:
    given = _given(request, item_id, "close")
    course.close(
        actor=request.actor,
        item_id=item_id,
        version=given["version"],
        passed=_decided(given, "pass", "returned"),
        note=given["text"],
        at=timezone.now(),
    )
    return redirect("evaluation:supervision-item", item_id=item_id)
