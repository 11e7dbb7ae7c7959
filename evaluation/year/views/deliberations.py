"""结果审议: what the minutes say, typed in one table, confirmed by a second person."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from evaluation.adjustments.models import Adjustment
from evaluation.adjustments.queries import Line, lines_of
from evaluation.engine.models.ranking import Ranking
from evaluation.enums import AdjustmentOutcome, AdjustmentState
from evaluation.scheme.models.scheme import Scheme
from evaluation.year.access import year_end as access
from evaluation.year.forms.year_end import DeliberationForm
from evaluation.year.models.year_end import Deliberation
from evaluation.year.queries.year_end import said_of_ties, ties_with, vetoed, year_end
from evaluation.year.services.deliberation import Minutes, Said, confirm_deliberation, record_deliberation
from evaluation.year.views.year_end import after, page_of, scheme_of_row
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown, whole


@dataclass(frozen=True)
class OutcomeRow:
    """One 加减分 before the meeting, with what is typed or stored of it."""

    line: Line
    said: Said
    problem: str = ""


def _page(request: KpiRequest, year: int, track: str, refusal: Refused | None = None) -> HttpResponse:
    actor = request.actor
    scheme = access.year_scheme(actor, year, track)
    access.require_year_work(actor, scheme)
    found = year_end(scheme, list(access.year_rankings(actor, scheme)))
    existing, ranking = found.recorded, found.official or found.latest
    typed = request.method == "POST"
    said = _said(request, scheme) if typed else _stored(existing)
    ties = _ties(request) if typed else said_of_ties(existing)
    rows = Adjustment.objects.filter(scheme=scheme, state=AdjustmentState.CHECKED)
    rows = rows.select_related("organisation", "scheme", "proposed_for").order_by("organisation__order", "pk")
    decided: dict[int, Decimal] = {}
    if existing is not None:
        decided = {one.adjustment_id: one.points for one in existing.outcomes.all()}
    context = {
        "scheme": scheme,
        "form": form_of(request, DeliberationForm, initial=_initial(existing, ranking)),
        "existing": existing,
        "ranking": ranking,
        "outcomes": AdjustmentOutcome.choices,
        "rows": [OutcomeRow(line, said.get(line.adjustment.pk, Said(""))) for line in lines_of(list(rows))],
        "ties": ties_with(ranking, decided, ties) if ranking else [],
        "vetoed": vetoed(scheme),
    }
    return shown(request, "evaluation/year/deliberation.html", context, refusal)


@page_act(_page, opens=True, explains=True)
def deliberation(request: KpiRequest, year: int, track: str) -> HttpResponse:
    """Record the meeting, or change what waits for the second person."""
    actor = request.actor
    scheme = access.year_scheme(actor, year, track)
    access.require_year_work(actor, scheme)
    data = sent(request, DeliberationForm)
    version, ranking_id = data.pop("version"), data.pop("ranking")
    outcomes = {pk: one for pk, one in _said(request, scheme).items() if one.outcome}
    minutes = Minutes(ranking_id=ranking_id, outcomes=outcomes, ties=_ties(request), **data)
    record_deliberation(actor=actor, scheme_id=scheme.pk, version=version, minutes=minutes, at=timezone.now())
    if "again" in request.POST:  # 保存，看并列
        return redirect("evaluation:deliberation", year=year, track=track)
    return after(scheme)


def _ties(request: KpiRequest) -> dict[str, str]:
    return {key[4:]: str(value) for key, value in request.POST.items() if key.startswith("tie-")}


def _initial(existing: Deliberation | None, ranking: Ranking | None) -> dict[str, Any]:
    if existing is None:
        return {"version": 0, "ranking": ranking.pk if ranking else None}
    names = ("version", "meeting", "held_on", "minutes_number", "note")
    return {name: getattr(existing, name) for name in names} | {"ranking": ranking.pk if ranking else None}


def _stored(existing: Deliberation | None) -> dict[int, Said]:
    if existing is None:
        return {}
    return {
        one.adjustment_id: Said(one.outcome, plain(abs(one.points)), one.tie_decision)
        for one in existing.outcomes.all()
    }


def _said(request: KpiRequest, scheme: Scheme) -> dict[int, Said]:
    """The typed rows, of adjustments before the meeting only."""
    ids = Adjustment.objects.filter(scheme=scheme, state=AdjustmentState.CHECKED).values_list("pk", flat=True)
    return {
        pk: Said(
            request.POST.get(f"outcome-{pk}", ""),
            request.POST.get(f"points-{pk}", "")[:20],
            request.POST.get(f"tied-{pk}", "")[:500],
        )
        for pk in ids
    }


@page_act(page_of(Deliberation))
def confirm(request: KpiRequest, pk: int) -> HttpResponse:
    scheme = scheme_of_row(request, Deliberation, pk)
    version = whole(request, "version") or 0
    confirm_deliberation(actor=request.actor, deliberation_id=pk, version=version, at=timezone.now())
    return after(scheme)
