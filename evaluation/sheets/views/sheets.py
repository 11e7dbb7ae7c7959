"""打分表: the list, the matrix and what is done in it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from evaluation.enums import EDITABLE_STATES, SheetState
from evaluation.periods.models import Period
from evaluation.scheme.access.office import may_run
from evaluation.sheets import access
from evaluation.sheets.forms.sheets import DecisionForm, ObservationForm, PaperForm, ReopenForm, read_cell, sealed_lines
from evaluation.sheets.models.marks import MarkSheet
from evaluation.sheets.queries.checks import events_of, marks_before, reason_given, sheet_checks
from evaluation.sheets.queries.differences import told_differences
from evaluation.sheets.queries.filed_record import panel_record
from evaluation.sheets.queries.methods import proposed_marks
from evaluation.sheets.queries.record import record_beside
from evaluation.sheets.queries.rulebooks import rule_rows
from evaluation.sheets.queries.sheet_facts import held_marks
from evaluation.sheets.queries.sheet_list import ListedSheet, shares_of, sheet_list
from evaluation.sheets.queries.sheets import (
    SheetPage,
    Trouble,
    answer_page,
    deductions_of,
    scans_of,
    sheet_page,
    zone_mean,
)
from evaluation.sheets.queries.uploads import taking_back
from evaluation.sheets.services import certifying
from evaluation.sheets.services import sheets as sheet_services
from evaluation.sheets.services.accepting import DIFFERS
from evaluation.sheets.services.marks import LOOKS_LIKE_POINTS, OFFLINE_REASONS, require_open, save_on_sheet
from evaluation.sheets.services.replacing import REPLACES
from evaluation.sheets.services.sheets import CHECKS_ASK
from evaluation.tasks.queries.data_tables import beside_the_mark as figures_beside
from evaluation.tasks.queries.supervision import beside_the_mark
from evaluation.tracking.queries.tracking import reports_of_sheet_row
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.gazette.models import Clause
from miyun_kpi.gazette.rules.texts import paragraphs
from miyun_kpi.lib.errors import Conflict, Malformed, NotFound, Refused
from miyun_kpi.lib.lists import ordered
from miyun_kpi.organisations.enums import TRACK_CHOICES
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import (
    form_of,
    keep_typed,
    on_top,
    own_page,
    page_act,
    sent,
    shown,
    typed_again,
    version_of,
    whole,
)

STATES = [("", "全部"), ("open", "未报送"), ("filed", "已报送"), ("waiting", "不适用待批准")]


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    """Evaluators begin with their sheets, everybody else with the rankings."""
    evaluator = request.actor.role == Role.EVALUATOR
    return redirect("evaluation:sheets" if evaluator else "evaluation:rankings")


# By what the list sorts: the sheet with the name and the word of its state.
SORTS: dict[str, Callable[[tuple[ListedSheet, str, str]], Any]] = {
    "state": lambda row: (row[1], row[2]),
    "sheet": lambda row: (row[0].sheet.scheme.track, row[0].sheet.indicator.number),
    "evaluator": lambda row: (row[0].sheet.evaluator.order, row[0].sheet.evaluator.name),
    "done": lambda row: row[0].done / row[0].carried if row[0].carried else None,
    "filed": lambda row: row[0].sheet.filed_at,
}


@require_safe
def sheets(request: KpiRequest) -> HttpResponse:
    actor, at = request.actor, timezone.now()
    visible = access.sheets_visible_to(actor)
    periods = list(Period.objects.filter(kind__in=["quarter", "year"]).order_by("-code"))
    chosen = request.GET.get("period", "")
    period = next((one for one in periods if one.code == chosen), periods[0] if periods else None)
    track, state = request.GET.get("track", ""), request.GET.get("state", "")
    evaluator = request.GET.get("evaluator", "")
    found = sheet_list(visible, period=period, track=track, state=state, evaluator=evaluator) if period else None
    rows = [(listed, *listed.state(at)) for listed in found.sheets] if found else []
    context: dict[str, Any] = {
        "periods": [(one.code, one.label) for one in periods],
        "period": period,
        "found": found,
        "rows": ordered(rows, request.GET.get("sort", ""), SORTS),
        "tracks": TRACK_CHOICES,
        "states": STATES,
        "track": track,
        "state": state,
        "evaluator": evaluator,
        "all_evaluators": actor.may(Verb.READ_ALL_MARKS),
        "now": at,
        "filtered": bool(track or state or evaluator),
    }
    if not context["rows"]:
        context |= _why_empty(request, period)
    return render(request, "evaluation/sheets/sheets.html", context)


def _why_empty(request: KpiRequest, period: Period | None) -> dict[str, Any]:
    actor = request.actor
    if actor.role not in (Role.EVALUATOR, Role.EVALUATION_OFFICE, Role.CERTIFIER, Role.UNIT_HEAD):
        return {"empty": "您的岗位不打分，这里没有打分表。得分在通报以后见“排名”。"}
    items = shares_of(actor.organisation_id)
    if actor.role != Role.EVALUATION_OFFICE and not items:
        return {"empty": "现行考评方案里没有由本单位打分的指标，所以没有打分表。方案改动并经复核后才会有。"}
    if period is None:
        return {"empty": "还没有开启任何考评期。打分表在一个季度的填报开始时由系统按方案生成，也可由区政府办开启。"}
    return {"empty": f"{period.label}没有符合所选条件的打分表。请放宽条件，或换一个考评期。"}


def _page(request: KpiRequest, sheet_id: int, **beside: Subquery) -> SheetPage:
    actor = request.actor
    sheet = access.visible_sheet(actor, sheet_id, **beside)
    return sheet_page(sheet, access.sheets_visible_to(actor))


def _rights(request: KpiRequest, sheet: MarkSheet, at: datetime) -> dict[str, Any]:
    """What this person may do on the sheet at this moment, and why it is closed where it is."""
    actor = request.actor
    writes = access.may_write_sheet(actor, sheet)
    try:
        require_open(sheet, at)
        closed = ""
    except Conflict as refusal:
        closed = refusal.code
    office = actor.may(Verb.REOPEN_SHEETS) and may_run(actor, sheet.scheme.track)
    submitted = sheet.state == SheetState.SUBMITTED and actor.organisation_id == sheet.evaluator_id
    maker = sheet.filed_by_id == actor.user_id
    second = actor.may(Verb.ENTER_FROM_PAPER) and bool(sheet.paper_number) and sheet.paper_by_id != actor.user_id
    return {
        "editable": writes and not closed,
        "writes": writes,
        "closed": closed,
        "may_file": not closed and (second or (writes and not sheet.paper_number and actor.may(Verb.FILE_SHEETS))),
        "office": office,
        "own_filing": access.is_own_filing(actor, sheet),
        "may_certify": submitted and actor.may(Verb.CERTIFY_SHEETS) and not maker,
        "may_withdraw": submitted and actor.may(Verb.FILE_SHEETS) and maker,
        "may_take_over": office and sheet.state in EDITABLE_STATES and not sheet.paper_number,
        "offline_reasons": OFFLINE_REASONS,
    }


def matrix(request: KpiRequest, sheet_id: int, refusal: Refused | None = None) -> HttpResponse:
    """The whole page; beside a refusal stands what was sent."""
    at, page = timezone.now(), _page(request, sheet_id, **_clause())
    sheet, typed, code = page.sheet, typed_again(request), refusal.code if refusal else ""
    initial = {"version": sheet.version}
    context = {
        "page": page,
        "sheet": sheet,
        "now": at,
        "quotation": _quotation(sheet),
        # What is held against the record is asked by the page itself, once it stands; beside a refusal it stands at once.
        "checks": sheet_checks(
            sheet, page.marks, at, page.rates_before, page.proposals, later=request.method != "POST"
        ),
        "events": events_of(sheet),
        "asks_points": code == LOOKS_LIKE_POINTS,
        "asks_reason": code == CHECKS_ASK,
        "typed": typed,
        "reopen_form": on_top(form_of(request, ReopenForm, initial=initial), sheet.version),
        "paper_form": on_top(form_of(request, PaperForm, initial=initial), sheet.version),
        "observation": form_of(request, ObservationForm)["note"].value() or "",
        "decided": form_of(request, DecisionForm),
        "scans": scans_of(sheet),
        "rules": page.rules,
        **_rights(request, sheet, at),
    }
    if context["editable"]:
        context["back"] = taking_back(sheet, page)
    return shown(request, "evaluation/sheets/sheet.html", context, refusal)


def _clause() -> dict[str, Subquery]:
    """The clause of the item, read with the sheet."""
    found = Clause.objects.filter(document__ref=OuterRef("scheme__document_id"), ref=OuterRef("indicator__clause"))
    return {f"quoted_{name}": Subquery(found.values(name)[:1]) for name in ("text", "line_from")}


def _quotation(sheet: MarkSheet) -> list[str]:
    text, line = (sheet.__dict__[f"quoted_{name}"] for name in ("text", "line_from"))
    return [part.text for part in paragraphs(text, line)] if text else []


@require_safe
def sheet(request: KpiRequest, sheet_id: int) -> HttpResponse:
    return matrix(request, sheet_id)


@require_safe
def sheet_print(request: KpiRequest, sheet_id: int) -> HttpResponse:
    """报送表 on A4 landscape, with lines to sign and a place for the seal."""
    page = _page(request, sheet_id)
    events = events_of(page.sheet)
    context = {
        "page": page,
        "sheet": page.sheet,
        "now": timezone.now(),
        "viewer": request.actor.label,
        "events": events,
        "answered": reason_given(events),
    }
    return render(request, "evaluation/sheets/sheet_print.html", context)


@require_safe
def row_panel(request: KpiRequest, sheet_id: int, organisation: str) -> HttpResponse:
    """What stands beside the focused row: 扣分明细, 不适用, the last periods against the zone's mean."""
    at = timezone.now()
    page = _page(request, sheet_id)
    row = page.row(organisation)
    if row is None:
        raise NotFound
    trend = [
        (
            past.period.label.removeprefix(f"{past.period.period_code.year}年"),
            past.marks.get(row.mark.organisation_id),
            True,
        )
        for past in reversed(page.past)
    ]
    shown = [value for _, value, _ in trend if value is not None]
    if shown and row.mark.value is not None:
        trend.append(("本期", row.mark.value, page.sheet.state == SheetState.FILED))
    record = (
        record_beside(page.sheet, row.organisation, at) if access.may_read_record(request.actor, page.sheet) else None
    )
    told = told_differences(page.sheet, [row.mark], at, page.proposals, record)
    context = {
        "page": page,
        "sheet": page.sheet,
        "row": row,
        "unlike": told.get(row.organisation.code, []),
        "trend": trend if shown else [],
        "trend_low": min([*shown, row.mark.full_mark * 7 / 10]),
        "mean": zone_mean(page.past[0], page, row) if page.past else None,
        "reports": reports_of_sheet_row(page.sheet, row.mark.organisation_id, at),
        "figures": figures_beside(page.sheet, row.organisation.code),
        "supervised": beside_the_mark(page.sheet, row.mark.organisation_id, timezone.localdate(at)),
        "record": panel_record(page.sheet, row.organisation.code, record or []),
        "rules": rule_rows(page.rulebook, deductions_of(row.mark)),
        **_rights(request, page.sheet, at),
    }
    return render(request, "evaluation/sheets/_row_panel.html", context)


