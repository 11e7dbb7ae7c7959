"""经费申报: what can be asked for now, the list, one application with its checklist, its review and its money."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Malformed, Refused
from miyun_kpi.registers.views.records import workbook_answer
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.forms import offer
from postdoc import access
from postdoc.enums import TO_PERSONS, Entry, Grant, Phase
from postdoc.excel import applications_workbook
from postdoc.forms import LedgerForm, ReasonForm, ReverseForm, ReviewForm, checked
from postdoc.models import Application
from postdoc.queries.entitlement import offers
from postdoc.queries.figures import figures
from postdoc.queries.money import balance_of, with_lines
from postdoc.rules.money import MATERIALS
from postdoc.services import applications as services
from postdoc.services import ledger
from postdoc.views._common import PAGE, answer, bind, outside, shown_here


def _found(request: KpiRequest) -> Any:
    found = access.visible_applications(request.actor)
    phase, grant = request.GET.get("phase", ""), request.GET.get("grant", "")
    if phase in Phase.values:
        found = found.filter(phase=phase)
    return found.filter(grant=grant) if grant in Grant.values else found


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    if not access.sees_any(request.actor):
        return outside(request, "经费申报")
    actor, today = request.actor, timezone.localdate()
    own = [one for one in access.visible_stations(actor) if access.may_enter(actor, one)]
    page = Paginator(with_lines(_found(request)), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": [(row, balance_of(row)) for row in page],
        "offers": offers(own, figures(), today) if own else [],
        "handler": access.is_handler(actor),
        "phases": [("", "全部"), *Phase.choices],
        "grants": [("", "全部"), *Grant.choices],
        "phase": request.GET.get("phase", ""),
        "grant": request.GET.get("grant", ""),
    }
    return answer(request, "postdoc/applications.html", context, None)


@require_safe
def workbook(request: KpiRequest) -> HttpResponse:
    at = timezone.now()
    rows = with_lines(_found(request))
    return workbook_answer(applications_workbook(rows, viewer=request.actor.label, at=at), "博士后经费申报")


def _number(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Malformed("bad-request", "这个地址读不懂。请从申报页上的按钮进入。")
    return int(text)


def _asked(request: KpiRequest) -> dict[str, Any]:
    given = request.POST if request.method == "POST" else request.GET
    return {
        "grant": given.get("grant", ""),
        "station_id": _number(given.get("station", "")) or 0,
        "stay_id": _number(given.get("stay", "")),
        "award_id": _number(given.get("award", "")),
        "first": given.get("first", "")[:7],
        "last": given.get("last", "")[:7],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: KpiRequest) -> HttpResponse:
    """Shows amount and reasons before anything is saved."""
    actor, at, given = request.actor, timezone.now(), _asked(request)
    access.require_enter(actor, access.visible_station(actor, given["station_id"]))
    ticked = request.POST.getlist("materials")
    refusal, asked = None, None
    try:
        asked = services.ask(actor=actor, on=timezone.localdate(at), **given)
        if request.method == "POST":
            made = services.create_application(
                actor=actor, materials=ticked, submit=request.POST.get("do") == "submit", at=at, **given
            )
            return redirect("postdoc:application", application_id=made.pk)
    except Refused as found:
        refusal = shown_here(found)
    context = {
        "asked": asked,
        "given": given,
        "last_month": asked.months[-1].month if asked and asked.months else "",
        "label": Grant(given["grant"]).label,
        "materials": [(code, words, code in ticked) for code, words in MATERIALS[given["grant"]]],
    }
    return answer(request, "postdoc/application_new.html", context, refusal)


@require_safe
def application(request: KpiRequest, application_id: int) -> HttpResponse:
    return application_page(request, application_id)


def _writes(actor: Actor, row: Application) -> list[tuple[str, str]]:
    """Lines of the ledger that this person may write now."""
    kinds: list[Entry] = []
    if row.phase == Phase.APPROVED:
        if access.is_treasury(actor):
            kinds += [Entry.PAID, Entry.FAILED, Entry.CLAWBACK, Entry.RECOVERED]
        elif access.is_handler(actor):
            kinds += [Entry.CLAWBACK]
        if access.may_enter(actor, row.station) and row.grant in TO_PERSONS:
            kinds += [Entry.TAX, Entry.HANDED]
    return [(one.value, one.label) for one in kinds]


def application_page(
    request: KpiRequest,
    application_id: int,
    refusal: Refused | None = None,
    typed: tuple[str, forms.Form] | None = None,
    ticked: list[str] | None = None,
) -> HttpResponse:
    actor = request.actor
    access.visible_application(actor, application_id)
    (row,) = with_lines(access.visible_applications(actor).filter(pk=application_id))
    enters, handler = access.may_enter(actor, row.station), access.is_handler(actor)
    initial = {"version": row.version}
    writes = _writes(actor, row)
    line_form = bind(LedgerForm, "line", typed, **initial)
    offer(line_form, "kind", [("", "请选"), *writes])
    have = row.materials if ticked is None else ticked
    now = balance_of(row)
    context = {
        "row": row,
        "now": now,
        "days": now.days_held(timezone.localdate()),
        "to_person": row.grant in TO_PERSONS,
        "void": {"07": "七", "10": "十"}.get(row.stay.ground, "") if row.stay else "",
        "materials": [(code, words, code in have) for code, words in MATERIALS[row.grant]],
        "edits": enters and row.phase in (Phase.DRAFT, Phase.RETURNED),
        "reviews": handler and row.phase == Phase.FILED,
        "own": actor.user_id is not None and row.entered_by_id == actor.user_id,
        "review": bind(ReviewForm, "review", typed, **initial),
        "cancels": (enters and row.phase in (Phase.DRAFT, Phase.FILED, Phase.RETURNED))
        or (handler and row.phase == Phase.APPROVED and not row.lines.all()),
        "cancel": bind(ReasonForm, "cancel", typed, **initial),
        "writes": writes,
        "line": line_form,
        "reverse": bind(ReverseForm, "reverse", typed, **initial),
        "lines": [
            (one, hasattr(one, "reversal"), (one.kind, one.get_kind_display()) in writes) for one in row.lines.all()
        ],
        "events": list(row.events.all()),
    }
    return answer(request, "postdoc/application.html", context, refusal)


def _do(
    request: KpiRequest,
    application_id: int,
    name: str,
    form: forms.Form,
    act: Callable[[dict[str, Any], datetime], Any],
) -> HttpResponse:
    try:
        act(checked(form), timezone.now())
    except Refused as found:
        return application_page(request, application_id, shown_here(found), (name, form))
    return redirect("postdoc:application", application_id=application_id)


@require_POST
def send(request: KpiRequest, application_id: int) -> HttpResponse:
    row = access.visible_application(request.actor, application_id)
    access.require_enter(request.actor, row.station)
    ticked = request.POST.getlist("materials")
    try:
        services.send(
            actor=request.actor,
            application_id=application_id,
            version=_number(request.POST.get("version", "")) or 0,
            materials=ticked,
            submit=request.POST.get("do") == "submit",
            at=timezone.now(),
        )
    except Refused as found:
        return application_page(request, application_id, shown_here(found), ticked=ticked)
    return redirect("postdoc:application", application_id=application_id)


@require_POST
def review(request: KpiRequest, application_id: int) -> HttpResponse:
    actor = request.actor
    access.visible_application(actor, application_id)
    access.require_handler(actor, "审核申报")
    form = ReviewForm(request.POST, auto_id="review-%s")
    return _do(
        request,
        application_id,
        "review",
        form,
        lambda given, at: services.review(actor=actor, application_id=application_id, at=at, **given),
    )


@require_POST
def cancel(request: KpiRequest, application_id: int) -> HttpResponse:
    actor = request.actor
    row = access.visible_application(actor, application_id)
    if not access.is_handler(actor):
        access.require_enter(actor, row.station)
    form = ReasonForm(request.POST, auto_id="cancel-%s")
    return _do(
        request,
        application_id,
        "cancel",
        form,
        lambda given, at: services.cancel(actor=actor, application_id=application_id, at=at, **given),
    )


def _require_money(actor: Actor, row: Application) -> None:
    if not (access.is_handler(actor) or access.is_treasury(actor)):
        access.require_enter(actor, row.station)


@require_POST
def line(request: KpiRequest, application_id: int) -> HttpResponse:
    actor = request.actor
    _require_money(actor, access.visible_application(actor, application_id))
    form = LedgerForm(request.POST, auto_id="line-%s")
    return _do(
        request,
        application_id,
        "line",
        form,
        lambda given, at: ledger.write_line(actor=actor, application_id=application_id, at=at, **given),
    )


@require_POST
def reverse(request: KpiRequest, application_id: int) -> HttpResponse:
    actor = request.actor
    _require_money(actor, access.visible_application(actor, application_id))
    form = ReverseForm(request.POST, auto_id="reverse-%s")
    return _do(
        request,
        application_id,
        "reverse",
        form,
        lambda given, at: ledger.reverse_line(actor=actor, application_id=application_id, at=at, **given),
    )
