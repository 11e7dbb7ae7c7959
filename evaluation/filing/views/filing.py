"""报送: what is filed and what not, what that could move, and what the office decides about it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation.enums import DecisionKind, SheetState
from evaluation.filing.excel import filing_workbook
from evaluation.filing.forms import ConfirmForm, DecisionForm
from evaluation.filing.queries.filing_statistics import (
    BAR,
    Statistics,
    filing_statistics,
    impact_of,
    mark_periods,
    unfiled_sheets,
)
from evaluation.filing.services import filing as services
from evaluation.periods.queries.periods import period_by
from evaluation.scheme.access.office import is_ranked_co_office, require_office, runs_by_track
from evaluation.scheme.models.scheme import Scheme
from evaluation.sheets.access import sheets_visible_to, visible_sheet
from evaluation.sheets.models.filing import SheetDecision
from evaluation.sheets.models.marks import MarkSheet
from evaluation.sheets.queries.filing import decisions_of
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.enums import TRACK_CHOICES
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.write import CONTENT_TYPE
from miyun_kpi.web.acts import asked, form_of, page_act, sent, shown
from miyun_kpi.web.answers import download


def _statistics(request: KpiRequest) -> tuple[Statistics, dict[str, Any]]:
    """The filters and what they leave: of the office alone; 区发改委 sees the departments' sheets only as its own."""
    actor = request.actor
    require(actor, Verb.DECIDE_FILING)
    periods = mark_periods()
    chosen = next((one for one in periods if one.code == request.GET.get("period", "")), None)
    track = request.GET.get("track", "")
    found = filing_statistics(sheets_visible_to(actor), [chosen] if chosen else periods, track)
    return found, {"all_periods": periods, "period": chosen, "track": track}


@require_safe
def statistics(request: KpiRequest) -> HttpResponse:
    """Expected, filed, on time, late per evaluator and period; of one period also what is not filed."""
    actor = request.actor
    found, filters = _statistics(request)
    period = filters["period"] or next(iter(filters["all_periods"]), None)
    unfiled = unfiled_sheets(sheets_visible_to(actor), period, filters["track"]) if period else []
    runs = runs_by_track(actor)
    context = {
        "found": found,
        **filters,
        "tracks": TRACK_CHOICES,
        "open_period": period,
        "unfiled": [(one, list(one.decisions.all()), runs[one.scheme.track]) for one in unfiled],
        "impact_tracks": TRACK_CHOICES[1:2] if is_ranked_co_office(actor) else TRACK_CHOICES[1:],
        "now": timezone.now(),
    }
    return render(request, "evaluation/filing/filing.html", context)


@require_safe
def statistics_sheet(request: KpiRequest) -> HttpResponse:
    found, _ = _statistics(request)
    content = filing_workbook(found, viewer=request.actor.label, at=timezone.now())
    return download(content, CONTENT_TYPE, "打分表报送统计.xlsx")


@require_safe
def impact(request: KpiRequest, code: str, track: str) -> HttpResponse:
    """缺表影响: for the office alone, on the screen alone."""
    actor = request.actor
    require_office(actor, Verb.DECIDE_FILING, track=track)
    period = period_by(code)
    scheme = one_of(Scheme.objects.filter(track=track, sheets__period=period))
    found, refusal = asked(lambda: impact_of(scheme, period, sheets_visible_to(actor)))
    context = {
        "scheme": scheme,
        "period": period,
        "bar": BAR,
        "now": timezone.now(),
        "impact": found,
        "refusal": refusal,
    }
    return render(request, "evaluation/filing/filing_impact.html", context)


def _sheet_of_office(actor: Actor, sheet_id: int) -> MarkSheet:
    sheet = visible_sheet(actor, sheet_id)
    require_office(actor, Verb.DECIDE_FILING, track=sheet.scheme.track)
    return sheet


def _decision_page(request: KpiRequest, sheet_id: int, refusal: Refused | None = None) -> HttpResponse:
    sheet = _sheet_of_office(request.actor, sheet_id)
    found = decisions_of(sheet)
    waiting = next((one for one in found if one.state == "proposed"), None)
    context = {
        "sheet": sheet,
        "filed": sheet.state == SheetState.FILED,
        "form": form_of(request, DecisionForm),
        "confirm_form": form_of(request, ConfirmForm),
        "decisions": found,
        "waiting": waiting,
        "own": waiting is not None and waiting.recorded_by_id == request.actor.user_id,
        "now": timezone.now(),
    }
    return shown(request, "evaluation/filing/filing_decision.html", context, refusal)


@page_act(_decision_page, opens=True)
def sheet_decision(request: KpiRequest, sheet_id: int) -> HttpResponse:
    """缺表处理决定 on one sheet: recorded here, confirmed here by a second person."""
    _sheet_of_office(request.actor, sheet_id)
    data = sent(request, DecisionForm)
    data["kind"] = DecisionKind(data["kind"])
    services.record_decision(actor=request.actor, sheet_id=sheet_id, at=timezone.now(), **data)
    return redirect("evaluation:sheet-decision", sheet_id=sheet_id)


def _page_of(request: KpiRequest, decision_id: int, refusal: Refused) -> HttpResponse:
    return _decision_page(request, one_of(SheetDecision.objects.filter(pk=decision_id)).sheet_id, refusal)


@page_act(_page_of)
def decide(request: KpiRequest, decision_id: int) -> HttpResponse:
    """Confirmed or given back by a second person of the office."""
    found = one_of(SheetDecision.objects.filter(pk=decision_id))
    _sheet_of_office(request.actor, found.sheet_id)
    data = sent(request, ConfirmForm)
    confirm = data.pop("decision") == "confirm"
    services.decide_decision(actor=request.actor, decision_id=decision_id, confirm=confirm, at=timezone.now(), **data)
    return redirect("evaluation:sheet-decision", sheet_id=found.sheet_id)
