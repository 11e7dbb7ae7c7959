"""考评对象 of a period: who is ranked, who acts for whom has ended, and the decisions that leave out or take in (engine 21)."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from evaluation.enums import UnitChange
from evaluation.filing.forms import SecondOnUnitForm, UnitDecisionForm
from evaluation.filing.queries.population import population_page
from evaluation.filing.services import population as services
from evaluation.periods.models import UnitDecision
from evaluation.periods.queries.periods import period_by
from evaluation.scheme.access.office import may_run, require_office
from evaluation.scheme.models.scheme import Scheme
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.errors import Malformed, NotFound, Refused
from miyun_kpi.requests import KpiRequest


@require_http_methods(["GET", "HEAD", "POST"])
def population(request: KpiRequest, code: str, track: str) -> HttpResponse:
    """Read by whoever reads unpublished results; recorded by the office of the track."""
    actor = request.actor
    require(actor, Verb.READ_UNPUBLISHED)
    period = period_by(code)
    scheme = one_of(Scheme.objects.issued().filter(track=track, year=period.period_code.year))
    if request.method == "POST":
        require_office(actor, Verb.OPEN_PERIODS, track=track)
        page = population_page(scheme, period)
        form = UnitDecisionForm(request.POST, may_leave=page.may_leave, may_come=page.may_come)
        refusal, status = None, 422
        if form.is_valid():
            data = form.cleaned_data
            kind, _, pk = data["unit"].partition(":")
            try:
                services.record_unit_decision(
                    actor=actor,
                    scheme_id=scheme.pk,
                    period_id=period.pk,
                    organisation_id=int(pk),
                    kind=UnitChange(kind),
                    number=data["number"],
                    reason=data["reason"],
                    at=timezone.now(),
                )
                return redirect("evaluation:population", code=code, track=track)
            except NotFound:
                raise
            except Refused as found:
                refusal, status = found, found.status
        return _page(request, scheme, code, form=form, refusal=refusal, status=status)
    return _page(request, scheme, code)


def _page(
    request: KpiRequest,
    scheme: Scheme,
    code: str,
    *,
    form: UnitDecisionForm | None = None,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    page = population_page(scheme, period_by(code))
    context = {
        "page": page,
        "office": may_run(request.actor, scheme.track),
        "form": form or UnitDecisionForm(may_leave=page.may_leave, may_come=page.may_come),
        "refusal": refusal,
        "user_id": request.actor.user_id,
    }
    return render(request, "evaluation/filing/population.html", context, status=status)


@require_POST
def decide(request: KpiRequest, decision_id: int) -> HttpResponse:
    """Confirmed, given back or revoked; a refusal is said on the page."""
    found = one_of(UnitDecision.objects.select_related("scheme", "period").filter(pk=decision_id))
    actor = request.actor
    require_office(actor, Verb.OPEN_PERIODS, track=found.scheme.track)
    form = SecondOnUnitForm(request.POST)
    if not form.is_valid():
        raise Malformed("bad-request", "这次提交读不懂，或意见超过 500 字，没有执行。请刷新后再试。")
    data, at = form.cleaned_data, timezone.now()
    try:
        if data["decision"] == "revoked":
            services.revoke_unit_decision(
                actor=actor, decision_id=decision_id, version=data["version"], note=data["note"], at=at
            )
        else:
            services.decide_unit_decision(
                actor=actor,
                decision_id=decision_id,
                version=data["version"],
                confirm=data["decision"] == "pass",
                note=data["note"],
                at=at,
            )
    except NotFound:
        raise
    except Refused as refusal:
        return _page(request, found.scheme, found.period.code, refusal=refusal, status=refusal.status)
    return redirect("evaluation:population", code=found.period.code, track=found.scheme.track)