@require_POST
def save_mark(request: KpiRequest, sheet_id: int) -> HttpResponse:
    """One cell. Answers the row as a reload would show it and the dock; a refusal stands in its row."""
    at, trouble, status, told = timezone.now(), None, 200, ""
    code, typed = request.POST.get("organisation", ""), request.POST.get("value", "")
    saved, before = None, None
    try:
        saved = save_on_sheet(
            actor=request.actor, sheet_id=sheet_id, rows=[read_cell(request.POST)], at=at, before=True
        )
    except Refused as refusal:
        if own_page(refusal) or refusal.code == "not-on-sheet":
            raise
        kind = {"stale": "changed", DIFFERS: "differs", REPLACES: "replaces"}.get(refusal.code, "refused")
        trouble, status = Trouble(kind, refusal.message, typed), refusal.status
        told = _refused_in_panel(request, kind)
    if saved:
        marks = {mark.organisation_id: mark.before for mark in saved.marks if mark.before}
        earlier = {pk: value for pk, (value, _) in marks.items()}
        page = answer_page(saved.sheet, saved.marks, earlier, saved.proposals)
        row = page.row(saved.saved[0].organisation.code)
        before = {pk: Fraction(value) * 100 / Fraction(full) for pk, (value, full) in marks.items()}
    else:
        page = _page(request, sheet_id)
        named = resolve(code)
        row = page.row(named.code if named else code)
    replaced = saved.replaced.get(row.mark.pk, ()) if saved and row else ()
    if row is None:
        raise Malformed("bad-request", "这次提交的单位不在这张打分表里，没有保存。请刷新页面后再试。")
    if trouble:
        name = f"{row.organisation.name}："
        trouble = replace(trouble, message=trouble.message.removeprefix(name))
        typed = trouble.typed if "value" in request.POST else row.shown
        # What was refused in the panel is said there: the row stands as it is stored.
        row = row if told else replace(row, trouble=replace(trouble, typed=typed))
    context: dict[str, Any] = {
        "panel_refusal": trouble.message if trouble and told else "",
        "panel_form": told,
        "restores": sealed_lines(row.organisation.code, replaced),
    }
    context |= {"page": page, "sheet": page.sheet, "row": row, "now": at, **_rights(request, page.sheet, at)}
    context["checks"] = sheet_checks(page.sheet, page.marks, at, before, page.proposals)
    return render(request, "evaluation/sheets/_sheet_answer.html", context, status=status)


