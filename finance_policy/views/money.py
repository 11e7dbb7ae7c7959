"""风险补偿基金, indicators with their charts, cover of insurance, and 环保一票否决."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from finance_policy import access
from finance_policy.excel import fund_workbook
from finance_policy.forms import (
    EntryForm,
    LiftForm,
    VetoForm,
)
from finance_policy.models import Bank, FundEntry, VetoReceipt
from finance_policy.queries import figures
from finance_policy.queries.returns import releases
from finance_policy.rules.coverage import TARGET
from finance_policy.services import veto as veto_services
from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.errors import Malformed, Refused
from miyun_kpi.proposals.declaring import asked_by
from miyun_kpi.proposals.registry import decision
from miyun_kpi.proposals.services import propose
from miyun_kpi.registers.registry import kind_by
from miyun_kpi.registers.views.records import workbook_answer
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown
from miyun_kpi.web.forms.days import read_late


def _fund_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    rows = FundEntry.objects.select_related("reverses", "reversed_by").order_by("-number")
    reads = access.reads_fund(request.actor)
    page = page_asked(request.GET, rows if reads else rows.none(), 50)
    newest = rows.first()
    context = {
        "page": page,
        "reads": reads,
        "number": newest.number if newest else 0,
        "balance": newest.balance if newest else None,
        "keeps": access.keeps_fund(request.actor),
        "form": form_of(request, EntryForm),
    }
    return shown(request, "finance/fund.html", context, refusal)


@page_act(_fund_page, opens=True)
def fund(request: KpiRequest) -> HttpResponse:
    decision("finance-fund").may(request.actor, {})
    at = timezone.now()
    made = propose(
        actor=request.actor, at=at, code="finance-fund", **asked_by(sent(request, EntryForm, read=read_late), at)
    )
    return redirect("proposals:proposal", proposal_id=made.pk)


@page_act(_fund_page)
def reverse_entry(request: KpiRequest, entry_id: int) -> HttpResponse:
    decision("finance-fund-reverse").may(request.actor, {})
    given = {"entry_id": entry_id, "reason": request.POST.get("reason", "")}
    made = propose(actor=request.actor, code="finance-fund-reverse", at=timezone.now(), **given)
    return redirect("proposals:proposal", proposal_id=made.pk)


@require_safe
def fund_sheet(request: KpiRequest) -> HttpResponse:
    access.require_reading_fund(request.actor)
    rows = list(FundEntry.objects.order_by("number"))
    return workbook_answer(fund_workbook(rows, viewer=request.actor.label, at=timezone.now()), "绿色信贷风险补偿基金")


def _day(request: KpiRequest) -> date:
    text = request.GET.get("on", "")
    try:
        return date.fromisoformat(text) if text else timezone.localdate()
    except ValueError:
        raise Malformed("bad-date", f"日期“{text[:20]}”读不懂，请写成 2020-09-25。") from None


@require_safe
def indicators(request: KpiRequest) -> HttpResponse:
    rights = kind_by("finance", "indicators")[1]
    context = {
        "groups": figures.indicators(timezone.localdate()),
        "releases": releases(),
        "adds": rights.adds(request.actor),
    }
    return render(request, "finance/indicators.html", context)


@require_safe
def insurance(request: KpiRequest) -> HttpResponse:
    on = _day(request)
    context = {"one": figures.insurance(on), "on": on, "target": TARGET}
    return render(request, "finance/insurance.html", context)


def _vetoes_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    actor = request.actor
    bank = access.own_bank(actor)
    page = page_asked(request.GET, access.visible_notices(actor).prefetch_related("receipts"), 50)
    context = {
        "page": page,
        "rows": [
            (row, len(row.receipts.all()), bank and any(one.bank_id == bank.pk for one in row.receipts.all()))
            for row in page
        ],
        "banks": Bank.objects.filter(active=True).count(),
        "bank": bank,
        "reads": access.receives(actor),
        "issues": access.grades(actor),
        "form": form_of(request, VetoForm, initial={"issued_on": timezone.localdate()}),
    }
    return shown(request, "finance/vetoes.html", context, refusal)


@page_act(_vetoes_page, opens=True)
def vetoes(request: KpiRequest) -> HttpResponse:
    access.require_environment(request.actor, "环保一票否决信息的发出")
    veto_services.issue(actor=request.actor, at=timezone.now(), **sent(request, VetoForm))
    return redirect("finance_policy:vetoes")


@require_safe
def veto(request: KpiRequest, notice_id: int) -> HttpResponse:
    return _veto_page(request, notice_id)


def _veto_page(request: KpiRequest, notice_id: int, refusal: Refused | None = None) -> HttpResponse:
    """A bank sees its own receipt; the bureau and the office see whose are there."""
    actor = request.actor
    row = access.visible_notice(actor, notice_id)
    bank = access.own_bank(actor)
    whole = access.grades(actor) or access.is_office(actor)
    receipts = VetoReceipt.objects.filter(notice=row).select_related("bank")
    readable = list(receipts if whole else receipts.filter(bank__in=access.own_banks(actor)))
    signed = {one.bank_id for one in readable}
    fills = bank is not None and access.fills(actor, bank.pk)
    context = {
        "row": row,
        "receipts": readable,
        "waiting": Bank.objects.filter(active=True).exclude(pk__in=signed) if whole else [],
        "own": next((one for one in readable if bank and one.bank_id == bank.pk), None),
        "bank": bank if fills else None,
        "lifts": access.grades(actor) and row.lifted_on is None,
        "lift_form": form_of(request, LiftForm, initial={"version": row.version, "on": timezone.localdate()}),
        "decision": request.POST.get("decision", ""),
    }
    return shown(request, "finance/veto.html", context, refusal)


@page_act(_veto_page)
def act_on_veto(request: KpiRequest, notice_id: int) -> HttpResponse:
    """Receive, decide (a bank) or lift (the bureau), by the button pressed."""
    actor, at, given = request.actor, timezone.now(), request.POST
    access.visible_notice(actor, notice_id)
    if "receive" in given:
        veto_services.receive(actor=actor, notice_id=notice_id, at=at)
    elif "decide" in given:
        veto_services.decide(actor=actor, notice_id=notice_id, decision=given.get("decision", ""), at=at)
    else:
        access.require_environment(actor, "环保一票否决信息的解除")
        veto_services.lift(actor=actor, notice_id=notice_id, at=at, **sent(request, LiftForm))
    return redirect("finance_policy:veto", notice_id=notice_id)
