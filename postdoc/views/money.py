"""预算和标准: the budget of each year, every figure with its clause, the notices of arrangement."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.lib.errors import NotAllowed, Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act
from postdoc import access
from postdoc.forms import ArrangementForm, BudgetForm, FigureForm, StrikeForm
from postdoc.models import Arrangement, BudgetChange, Figure
from postdoc.queries.figures import entered_by, figures, resting_on
from postdoc.queries.money import years
from postdoc.rules.figures import LABELS, RETIRED
from postdoc.services import money as services
from postdoc.views._common import sent, shown

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


def _strikes(request: KpiRequest) -> dict[int | None, StrikeForm | str]:
    """The form of every entered line that nothing rests on; a word for who entered it: another one strikes it."""
    return {
        one.pk: "own" if entered_by(one, request.actor) else form_of(request, StrikeForm, f"strike-{one.pk}")
        for one in Figure.objects.filter(struck_at__isnull=True)
        if resting_on(one.code, one.starts_on) is None
    }


def _word(status: str, starts_on: date, today: date) -> str:
    return "later" if starts_on > today else "confirmed" if status == "entered" else status


@page_act(money_page)
def budget(request: KpiRequest) -> HttpResponse:
    access.require_treasury(request.actor, "录入预算")
    services.change_budget(actor=request.actor, at=timezone.now(), **sent(request, BudgetForm, "budget"))
    return redirect("postdoc:money")


@page_act(money_page)
def figure(request: KpiRequest) -> HttpResponse:
    access.require_handler(request.actor, "录入标准")
    services.enter_figure(actor=request.actor, at=timezone.now(), **sent(request, FigureForm, "figure"))
    return redirect("postdoc:money")


@page_act(money_page)
def strike_figure(request: KpiRequest, figure_id: int) -> HttpResponse:
    access.require_handler(request.actor, "撤销标准")
    given = sent(request, StrikeForm, f"strike-{figure_id}")
    services.strike_figure(actor=request.actor, figure_id=figure_id, at=timezone.now(), **given)
    return redirect("postdoc:money")


@page_act(money_page)
def arrangement(request: KpiRequest) -> HttpResponse:
    access.require_handler(request.actor, "登记经费安排通知")
    given = sent(request, ArrangementForm, "arrangement")
    services.enter_arrangement(actor=request.actor, at=timezone.now(), **given)
    return redirect("postdoc:money")
