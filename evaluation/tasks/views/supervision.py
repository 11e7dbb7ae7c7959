"""督办台账: the list, an item and its course."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluation.enums import ExtensionState, SupervisionRole, SupervisionSource, SupervisionState
from evaluation.periods.rules.calendar import SHANGHAI
from evaluation.scheme.views._imports import with_errors, xlsx
from evaluation.tasks.access import supervision as access
from evaluation.tasks.excel.supervision import register_workbook
from evaluation.tasks.forms.supervision import ActForm, ItemForm
from evaluation.tasks.models.supervision import SupervisionItem
from evaluation.tasks.queries import supervision as queries
from evaluation.tasks.services import supervision as services
from evaluation.tasks.services import supervision_course as course
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Malformed, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.requests import KpiRequest

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
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
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


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: KpiRequest) -> HttpResponse:
    """立项."""
    access.require_keep_register(request.actor)
    form = ItemForm(request.POST or None, units=units(), initial={"registered_on": today(timezone.now())})
    if request.method == "POST" and form.is_valid():
        try:
            row = services.register_item(actor=request.actor, item=form.item(), at=timezone.now())
        except Refused as refusal:
            return _form_page(request, with_errors(form, refusal), refusal.status)
        return redirect("evaluation:supervision-item", item_id=row.pk)
    return _form_page(request, form, 422 if request.method == "POST" else 200)


def _form_page(request: KpiRequest, form: Any, status: int, row: SupervisionItem | None = None) -> HttpResponse:
    return render(request, "evaluation/tasks/supervision_form.html", {"form": form, "row": row}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: KpiRequest, item_id: int) -> HttpResponse:
    row = access.visible_item(request.actor, item_id)
    access.require_keep_register(request.actor, row.indicator)
    parts = list(row.parts.all())
    initial = {
        name: getattr(row, name)
        for name in ("version", "number", "source", "title", "content", "registered_on", "due_on")
    }
    initial["lead"] = next((p.organisation_id for p in parts if p.role == SupervisionRole.LEAD), None)
    initial["co"] = [part.organisation_id for part in parts if part.role == SupervisionRole.CO]
    form = ItemForm(request.POST or None, units=units(), initial=initial)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            services.change_item(
                actor=request.actor, item_id=item_id, version=version, item=form.item(), at=timezone.now()
            )
        except Refused as refusal:
            return _form_page(request, with_errors(form, refusal), refusal.status, row)
        return redirect("evaluation:supervision-item", item_id=item_id)
    return _form_page(request, form, 422 if request.method == "POST" else 200, row)


@require_safe
def item(request: KpiRequest, item_id: int) -> HttpResponse:
    return _page(request, item_id)


def _page(
    request: KpiRequest, item_id: int, refusal: Refused | None = None, act: str = "", typed: Any = None
) -> HttpResponse:
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
        "refusal": refusal,
        "act": act,
        "typed": typed or {},
        "today": today(at),
    }
    return render(request, "evaluation/tasks/supervision_item.html", context, status=refusal.status if refusal else 200)


Act = Callable[[Actor, int, dict[str, Any], datetime], Any]


def _act(request: KpiRequest, item_id: int, name: str, act: Act) -> HttpResponse:
    """One act of the course: a refusal stands on the item's page with what was typed."""
    access.visible_item(request.actor, item_id)
    form = ActForm(request.POST)
    if not form.is_valid():
        if "version" in form.errors:
            raise Malformed("bad-request", "这次提交的内容读不懂，没有执行。请刷新页面后再试。")
        said = "；".join(str(sentence).rstrip("。") for errors in form.errors.values() for sentence in errors)
        return _page(request, item_id, Refused("bad-form", f"{said}。没有执行。"), name, request.POST)
    try:
        act(request.actor, item_id, form.cleaned_data, timezone.now())
    except Refused as refusal:
        if refusal.status in (400, 403, 404):
            raise
        return _page(request, item_id, refusal, name, request.POST)
    return redirect("evaluation:supervision-item", item_id=item_id)


def _need_day(data: dict[str, Any], label: str) -> date:
    if data["on"] is None:
        raise Refused("day-missing", f"请写{label}，没有执行。")
    day: date = data["on"]
    return day


@require_POST
def feedback(request: KpiRequest, item_id: int) -> HttpResponse:
    return _act(
        request,
        item_id,
        "feedback",
        lambda actor, pk, data, at: course.give_feedback(
            actor=actor, item_id=pk, version=data["version"], text=data["text"], at=at
        ),
    )


@require_POST
def ask_extension(request: KpiRequest, item_id: int) -> HttpResponse:
    return _act(
        request,
        item_id,
        "extension",
        lambda actor, pk, data, at: course.ask_extension(
            actor=actor,
            item_id=pk,
            version=data["version"],
            new_due_on=_need_day(data, "延至哪一天"),
            reason=data["text"],
            at=at,
        ),
    )


@require_POST
def decide_extension(request: KpiRequest, item_id: int) -> HttpResponse:
    return _act(
        request,
        item_id,
        "decide",
        lambda actor, pk, data, at: course.decide_extension(
            actor=actor,
            item_id=pk,
            version=data["version"],
            approve=_decided(data, "approve", "refused"),
            answer=data["text"],
            at=at,
        ),
    )


def _decided(data: dict[str, Any], yes: str, no: str) -> bool:
    if data["decision"] not in (yes, no):
        raise Malformed("bad-request", "这次提交没有说明怎么决定，没有执行。请刷新页面后再试。")
    return bool(data["decision"] == yes)


@require_POST
def urge(request: KpiRequest, item_id: int) -> HttpResponse:
    return _act(
        request,
        item_id,
        "urge",
        lambda actor, pk, data, at: course.urge(
            actor=actor, item_id=pk, version=data["version"], text=data["text"], at=at
        ),
    )


@require_POST
def finish(request: KpiRequest, item_id: int) -> HttpResponse:
    return _act(
        request,
        item_id,
        "finish",
        lambda actor, pk, data, at: course.finish(
            actor=actor, item_id=pk, version=data["version"], on=_need_day(data, "办结日期"), note=data["text"], at=at
        ),
    )


@require_POST
def close(request: KpiRequest, item_id: int) -> HttpResponse:
    return _act(
        request,
        item_id,
        "close",
        lambda actor, pk, data, at: course.close(
            actor=actor,
            item_id=pk,
            version=data["version"],
            passed=_decided(data, "pass", "returned"),
            note=data["text"],
            at=at,
        ),
    )
