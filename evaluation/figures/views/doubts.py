"""存疑影响: what to confirm first, for the office alone and on the screen alone; nothing of it is a result."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from evaluation.engine.queries.doubts import Doubt, doubt_of, doubts_of, periods_with_marks
from evaluation.engine.queries.engine_inputs import engine_inputs
from evaluation.scheme.access.office import require_office
from evaluation.scheme.queries import figures, scheme_pages
from evaluation.scheme.queries.waiting import mark_waiting, waiting_in
from evaluation.scheme.views.schemes import place_of
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import shown


@dataclass(frozen=True)
class Line:
    """`moves`: name of the unit, place now, place then."""

    doubt: Doubt
    subject: str
    value: str
    moves: list[tuple[str, int | None, int | None]]


def doubts_page(request: KpiRequest, year: int, track: str, refusal: Refused | None = None) -> HttpResponse:
    """`period`: of the address, or of the form of the page."""
    scheme = scheme_pages.scheme_by(year, track)
    require_office(request.actor, Verb.CONFIRM_FIGURES, track=scheme.track)
    periods = periods_with_marks(scheme)
    wanted = place_of(request, "period")
    period = next((one for one in periods if one.code == wanted), None)
    if wanted and period is None:
        raise NotFound
    period = period or next(iter(periods), None)
    context: dict[str, Any] = {"scheme": scheme, "periods": periods, "period": period, "confirming": True}
    if period is not None:
        inputs = engine_inputs(scheme, period)
        found = doubts_of(inputs)
        names = {o.code: o.name for o in inputs.view.organisations}
        mark_waiting([row.figure for row in found.rows], waiting_in(scheme))
        shares = figures.organisation_names(row.figure for row in found.rows)
        lines = [_line(row, names, shares) for row in found.rows]
        context |= {
            "found": found,
            "moving": [line for line in lines if line.doubt.changed],
            "quiet": [line for line in lines if not line.doubt.changed],
            "waiting": [iv.indicator for iv in inputs.view.indicators if iv.indicator.number in found.waiting],
        }
    return shown(request, "evaluation/figures/doubts.html", context, refusal)


@require_safe
def doubts(request: KpiRequest, year: int, track: str) -> HttpResponse:
    return doubts_page(request, year, track)


def _line(row: Doubt, names: dict[str, str], shares: dict[str, str]) -> Line:
    moves = [(names[m.code], m.before, m.after) for m in row.worst.moves] if row.worst else []
    value = figures.value_words(row.figure.kind, row.figure.value, shares)
    return Line(row, figures.subject_words(row.figure), value, moves)


@require_safe
def figure_doubt(request: KpiRequest, figure_id: int) -> HttpResponse:
    """The same of one figure, as a fragment of its panel."""
    figure = figures.figure_by(figure_id)
    require_office(request.actor, Verb.CONFIRM_FIGURES, track=figure.scheme.track)
    period = next(iter(periods_with_marks(figure.scheme)), None)
    context: dict[str, Any] = {"figure": figure, "scheme": figure.scheme, "period": period}
    if period is not None and figure.unsettled:
        inputs = engine_inputs(figure.scheme, period)
        names = {o.code: o.name for o in inputs.view.organisations}
        if any(one.pk == figure.pk for one in inputs.unconfirmed):
            context["line"] = _line(doubt_of(inputs, figure), names, {})
    return render(request, "evaluation/figures/_doubt.html", context)
