"""The dated tables and readings behind every figure: entered, and struck where they were mistyped, by two persons each."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from farmland.enums import CHOICE_DEFAULTS, RATE_UNITS, Choice, RateKind
from farmland.forms import ChooseForm, PeriodForm, RateForm, StrikeChoiceForm, StrikePeriodForm, StrikeRateForm
from farmland.models import Rate, RulePeriod, Setting
from farmland.queries import tables
from farmland.services import striking
from farmland.views.frame import shown
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.proposals.registry import decision
from miyun_kpi.proposals.services import propose
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent


@require_safe
def rates(request: KpiRequest) -> HttpResponse:
    return rates_page(request)


def rates_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    """The tables are public reading: nobody should have to guess what a mu costs."""
    rows = list(Rate.objects.all())
    today = timezone.localdate()
    held, history = tables.choices(today), list(Setting.objects.order_by("key", "-starts_on", "-id"))
    context = {
        "tables": [
            (RateKind(kind).label, RATE_UNITS[kind], [row for row in rows if row.kind == kind])
            for kind in RateKind.values
        ],
        "periods": RulePeriod.objects.all(),
        "choices": [
            (Choice(key).label, held[key], CHOICE_DEFAULTS[key], [one for one in history if one.key == key])
            for key in Choice.values
        ],
        "rate_form": form_of(request, RateForm),
        "period_form": form_of(request, PeriodForm),
        "choose_form": form_of(request, ChooseForm, initial={"starts_on": today}),
    }
    return shown(request, "farmland/rates.html", context, refusal)


@dataclass(frozen=True)
class Table:
    entered: type[forms.Form]
    struck: type[forms.Form]
    model: type[Rate | RulePeriod | Setting]


TABLES: dict[str, Table] = {
    "rate": Table(RateForm, StrikeRateForm, Rate),
    "period": Table(PeriodForm, StrikePeriodForm, RulePeriod),
    "choose": Table(ChooseForm, StrikeChoiceForm, Setting),
}


def _table(table: str) -> Table:
    if table not in TABLES:
        raise NotFound
    return TABLES[table]


@page_act(rates_page)
def enter(request: KpiRequest, table: str) -> HttpResponse:
    found, code = _table(table), f"farmland-{table}"
    decision(code).may(request.actor, {})
    made = propose(actor=request.actor, code=code, at=timezone.now(), **sent(request, found.entered))
    return redirect("proposals:proposal", proposal_id=made.pk)


def strike_page(request: KpiRequest, table: str, row_id: int, refusal: Refused | None = None) -> HttpResponse:
    """What rests on the row is listed before anybody proposes to strike it."""
    found, kind = _table(table), decision(f"farmland-strike-{table}")
    kind.may(request.actor, {})
    row = striking.row_of(found.model, row_id)
    nothing: dict[str, Any] = dict.fromkeys(kind.takes) | {"row_id": row_id, "reason": "", "basis": ""}
    context = {
        "row": row,
        "label": striking.label_of(row),
        "rests": kind.warns(nothing),
        "form": form_of(request, found.struck),
        "table": table,
    }
    return shown(request, "farmland/strike.html", context, refusal)


@page_act(strike_page, opens=True)
def strike(request: KpiRequest, table: str, row_id: int) -> HttpResponse:
    found, code = _table(table), f"farmland-strike-{table}"
    decision(code).may(request.actor, {})
    given = sent(request, found.struck) | {"row_id": row_id}
    made = propose(actor=request.actor, code=code, at=timezone.now(), **given)
    return redirect("proposals:proposal", proposal_id=made.pk)
