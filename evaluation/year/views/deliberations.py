"""结果审议: what the minutes say, typed in one table, confirmed by a second person."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

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
from evaluation.year.views.year_end import raised, year_page
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import Malformed, Refused
from miyun_kpi.requests import KpiRequest


@dataclass(frozen=True)
class OutcomeRow:
    """One 加减分 before the meeting, with what is typed or stored of it."""

    line: Line
    said: Said
    problem: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
def deliberation(request: KpiRequest, year: int, track: str) -> HttpResponse:
    """Record the meeting, or change what waits for the second person."""
    actor = request.actor
    scheme = access.year_scheme(actor, year, track)
    access.require_year_work(actor, scheme)
    found = year_end(scheme, list(access.year_rankings(actor, scheme)))
    existing = found.recorded
    ranking = found.official or found.latest
    if request.method != "POST":
        form = DeliberationForm(initial=_initial(existing, ranking))
        return _page(request, scheme, form, _stored(existing), said_of_ties(existing), existing, ranking)
    form = DeliberationForm(request.POST)
    said = _said(request, scheme)
    ties = {key[4:]: str(value) for key, value in request.POST.items() if key.startswith("tie-")}
    if not form.is_valid():
        return _page(request, scheme, form, said, ties, existing, ranking, status=422)
    data = form.cleaned_data
    minutes = Minutes(
        ranking_id=data["ranking"],
        meeting=data["meeting"],
        held_on=data["held_on"],
        minutes_number=data["minutes_number"],
        note=data["note"],
        outcomes={pk: one for pk, one in said.items() if one.outcome},
        ties=ties,
    )
    try:
        record_deliberation(
            actor=actor, scheme_id=scheme.pk, version=data["version"], minutes=minutes, at=timezone.now()
        )
    except Refused as refusal:
        if raised(refusal):
            raise
        form.explain(refusal)
        return _page(request, scheme, form, said, ties, existing, ranking, refusal.status)
    if "again" in request.POST:  # 保存，看并列
        return redirect("evaluation:deliberation", year=year, track=track)
    return redirect("evaluation:year-end", year=year, track=track)


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


def _page(
    request: KpiRequest,
    scheme: Scheme,
    form: DeliberationForm,
    said: dict[int, Said],
    ties: dict[str, str],
    existing: Deliberation | None,
    ranking: Ranking | None,
    status: int = 200,
) -> HttpResponse:
    rows = Adjustment.objects.filter(scheme=scheme, state=AdjustmentState.CHECKED)
    rows = rows.select_related("organisation", "scheme", "proposed_for").order_by("organisation__order", "pk")
    decided: dict[int, Decimal] = {}
    if existing is not None:
        decided = {one.adjustment_id: one.points for one in existing.outcomes.all()}
    context = {
        "scheme": scheme,
        "form": form,
        "existing": existing,
        "ranking": ranking,
        "outcomes": AdjustmentOutcome.choices,
        "rows": [OutcomeRow(line, said.get(line.adjustment.pk, Said(""))) for line in lines_of(list(rows))],
        "ties": ties_with(ranking, decided, ties) if ranking else [],
        "vetoed": vetoed(scheme),
    }
    return render(request, "evaluation/year/deliberation.html", context, status=status)


@require_POST
def confirm(request: KpiRequest, deliberation_id: int) -> HttpResponse:
    found = one_of(Deliberation.objects.select_related("scheme").filter(pk=deliberation_id))
    actor = request.actor
    scheme = access.year_scheme(actor, found.scheme.year, found.scheme.track)
    version = request.POST.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise Malformed("bad-request", "这次提交读不懂，没有执行。请刷新后再试。")
    try:
        confirm_deliberation(actor=actor, deliberation_id=deliberation_id, version=int(version), at=timezone.now())
    except Refused as refusal:
        if raised(refusal):
            raise
        return year_page(request, scheme, refusal)
    return redirect("evaluation:year-end", year=scheme.year, track=scheme.track)
