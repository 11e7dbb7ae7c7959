"""预算和标准: the budget of each year, every figure with its clause, the notices of arrangement."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.acts.reconciling import month_in, shown_months
from miyun_kpi.lib.errors import NotAllowed, Refused
from miyun_kpi.proposals.registry import decision
from miyun_kpi.proposals.services import propose
from miyun_kpi.proposals.waiting import waiting_months
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act
from postdoc import access
from postdoc.forms import ArrangementForm, BudgetForm, FigureForm, StrikeForm
from postdoc.models import Arrangement, BudgetChange, Figure
from postdoc.queries.figures import figures, resting_on
from postdoc.queries.money import months, years
from postdoc.rules.figures import LABELS, RETIRED
from postdoc.services import money as services
from postdoc.views._common import saved, sent, shown

SAID = LABELS | RETIRED


def _require_reader(request: KpiRequest) -> None:
    if not (access.reads_all(request.actor) or access.enters(request.actor)):
        raise NotAllowed("not-yours", "预算和标准由区人社局、区财政局和各工作站的填报单位查看，没有打开。")


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    _require_reader(request)
    return money_page(request)


def money_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    actor, today = request.actor, timezone.localdate()
    treasury, handler = access.is_treasury(actor), access.is_handler(actor)
    whole = access.reads_all(actor)
    strikes = _strikes(request) if handler else {}
    context = {
        "years": years() if whole else [],
        "whole": whole,
        "changes": list(BudgetChange.objects.select_related("budget").order_by("-pk")) if whole else [],
        "lines": [
            (one, *SAID[one.code], _word(one.status, one.starts_on, today), strikes.get(one.key))
            for one in figures().lines
        ],
        "struck": [
            (one, *SAID[one.code]) for one in Figure.objects.filter(struck_at__isnull=False).order_by("-struck_at")
        ],
        "arrangements": list(Arrangement.objects.all()),
        "budget": form_of(request, BudgetForm, "budget", initial={"year": today.year}) if treasury else None,
        "figure": form_of(request, FigureForm, "figure") if handler else None,
        "arrangement": form_of(request, ArrangementForm, "arrangement") if handler else None,
    }
    return shown(request, "postdoc/money.html", context, refusal)


def _strikes(request: KpiRequest) -> dict[int | None, StrikeForm]:
    """The form of every entered line that nothing rests on."""
    return {
        one.pk: form_of(request, StrikeForm, f"strike-{one.pk}")
        for one in Figure.objects.filter(struck_at__isnull=True)
        if resting_on(one.code, one.starts_on) is None
    }


def _word(status: str, starts_on: date, today: date) -> str:
    return "later" if starts_on > today else "confirmed" if status == "entered" else status


@page_act(money_page)
def budget(request: KpiRequest) -> HttpResponse:
    return _proposed(request, "postdoc-budget", BudgetForm, "budget")


@page_act(money_page)
def figure(request: KpiRequest) -> HttpResponse:
    return _proposed(request, "postdoc-figure", FigureForm, "figure")


@page_act(money_page)
def strike_figure(request: KpiRequest, figure_id: int) -> HttpResponse:
    return _proposed(request, "postdoc-figure-strike", StrikeForm, f"strike-{figure_id}", figure_id=figure_id)


def _proposed(request: KpiRequest, code: str, form: type[forms.Form], name: str, **places: Any) -> HttpResponse:
    """Right first, then what was typed, then the act as a proposal."""
    decision(code).may(request.actor, places)
    made = propose(actor=request.actor, code=code, at=timezone.now(), **places, **sent(request, form, name))
    return redirect("proposals:proposal", proposal_id=made.pk)


def _months_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    access.require_reads_all(request.actor)
    context = {
        "months": shown_months(months(), timezone.localdate(), waiting_months(request.actor, "postdoc-reconciliation")),
        "keeps": access.is_treasury(request.actor),
    }
    return shown(request, "postdoc/months.html", context, refusal)


@page_act(_months_page, opens=True)
def ledger_months(request: KpiRequest) -> HttpResponse:
    decision("postdoc-reconciliation").may(request.actor, {})
    month = request.POST.get("month", "")[:7]
    given = {"month": month, "digest": month_in(months(), month, timezone.localdate()).digest}
    made = propose(actor=request.actor, code="postdoc-reconciliation", at=timezone.now(), **given)
    return redirect("proposals:proposal", proposal_id=made.pk)


@page_act(money_page)
def arrangement(request: KpiRequest) -> HttpResponse:
    access.require_handler(request.actor, "登记经费安排通知")
    given = sent(request, ArrangementForm, "arrangement")
    services.enter_arrangement(actor=request.actor, at=timezone.now(), **given)
    return saved("postdoc:money")
