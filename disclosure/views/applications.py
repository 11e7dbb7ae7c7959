"""依申请公开: the list, one application with its strip of days, the acts on it, and the yearly table."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from disclosure import access
from disclosure.excel import annual_workbook, applications_workbook
from disclosure.forms import (
    AnswerForm,
    DayForm,
    DecideForm,
    ExtendForm,
    HandOverForm,
    HoldForm,
    NoteForm,
    NotifyForm,
    ReceiveForm,
    SettleForm,
    StrikeForm,
)
from disclosure.models import Application
from disclosure.queries.applications import STATES, Line, cases_of, disputes_of, late_in, line_of
from disclosure.rules.annual import COLUMNS, DISPUTE_COLUMNS, Annual, annual_table, dispute_table
from disclosure.services import applications as services
from disclosure.services import challenges, handing
from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.write import CONTENT_TYPE
from miyun_kpi.web.acts import form_of, page_act, sent, shown
from miyun_kpi.web.answers import download
from miyun_kpi.web.forms.days import read_late

PAGE = 50


def _lines(request: KpiRequest, at: datetime) -> list[Line]:
    today = timezone.localdate(at)
    who = request.GET.get("applicant", "").strip()[:100]
    rows = access.applications_of(request.actor, who) if who else access.visible_applications(request.actor)
    lines = [line_of(row, today) for row in rows]
    state = request.GET.get("state", "")
    return [one for one in lines if one.clock.state == state] if state in STATES else lines


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    lines = _lines(request, timezone.now())
    state = request.GET.get("state", "")
    context = {
        "page": page_asked(request.GET, lines, PAGE),
        "states": [("", "全部"), *((code, word) for code, (_, word) in STATES.items())],
        "state": state if state in STATES else "",
        "opens": access.may_open(request.actor),
        "applicant": request.GET.get("applicant", "").strip()[:100],
        "adds": access.may_handle(request.actor, request.actor.organisation_id),
    }
    return render(request, "disclosure/applications.html", context)


@require_safe
def workbook(request: KpiRequest) -> HttpResponse:
    at = timezone.now()
    content = applications_workbook(_lines(request, at), viewer=request.actor.label, at=at)
    return download(content, CONTENT_TYPE, "依申请公开.xlsx")


def _new_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    access.require_handle(request.actor, request.actor.organisation_id)
    return shown(request, "disclosure/application_new.html", {"form": form_of(request, ReceiveForm)}, refusal)


@page_act(_new_page, opens=True)
def new(request: KpiRequest) -> HttpResponse:
    access.require_handle(request.actor, request.actor.organisation_id)
    made = services.receive(actor=request.actor, at=timezone.now(), **sent(request, ReceiveForm, read=read_late))
    return redirect("disclosure:application", application_id=made.pk)


@require_safe
def application(request: KpiRequest, application_id: int) -> HttpResponse:
    return application_page(request, application_id)


def application_page(
    request: KpiRequest, application_id: int, refusal: Refused | None = None, applicant: tuple[str, str] | None = None
) -> HttpResponse:
    actor = request.actor
    row = access.visible_application(actor, application_id)
    line = line_of(row, timezone.localdate())
    whole = max(1, (line.clock.spans[-1].last - row.received_on).days) if line.clock.spans else 1
    strip = [
        (
            span,
            round(100 * (span.first - row.received_on).days / whole - 100 / whole, 2),
            round(100 * ((span.last - span.first).days + 1) / whole, 2),
        )
        for span in line.clock.spans
    ]
    context = {
        "line": line,
        "row": row,
        "strip": strip,
        "events": list(row.events.all()),
        "extension": row.extensions.filter(approved__isnull=True).first(),
        "holds": list(row.holds.all()),
        "decided_extensions": list(row.extensions.filter(approved__isnull=False)),
        "acts": _offered(request, row),
        "challenges": list(row.challenges.all()),
        "reveals": access.may_handle(actor, row.organisation_id) or access.may_extend(actor, row),
        "applicant": applicant,
    }
    return shown(request, "disclosure/application.html", context, refusal)


@page_act(application_page)
def reveal(request: KpiRequest, application_id: int) -> HttpResponse:
    seen = services.reveal(
        actor=request.actor, application_id=application_id, reason=request.POST.get("reason", ""), at=timezone.now()
    )
    return application_page(request, application_id, applicant=seen)


# Address → form, words of the button, whether it is offered now, and the service.
ACTS: dict[str, tuple[type[forms.Form], str, Callable[[Application], bool], Callable[..., Any]]] = {
    "correction": (NoteForm, "告知补正", lambda row: row.correction_sent_on is None, services.send_correction),
    "corrected": (
        DayForm,
        "登记收到补正",
        lambda row: row.correction_sent_on is not None and row.corrected_on is None,
        services.receive_correction,
    ),
    "ask": (HoldForm, "征求意见", lambda row: True, services.ask_opinion),
    "opinion": (
        HoldForm,
        "登记收到意见",
        lambda row: any(one.returned_on is None for one in row.holds.all()),
        services.receive_opinion,
    ),
    "deliberate": (NoteForm, "登记会商", lambda row: True, services.deliberate),
    "extend": (ExtendForm, "申请延期", lambda row: not row.extension_days, services.ask_extension),
    "answer": (AnswerForm, "登记答复", lambda row: True, services.answer),
}


# Beside them: what is offered once it is answered, and to whoever may extend.
FORMS: dict[str, type[forms.Form]] = {
    **{name: form for name, (form, *_) in ACTS.items()},
    "archive": DayForm,
    "challenge": NotifyForm,
    "settle": SettleForm,
    "strike-challenge": StrikeForm,
    "decide": DecideForm,
    "hand-over": HandOverForm,
}


def _offered(request: KpiRequest, row: Application) -> list[tuple[str, str, forms.Form]]:
    actor, initial = request.actor, {"version": row.version}
    made: list[tuple[str, str]] = []
    if access.may_handle(actor, row.organisation_id) and row.archived_on is None:
        if row.answered_on is None:
            made = [(name, words) for name, (_, words, now, _) in ACTS.items() if now(row)]
        else:
            made = [("archive", "归档")]
    if access.may_handle(actor, row.organisation_id):
        known = [one for one in row.challenges.all() if one.struck_at is None]
        made += [("settle", "登记复议诉讼结果")] if any(one.waits for one in known) else []
        made.append(("challenge", "登记复议诉讼"))
        made += [("strike-challenge", "撤销复议诉讼")] if known else []
    if row.answered_on is None and access.may_hand_over(actor, row):
        made.append(("hand-over", "移交"))
    open_ = next((one for one in row.extensions.all() if one.approved is None), None)
    if open_ and row.answered_on is None and access.may_extend(actor, row) and open_.asked_by_id != actor.user_id:
        made.insert(0, ("decide", "决定延期"))
    return [
        (name, words, form_of(request, FORMS[name], name, initial=initial, **_options(name, row)))
        for name, words in made
    ]


def _options(name: str, row: Application) -> dict[str, Any]:
    """What a form must know of the application."""
    if name not in ("settle", "strike-challenge"):
        return {}
    known = [one for one in row.challenges.all() if one.struck_at is None]
    pending = [one for one in known if one.waits or name != "settle"]
    return {"pending": [(one.pk, f"{one.get_kind_display()} {one.number}") for one in pending]}


@page_act(application_page)
def act(request: KpiRequest, application_id: int, act: str) -> HttpResponse:
    actor = request.actor
    row = access.visible_application(actor, application_id)
    if act not in FORMS:
        raise NotFound
    if act == "hand-over":
        access.require_hand_over(actor, row)
    elif act != "decide":
        access.require_handle(actor, row.organisation_id)
    given = sent(request, FORMS[act], act, read=read_late, **_options(act, row))
    common: dict[str, Any] = {"actor": actor, "application_id": application_id, "at": timezone.now()}
    if act == "decide":
        services.decide_extension(**common, **(given | {"approved": given["approved"] == "yes"}))
    elif act == "archive":
        services.archive(**common, **given)
    elif act == "hand-over":
        handing.hand_over(**common, **given)
        # The organ that handed it over reads it no more.
        return redirect("disclosure:applications")
    elif act == "challenge":
        challenges.notify(**common, **given)
    elif act == "settle":
        challenges.settle(**common, **given)
    elif act == "strike-challenge":
        challenges.strike(**common, **given)
    else:
        ACTS[act][3](**common, **given)
    return redirect("disclosure:application", application_id=application_id)


def _annual(request: KpiRequest) -> tuple[Annual, int, str, list[int]]:
    """The tables of the year asked for: of the own organ, or of the district for the office and leaders."""
    rows = list(access.visible_applications(request.actor))
    this = timezone.localdate().year
    years = sorted({this, *(row.received_on.year for row in rows)}, reverse=True)
    asked = request.GET.get("year", "")
    year = int(asked) if asked in {str(one) for one in years} else years[0]
    names = {row.organisation.name for row in rows}
    scope = "、".join(sorted(names)) if len(names) <= 1 else f"全区 {len(names)} 个机关"
    tables = Annual(annual_table(cases_of(rows), year), dispute_table(disputes_of(rows), year), late_in(rows, year))
    return tables, year, scope or "还没有申请", years


@require_safe
def annual(request: KpiRequest) -> HttpResponse:
    tables, year, scope, years = _annual(request)
    context = {
        "table": tables.cases,
        "disputes": tables.disputes,
        "dispute_columns": DISPUTE_COLUMNS,
        "late": tables.late,
        "year": year,
        "scope": scope,
        "years": [(str(y), f"{y}年") for y in years],
        "columns": COLUMNS,
    }
    return render(request, "disclosure/annual.html", context | {"chosen": str(year), "next": year + 1})


@require_safe
def annual_file(request: KpiRequest) -> HttpResponse:
    tables, year, scope, _ = _annual(request)
    content = annual_workbook(tables, year, scope, viewer=request.actor.label, at=timezone.now())
    return download(content, CONTENT_TYPE, f"{year}年政府信息公开申请情况.xlsx")
