"""预算和标准: the budget of each year, every figure with its clause, the notices of arrangement."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed, Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.forms import offer
from postdoc import access
from postdoc.forms import ArrangementForm, BudgetForm, FigureForm, StrikeForm, checked
from postdoc.models import Arrangement, BudgetChange, Figure
from postdoc.queries.figures import entered_by, figures, resting_on
from postdoc.queries.money import years
from postdoc.rules.figures import LABELS, RETIRED
from postdoc.services import money as services
from postdoc.views._common import answer, bind, shown_here

SAID = LABELS | RETIRED


def _require_reader(request: KpiRequest) -> None:
    if not (access.reads_all(request.actor) or access.enters(request.actor)):
        raise NotAllowed("not-yours", "预算和标准由区人社局、区财政局和各工作站的填报单位查看，没有打开。")


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    _require_reader(request)
    return money_page(request)


def _figure_form(form: forms.Form) -> forms.Form:
    offer(
        form,
        "code",
        [
            ("", "请选"),
            *((code, f"{name}（{unit}）") for code, (name, unit) in LABELS.items()),
        ],
    )
    return form


def money_page(
    request: KpiRequest, refusal: Refused | None = None, typed: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    actor, today = request.actor, timezone.localdate()
    treasury, handler = access.is_treasury(actor), access.is_handler(actor)
    whole = access.reads_all(actor)
    strikes = _strikes(actor, typed) if handler else {}
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
        "budget": bind(BudgetForm, "budget", typed, year=today.year) if treasury else None,
        "figure": _figure_form(bind(FigureForm, "figure", typed)) if handler else None,
        "arrangement": bind(ArrangementForm, "arrangement", typed) if handler else None,
        "open": typed[0] if typed else "",
    }
    return answer(request, "postdoc/money.html", context, refusal)


def _strikes(actor: Actor, typed: tuple[str, forms.Form] | None) -> dict[int | None, tuple[str, forms.Form | None]]:
    """Act and form of every entered line that nothing rests on; no form for who entered it: another one strikes it."""
    return {
        one.pk: (act := f"strike-{one.pk}", None if entered_by(one, actor) else bind(StrikeForm, act, typed))
        for one in Figure.objects.filter(struck_at__isnull=True)
        if resting_on(one.code, one.starts_on) is None
    }


def _word(status: str, starts_on: date, today: date) -> str:
    return "later" if starts_on > today else "confirmed" if status == "entered" else status


def _post(
    request: KpiRequest, name: str, form: forms.Form, act: Callable[[dict[str, Any], datetime], Any]
) -> HttpResponse:
    try:
        act(checked(form), timezone.now())
    except Refused as found:
        return money_page(request, shown_here(found), (name, form))
    return redirect("postdoc:money")


@require_POST
def budget(request: KpiRequest) -> HttpResponse:
    actor = request.actor
    access.require_treasury(actor, "录入预算")
    form = BudgetForm(request.POST, auto_id="budget-%s")
    return _post(request, "budget", form, lambda given, at: services.change_budget(actor=actor, at=at, **given))


@require_POST
def figure(request: KpiRequest) -> HttpResponse:
    actor = request.actor
    access.require_handler(actor, "录入标准")
    form = _figure_form(FigureForm(request.POST, auto_id="figure-%s"))
    return _post(request, "figure", form, lambda given, at: services.enter_figure(actor=actor, at=at, **given))


@require_POST
def strike_figure(request: KpiRequest, figure_id: int) -> HttpResponse:
    actor = request.actor
    access.require_handler(actor, "撤销标准")
    form = StrikeForm(request.POST, auto_id=f"strike-{figure_id}-%s")
    return _post(
        request,
        f"strike-{figure_id}",
        form,
        lambda given, at: services.strike_figure(actor=actor, figure_id=figure_id, at=at, **given),
    )


@require_POST
def arrangement(request: KpiRequest) -> HttpResponse:
    actor = request.actor
    access.require_handler(actor, "登记经费安排通知")
    form = ArrangementForm(request.POST, auto_id="arrangement-%s")
    return _post(
        request, "arrangement", form, lambda given, at: services.enter_arrangement(actor=actor, at=at, **given)
    )
