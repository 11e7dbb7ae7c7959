"""Rewards in both readings, 收支 of 区财政局, and the dated tables and settings behind every figure."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from farmland import access
from farmland.enums import CHOICE_DEFAULTS, RATE_UNITS, Choice, RateKind
from farmland.forms import ChooseForm, MoneyForm, PeriodForm, RateForm, ReverseMoneyForm
from farmland.models import Application, Lot, Rate, RulePeriod, Setting, Transfer
from farmland.queries import money as sums
from farmland.queries import rewards as queries
from farmland.queries import tables
from farmland.queries.soe import soe_lines
from farmland.services import money as services
from farmland.views.frame import shown
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.proposals.registry import decision
from miyun_kpi.proposals.services import propose
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent

PAGE = 100


@require_safe
def rewards(request: KpiRequest) -> HttpResponse:
    """A town sees its own; offices and leaders all."""
    actor = request.actor
    lots = list(access.visible_lots(actor).filter(struck_at__isnull=True).prefetch_related("payments"))
    codes = {lot.town.code for lot in lots}
    every = [line for line in queries.lines() if line.use.town in codes] if lots else []
    near = {row.pk for row in access.visible_applications(actor)}
    context = {
        "towns": queries.by_town(lots) if lots else [],
        "lines": [(line, line.use.application in near or access.reads_all(actor)) for line in every],
        "soe": soe_lines(lots) if access.reads_all(actor) else [],
        "choices": tables.choices(),
    }
    return shown(request, "farmland/rewards.html", context)


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    return money_page(request)


def money_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    found = access.visible_money(request.actor)
    kinds = [line for line in sums.by_kind(found) if line.number]
    context = {
        "kinds": kinds,
        "widest": max((line.amount for line in kinds), default=0),
        "bars": [(line, round(float(line.amount / max(one.amount for one in kinds)) * 100, 1)) for line in kinds],
        "fund": sums.fund() if access.reads_all(request.actor) else None,
        "page": Paginator(found.order_by("-number"), PAGE).get_page(request.GET.get("page")),
        "gone": set(found.filter(reverses__isnull=False).values_list("reverses", flat=True)),
        "form": form_of(request, MoneyForm, initial={"day": timezone.localdate()}),
        "back": form_of(request, ReverseMoneyForm),
    }
    return shown(request, "farmland/money.html", context, refusal)


def _ids(actor: Actor, given: dict[str, Any]) -> dict[str, Any]:
    """Numbers as people write them → rows of the same world."""
    number, record, transfer = given.pop("application"), given.pop("lot"), given.pop("transfer")
    found: dict[str, Any] = {}
    if number:
        found["application_id"] = Application.objects.filter(number=number).values_list("pk", flat=True).first()
    if record:
        lots = Lot.objects.filter(record_number=record.strip(), struck_at__isnull=True)
        found["lot_id"] = lots.values_list("pk", flat=True).first()
    if transfer:
        found["transfer_id"] = Transfer.objects.filter(number=transfer).values_list("pk", flat=True).first()
    return given | found


@page_act(money_page)
def record(request: KpiRequest) -> HttpResponse:
    access.require_money(request.actor)
    movement = services.Movement(**_ids(request.actor, sent(request, MoneyForm)))
    services.record_money(actor=request.actor, movement=movement, at=timezone.now())
    return redirect("farmland:money")


@page_act(money_page)
def reverse(request: KpiRequest) -> HttpResponse:
    access.require_money(request.actor)
    services.reverse_money(actor=request.actor, at=timezone.now(), **sent(request, ReverseMoneyForm))
    return redirect("farmland:money")


@require_safe
def rates(request: KpiRequest) -> HttpResponse:
    return rates_page(request)


def rates_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    """The tables are public reading: nobody should have to guess what a mu costs."""
    rows = list(Rate.objects.all())
    held = tables.choices()
    history = list(Setting.objects.all())
    context = {
        "tables": [
            (RateKind(kind).label, RATE_UNITS[kind], [row for row in rows if row.kind == kind])
            for kind in RateKind.values
        ],
        "periods": RulePeriod.objects.all(),
        "choices": [
            (Choice(key).label, held[key], CHOICE_DEFAULTS[key], next((one for one in history if one.key == key), None))
            for key in Choice.values
        ],
        "history": history,
        "rate_form": form_of(request, RateForm),
        "period_form": form_of(request, PeriodForm),
        "choose_form": form_of(request, ChooseForm),
    }
    return shown(request, "farmland/rates.html", context, refusal)


ENTERED: dict[str, type[forms.Form]] = {"rate": RateForm, "period": PeriodForm, "choose": ChooseForm}


@page_act(rates_page)
def enter(request: KpiRequest, table: str) -> HttpResponse:
    if table not in ENTERED:
        raise NotFound
    code = f"farmland-{table}"
    decision(code).may(request.actor, {})
    made = propose(actor=request.actor, code=code, at=timezone.now(), **sent(request, ENTERED[table]))
    return redirect("proposals:proposal", proposal_id=made.pk)
