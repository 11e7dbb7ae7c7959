"""考评对象 of a period: who is ranked, who acts for whom has ended, and the decisions that leave out or take in (engine 21)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from evaluation.engine.queries.closing import closed_by
from evaluation.enums import UnitChange
from evaluation.filing.forms import SecondOnUnitForm, UnitDecisionForm
from evaluation.filing.queries.population import population_page
from evaluation.filing.services import population as services
from evaluation.periods.models import Period, UnitDecision
from evaluation.periods.queries.periods import period_by
from evaluation.scheme.access.office import may_run, require_office
from evaluation.scheme.models.scheme import Scheme
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.errors import Refused
from miyun_kpi.proposals.services import propose
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown


def _page(request: KpiRequest, code: str, track: str, refusal: Refused | None = None) -> HttpResponse:
    """Read by whoever reads unpublished results; recorded by the office of the track."""
    require(request.actor, Verb.READ_UNPUBLISHED)
    scheme, period = _places(code, track)
    page = population_page(scheme, period)
    context = {
        "page": page,
        "office": may_run(request.actor, track),
        "form": form_of(request, UnitDecisionForm, may_leave=page.may_leave, may_come=page.may_come),
        "user_id": request.actor.user_id,
    }
    return shown(request, "evaluation/filing/population.html", context, refusal)


def _places(code: str, track: str) -> tuple[Scheme, Period]:
    period = period_by(code)
    return one_of(Scheme.objects.issued().filter(track=track, year=period.period_code.year)), period


@page_act(_page, opens=True)
def population(request: KpiRequest, code: str, track: str) -> HttpResponse:
    actor = request.actor
    require(actor, Verb.READ_UNPUBLISHED)
    scheme, period = _places(code, track)
    require_office(actor, Verb.OPEN_PERIODS, track=track)
    page = population_page(scheme, period)
    data = sent(request, UnitDecisionForm, may_leave=page.may_leave, may_come=page.may_come)
    kind, _, pk = data.pop("unit").partition(":")
    services.record_unit_decision(
        actor=actor,
        scheme_id=scheme.pk,
        period_id=period.pk,
        organisation_id=int(pk),
        kind=UnitChange(kind),
        at=timezone.now(),
        **data,
    )
    return redirect("evaluation:population", code=code, track=track)


def _found(decision_id: int) -> UnitDecision:
    return one_of(UnitDecision.objects.select_related("scheme", "period").filter(pk=decision_id))


def _page_of(request: KpiRequest, decision_id: int, refusal: Refused) -> HttpResponse:
    found = _found(decision_id)
    return _page(request, found.period.code, found.scheme.track, refusal)


@page_act(_page_of)
def decide(request: KpiRequest, decision_id: int) -> HttpResponse:
    """Confirmed, given back or revoked (in a closed period proposed to be); a refusal is said on the page."""
    found = _found(decision_id)
    require_office(request.actor, Verb.OPEN_PERIODS, track=found.scheme.track)
    data = sent(request, SecondOnUnitForm)
    decision = data.pop("decision")
    given: dict[str, Any] = {"actor": request.actor, "decision_id": decision_id, "at": timezone.now(), **data}
    if decision == "revoked" and closed_by(found.scheme, found.period):
        made = propose(code="evaluation-unit-revoke", **given)
        return redirect("proposals:proposal", proposal_id=made.pk)
    if decision == "revoked":
        services.revoke_unit_decision(**given)
    else:
        services.decide_unit_decision(confirm=decision == "pass", **given)
    return redirect("evaluation:population", code=found.period.code, track=found.scheme.track)