@require_safe
def checks(request: KpiRequest, sheet_id: int) -> HttpResponse:
    """The checks whole, 与本期记录不符 among them, and what the step before filing says of them."""
    at, sheet = timezone.now(), access.visible_sheet(request.actor, sheet_id)
    marks, before = held_marks(sheet), marks_before(sheet)
    page = answer_page(sheet, marks, {}, proposed_marks(sheet, marks))
    rates = {pk: Fraction(value) * 100 / Fraction(full) for pk, (value, full) in before.items()}
    told = sheet_checks(sheet, marks, at, rates, page.proposals)
    context = {"page": page, "sheet": sheet, "checks": told, "events": [], "typed": {}, **_rights(request, sheet, at)}
    return render(request, "evaluation/sheets/_checks_answer.html", context)


def _refused_in_panel(request: KpiRequest, kind: str) -> str:
    """The form of the panel whose content was refused, or nothing."""
    if kind != "refused":
        return ""
    if request.POST.get("not_applicable"):
        return "not-applicable"
    return "deductions" if "line" in request.POST else ""


@page_act(matrix)
def file_sheet(request: KpiRequest, sheet_id: int) -> HttpResponse:
    confirmed = frozenset(request.POST.getlist("confirmed")) & {LOOKS_LIKE_POINTS}
    reason = request.POST.get("reason", "")[:1000]
    keep_typed(request, reason=reason, confirmed=confirmed)
    sheet_services.file_sheet(
        actor=request.actor,
        sheet_id=sheet_id,
        version=version_of(request),
        at=timezone.now(),
        confirmed=confirmed,
        seen=whole(request, "seen"),
        reason=reason,
    )
    return redirect("evaluation:sheet", sheet_id=sheet_id)


