"""全年考评的处理: recorded from the minutes, confirmed or revoked by a second person."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from evaluation.engine.models.year_units import YearUnit
from evaluation.periods.queries.population import year_units
from evaluation.year.access import year_end as access
from evaluation.year.forms.year_end import SecondForm, YearUnitForm
from evaluation.year.services import year_units as services
from evaluation.year.views.year_end import raised, year_page
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.errors import Malformed, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.requests import KpiRequest


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: KpiRequest, year: int, track: str) -> HttpResponse:
    actor = request.actor
    scheme = access.year_scheme(actor, year, track)
    access.require_year_work(actor, scheme)
    ended = Organisation.objects.filter(valid_to__isnull=False).in_printed_order()
    form = YearUnitForm(
        request.POST or None,
        organisations=[(str(one.pk), one.name) for one in year_units(scheme)],
        predecessors=[(str(one.pk), f"{one.name}（{one.valid_to} 撤并）") for one in ended],
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.record_year_unit(actor=actor, scheme_id=scheme.pk, said=form.said, at=timezone.now())
                return redirect("evaluation:year-end", year=year, track=track)
            except Refused as refusal:
                if raised(refusal):
                    raise
                form.explain(refusal)
                status = refusal.status
    return render(request, "evaluation/year/year_unit.html", {"scheme": scheme, "form": form}, status=status)


@require_POST
def decide(request: KpiRequest, year_unit_id: int) -> HttpResponse:
    found = one_of(YearUnit.objects.select_related("scheme").filter(pk=year_unit_id))
    actor = request.actor
    scheme = access.year_scheme(actor, found.scheme.year, found.scheme.track)
    form = SecondForm(request.POST)
    if not form.is_valid():
        raise Malformed("bad-request", "这次提交读不懂，或意见超过 500 字，没有执行。请刷新后再试。")
    data = form.cleaned_data
    decision = data.pop("decision")
    try:
        if decision == "revoked":
            services.revoke_year_unit(actor=actor, year_unit_id=year_unit_id, at=timezone.now(), **data)
        else:
            services.decide_year_unit(
                actor=actor, year_unit_id=year_unit_id, confirm=decision == "pass", at=timezone.now(), **data
            )
    except Refused as refusal:
        if raised(refusal):
            raise
        return year_page(request, scheme, refusal)
    return redirect("evaluation:year-end", year=scheme.year, track=scheme.track)
