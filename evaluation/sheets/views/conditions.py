"""与本期记录不符: the page of the office, beside 记录对照."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from evaluation.enums import ConditionState
from evaluation.sheets.forms.conditions import MarkConditionForm
from evaluation.sheets.forms.record import WithdrawLineForm
from evaluation.sheets.models.conditions import MarkCondition
from evaluation.sheets.queries.carrying import offered_conditions
from evaluation.sheets.queries.conditions import condition_of, conditions_of, last_period
from evaluation.sheets.services import conditions as services
from evaluation.sheets.services.carrying import carry_conditions
from evaluation.sheets.views.record import kept_scheme
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.lists import first
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, on_top, page_act, sent, shown, ticked, version_of

SHOWN = 60


def _withdrawing(request: KpiRequest, row: MarkCondition) -> WithdrawLineForm:
    form = form_of(request, WithdrawLineForm, f"condition-{row.pk}", initial={"version": row.version})
    return on_top(form, row.version)


def _page(request: KpiRequest, year: int, track: str, refusal: Refused | None = None) -> HttpResponse:
    scheme, at = kept_scheme(request, year, track), timezone.now()
    rows = conditions_of(scheme)
    standing = [row for row in rows if row.state != ConditionState.WITHDRAWN]
    context = {
        "scheme": scheme,
        "offered": offered_conditions(scheme),
        "form": form_of(request, MarkConditionForm),
        "last": last_period(scheme, at),
        "standing": [(row, _withdrawing(request, row), first(row.trial.get("cells", ()), SHOWN)) for row in standing],
        "gone": [row for row in rows if row.state == ConditionState.WITHDRAWN],
    }
    return shown(request, "evaluation/sheets/mark_conditions.html", context, refusal)


@page_act(_page, opens=True, explains=True)
def conditions(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = kept_scheme(request, year, track)
    given = sent(request, MarkConditionForm)
    services.add_condition(actor=request.actor, scheme_id=scheme.pk, at=timezone.now(), **given)
    return redirect("evaluation:mark-conditions", year=year, track=track)


@page_act(_page)
def move(request: KpiRequest, year: int, track: str, condition_id: int) -> HttpResponse:
    """试算, or 启用."""
    row = condition_of(kept_scheme(request, year, track), condition_id)
    act = services.activate_condition if "activate" in request.POST else services.try_condition
    act(actor=request.actor, condition_id=row.pk, version=version_of(request), at=timezone.now())
    return redirect("evaluation:mark-conditions", year=year, track=track)


@page_act(_page)
def withdraw(request: KpiRequest, year: int, track: str, condition_id: int) -> HttpResponse:
    row = condition_of(kept_scheme(request, year, track), condition_id)
    given = sent(request, WithdrawLineForm, f"condition-{row.pk}")
    services.withdraw_condition(
        actor=request.actor, condition_id=row.pk, version=given["version"], reason=given["reason"], at=timezone.now()
    )
    return redirect("evaluation:mark-conditions", year=year, track=track)


@page_act(_page)
def carry(request: KpiRequest, year: int, track: str) -> HttpResponse:
    chosen = [pk for pk, _ in ticked(request, "condition")]
    carry_conditions(
        actor=request.actor, scheme_id=kept_scheme(request, year, track).pk, conditions=chosen, at=timezone.now()
    )
    return redirect("evaluation:mark-conditions", year=year, track=track)