@page_act(matrix)
def certify(request: KpiRequest, sheet_id: int) -> HttpResponse:
    """The certifier passes a submitted sheet, or returns it with an observation."""
    access.visible_sheet(request.actor, sheet_id)
    data = sent(request, ObservationForm)
    act = certifying.certify_sheet if data["decision"] == "certify" else certifying.return_sheet
    act(actor=request.actor, sheet_id=sheet_id, version=data["version"], note=data["note"], at=timezone.now())
    return redirect("evaluation:sheet", sheet_id=sheet_id)


@page_act(matrix)
def withdraw(request: KpiRequest, sheet_id: int) -> HttpResponse:
    certifying.withdraw_sheet(actor=request.actor, sheet_id=sheet_id, version=version_of(request), at=timezone.now())
    return redirect("evaluation:sheet", sheet_id=sheet_id)


@page_act(matrix)
def reopen(request: KpiRequest, sheet_id: int) -> HttpResponse:
    access.visible_sheet(request.actor, sheet_id)
    given = sent(request, ReopenForm)
    sheet_services.reopen_sheet(actor=request.actor, sheet_id=sheet_id, at=timezone.now(), **given)
    return redirect("evaluation:sheet", sheet_id=sheet_id)


@page_act(matrix)
def paper(request: KpiRequest, sheet_id: int) -> HttpResponse:
    access.visible_sheet(request.actor, sheet_id)
    given = sent(request, PaperForm)
    sheet_services.start_paper_entry(actor=request.actor, sheet_id=sheet_id, at=timezone.now(), **given)
    return redirect("evaluation:sheet", sheet_id=sheet_id)


@page_act(matrix)
def decide(request: KpiRequest, sheet_id: int) -> HttpResponse:
    """The office on one 不适用."""
    data = sent(request, DecisionForm)
    sheet_services.decide_not_applicable(
        actor=request.actor,
        sheet_id=sheet_id,
        organisation=data["organisation"],
        version=data["version"],
        approve=data["decision"] == "approve",
        note=data["note"],
        at=timezone.now(),
    )
    return redirect("evaluation:sheet", sheet_id=sheet_id)
