"""Banks' quarterly returns: the list, one return with 三个不低于 beside its figures, the sums given out, the list of banks."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from finance_policy import access
from finance_policy.enums import WRITABLE, ReturnState
from finance_policy.excel import import_workbook, returns_template, returns_workbook
from finance_policy.forms import (
    BankForm,
    DecideReturnForm,
    ReturnForm,
)
from finance_policy.models import Bank, BankReturn
from finance_policy.queries import returns as queries
from finance_policy.queries.subsidy import settings
from finance_policy.rules.conditions import FIGURES, conditions
from finance_policy.rules.quarters import due_on, ended_quarters, last_ended
from finance_policy.services import banks as bank_services
from finance_policy.services import returns as services
from finance_policy.views.library import again, status_of
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.registers.views.records import workbook_answer
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.forms import checked

STATUS = {"draft": "draft", "filed": "submitted", "returned": "returned", "accepted": "accepted"}
# A workbook of at most this many bytes is read, one more is refused by its size.
MOST_BYTES = 2_000_001


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    return _index(request)


def _index(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    actor, today = request.actor, timezone.localdate()
    found = access.visible_returns(actor)
    state = request.GET.get("state", "")
    counted = {value: found.filter(state=value).count() for value in ReturnState.values}
    shown = found.filter(state=state) if state in ReturnState.values else found
    bank = access.own_bank(actor)
    held, ended = settings(), last_ended(today)
    reports = bank is not None and access.fills(actor, bank.pk)
    lacking = []
    if access.is_office(actor):
        there = BankReturn.objects.filter(period=str(ended)).exclude(state=ReturnState.DRAFT).values("bank_id")
        lacking = list(Bank.objects.filter(active=True).exclude(pk__in=there).values_list("name", flat=True))
    page = Paginator(shown, 50).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(row, STATUS[row.state], conditions(queries.figures_of(row))) for row in page],
        "states": [("", "全部", sum(counted.values())), *((v, label, counted[v]) for v, label in ReturnState.choices)],
        "state": state,
        "bank": bank,
        "reports": reports,
        "office": access.is_office(actor),
        "ended": ended,
        "quarters": ended_quarters(ended),
        "due": due_on(str(ended), held.due_days),
        "lacking": lacking,
        "releases": queries.releases(),
        "least": held.fewest_banks,
        "refusal": refusal,
    }
    return render(request, "finance/returns.html", context, status=status_of(refusal))


@require_POST
def open_return(request: KpiRequest) -> HttpResponse:
    try:
        row = services.open_return(actor=request.actor, period=request.POST.get("period", ""), at=timezone.now())
    except Refused as refusal:
        return _index(request, again(refusal))
    return redirect("finance_policy:return", return_id=row.pk)


@require_safe
def one(request: KpiRequest, return_id: int) -> HttpResponse:
    return _page(request, return_id)


def _initial(row: BankReturn) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in queries.NAMES}
    shown = {
        name: "" if value is None else value if isinstance(value, int) else plain(value)
        for name, value in values.items()
    }
    return {"version": row.version, "note": row.note, **shown}


def _page(
    request: KpiRequest,
    return_id: int,
    refusal: Refused | None = None,
    form: ReturnForm | None = None,
    decision: DecideReturnForm | None = None,
) -> HttpResponse:
    actor = request.actor
    row = access.visible_return(actor, return_id)
    writes = access.fills(actor, row.bank_id) and row.state in WRITABLE
    form = form or ReturnForm(initial=_initial(row))
    office = access.is_office(actor)
    figures = queries.figures_of(row)
    period = PeriodCode.parse(row.period)
    context = {
        "row": row,
        "period": period,
        "status": STATUS[row.state],
        "figures": [(words, getattr(row, name), unit, name) for name, words, unit in FIGURES],
        "pairs": [
            (words, unit, form[name], form[f"{name}_before"])
            for name, words, unit in FIGURES
            if not name.endswith("_before")
        ],
        "read": [
            (words, unit, getattr(row, name), getattr(row, f"{name}_before"))
            for name, words, unit in FIGURES
            if not name.endswith("_before")
        ],
        "conditions": conditions(figures),
        "differing": queries.differing_bases(row),
        "events": list(row.events.all()),
        "writes": writes,
        "decides": office and row.state in (ReturnState.FILED, ReturnState.ACCEPTED),
        "form": form,
        "decision": decision or DecideReturnForm(initial={"version": row.version}),
        "due": due_on(row.period, settings().due_days),
        "refusal": refusal,
        "stored": _initial(row) if refusal and refusal.code == "stale" else None,
    }
    return render(request, "finance/return.html", context, status=status_of(refusal))


@require_POST
def save(request: KpiRequest, return_id: int) -> HttpResponse:
    """Save, and with the other button submit at once."""
    row = access.visible_return(request.actor, return_id)
    form = ReturnForm(request.POST)
    try:
        version, figures, note = form.given()
        at = timezone.now()
        row = services.save_return(
            actor=request.actor, return_id=return_id, version=version, figures=figures, note=note, at=at
        )
        if "submit" in request.POST:
            services.submit_return(actor=request.actor, return_id=return_id, version=row.version, at=at)
    except Refused as refusal:
        # Stale: what is stored is shown beside what was typed, and the next press is on top of it.
        kept = request.POST.copy()
        kept["version"] = str(access.visible_return(request.actor, return_id).version)
        return _page(request, return_id, again(refusal), ReturnForm(kept))
    return redirect("finance_policy:return", return_id=return_id)


@require_POST
def decide(request: KpiRequest, return_id: int) -> HttpResponse:
    access.visible_return(request.actor, return_id)
    access.require_office(request.actor, "季报的审核")
    form = DecideReturnForm(request.POST)
    try:
        given = checked(form)
        services.decide_return(
            actor=request.actor,
            return_id=return_id,
            version=given["version"],
            accept=given["accept"] == "accept",
            opinion=given["opinion"],
            at=timezone.now(),
        )
    except Refused as refusal:
        return _page(request, return_id, again(refusal), decision=form)
    return redirect("finance_policy:return", return_id=return_id)


@require_POST
def release(request: KpiRequest) -> HttpResponse:
    try:
        services.release(
            actor=request.actor,
            period=request.POST.get("period", ""),
            reason=request.POST.get("reason", ""),
            at=timezone.now(),
        )
    except Refused as refusal:
        return _index(request, again(refusal))
    return redirect("finance_policy:returns")


@require_safe
def workbook(request: KpiRequest) -> HttpResponse:
    rows = list(access.visible_returns(request.actor))
    return workbook_answer(returns_workbook(rows, viewer=request.actor.label, at=timezone.now()), "银行绿色信贷季报")


@require_http_methods(["GET", "HEAD", "POST"])
def history(request: KpiRequest) -> HttpResponse:
    """Returns of quarters before go-live, by the office."""
    access.require_office(request.actor, "季报历史的导入")
    refusal, number = None, None
    if request.method == "POST":
        sent = request.FILES.get("workbook")
        try:
            if sent is None:
                raise Refused("no-file", "没有选工作簿，没有导入。请先选一个 .xlsx 文件。")
            number = import_workbook(
                actor=request.actor, content=sent.read(MOST_BYTES), file_name=sent.name or "", at=timezone.now()
            )
        except Refused as found:
            refusal = again(found)
    context = {"refusal": refusal, "number": number}
    return render(request, "finance/returns_import.html", context, status=status_of(refusal))


@require_safe
def template(request: KpiRequest) -> HttpResponse:
    access.require_office(request.actor, "季报历史的导入")
    return workbook_answer(returns_template(at=timezone.now()), "银行季报历史导入模板")


@require_http_methods(["GET", "HEAD", "POST"])
def banks(request: KpiRequest) -> HttpResponse:
    asked = request.POST.get("bank") if request.method == "POST" else request.GET.get("edit")
    number = int(asked) if asked and asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    editing = Bank.objects.select_related("organisation").filter(pk=number).first() if number else None
    initial: dict[str, Any] = {"version": 0, "active": True}
    if editing:
        linked = editing.organisation.name if editing.organisation else ""
        initial = {
            "version": editing.version,
            "code": editing.code,
            "name": editing.name,
            "organisation": linked,
            "active": editing.active,
        }
    form, refusal = BankForm(request.POST or None, initial=initial), None
    if request.method == "POST":
        access.require_office(request.actor, "银行名单")
        try:
            bank_services.save_bank(actor=request.actor, bank_id=number, at=timezone.now(), **checked(form))
            return redirect("finance_policy:banks")
        except Refused as found:
            refusal = again(found)
    context = {
        "rows": Bank.objects.select_related("organisation").order_by("-active", "code"),
        "editing": editing,
        "office": access.is_office(request.actor),
        "form": form,
        "refusal": refusal,
    }
    return render(request, "finance/banks.html", context, status=status_of(refusal))
