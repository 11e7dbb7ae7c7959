"""全年考评的处理: recorded from the minutes, confirmed or revoked by a second person."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from evaluation.engine.models.year_units import YearUnit
from evaluation.engine.queries.closing import closed_year
from evaluation.periods.queries.population import year_units
from evaluation.scheme.models.scheme import Scheme
from evaluation.year.access import year_end as access
from evaluation.year.forms.year_end import YearUnitForm
from evaluation.year.services import year_units as services
from evaluation.year.views.year_end import after, page_of, scheme_of_row, second
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.proposals.services import propose
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown


def _choices(scheme: Scheme) -> dict[str, Any]:
    ended = Organisation.objects.filter(valid_to__isnull=False).in_printed_order()
    return {
        "organisations": [(str(one.pk), one.name) for one in year_units(scheme)],
        "predecessors": [(str(one.pk), f"{one.name}（{one.valid_to} 撤并）") for one in ended],
    }


def _scheme(request: KpiRequest, year: int, track: str) -> Scheme:
    scheme = access.year_scheme(request.actor, year, track)
    access.require_year_work(request.actor, scheme)
    return scheme


def _page(request: KpiRequest, year: int, track: str, refusal: Refused | None = None) -> HttpResponse:
    scheme = _scheme(request, year, track)
    form = form_of(request, YearUnitForm, **_choices(scheme))
    return shown(
        request,
        "evaluation/year/year_unit.html",
        {"scheme": scheme, "form": form, "closed": closed_year(scheme)},
        refusal,
    )


@page_act(_page, opens=True, explains=True)
def record(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = _scheme(request, year, track)
    said = services.Said.read(sent(request, YearUnitForm, **_choices(scheme)))
    services.record_year_unit(actor=request.actor, scheme_id=scheme.pk, said=said, at=timezone.now())
    return after(scheme)


@page_act(page_of(YearUnit))
def decide(request: KpiRequest, pk: int) -> HttpResponse:
    scheme, said = scheme_of_row(request, YearUnit, pk), second(request)
    decision = said.pop("decision")
    given: dict[str, Any] = {"actor": request.actor, "year_unit_id": pk, "at": timezone.now(), **said}
    if decision == "revoked" and closed_year(scheme):
        made = propose(code="evaluation-year-unit-revoke", **given)
        return redirect("proposals:proposal", proposal_id=made.pk)
    if decision == "revoked":
        services.revoke_year_unit(**given)
    else:
        services.decide_year_unit(confirm=decision == "pass", **given)
    return after(scheme)
