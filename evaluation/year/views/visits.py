"""现场考评: the month by unit, one visit, planning and its result."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluation.scheme.models.scheme import Indicator, Scheme
from evaluation.scheme.views._imports import xlsx
from evaluation.year.access import visits as access
from evaluation.year.access.year_close import issued_scheme
from evaluation.year.excel.visits import visits_workbook
from evaluation.year.forms.visits import ResultForm, VisitForm
from evaluation.year.queries.visits import crowded_ids, month_rows
from evaluation.year.services import visits as services
from evaluation.year.views.year_end import raised
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.lib.errors import Malformed, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.requests import KpiRequest


def _month(request: KpiRequest, today: date) -> date:
    """The month asked for; of an unreadable one, today's."""
    try:
        return date.fromisoformat(request.GET.get("month", "") + "-01")
    except ValueError:
        return today.replace(day=1)


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    actor = request.actor
    visits = list(access.visits_visible_to(actor))
    latest = max((one.starts_on for one in visits if one.state != "cancelled"), default=None)
    first = _month(request, latest or timezone.now().astimezone().date())
    rows = month_rows(visits, first)
    near = crowded_ids(visits)
    schemes = Scheme.objects.issued().order_by("-year", "-track") if actor.may(Verb.PLAN_VISITS) else []
    context = {
        "first": first,
        "before": f"{first.year - (first.month == 1)}-{(first.month - 2) % 12 + 1:02}",
        "after": f"{first.year + (first.month == 12)}-{first.month % 12 + 1:02}",
        "rows": rows,
        "days": range(1, len(rows[0].cells) + 1) if rows else [],
        "listed": [(one, one.pk in near) for one in visits],
        "schemes": schemes,
    }
    return render(request, "evaluation/year/visits.html", context)


@require_safe
def workbook(request: KpiRequest) -> HttpResponse:
    actor = request.actor
    visits = list(access.visits_visible_to(actor).prefetch_related("indicators"))
    shown = [(one, access.reads_result(actor, one)) for one in visits]
    return xlsx(visits_workbook(shown, viewer=actor.label, at=timezone.now()), "现场考评.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: KpiRequest, year: int, track: str) -> HttpResponse:
    actor = request.actor
    require(actor, Verb.PLAN_VISITS)
    scheme = issued_scheme(year, track)
    own = access.evaluated_by(actor, scheme).values("indicator_id")
    indicators = [(str(i.pk), str(i)) for i in Indicator.objects.filter(pk__in=own)]
    units = [(str(o.pk), o.name) for o in Organisation.objects.of_track(track).in_printed_order()]
    form = VisitForm(request.POST or None, organisations=units, indicators=indicators)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = dict(form.cleaned_data)
            unit = int(data.pop("organisation"))
            picked = [int(pk) for pk in data.pop("indicators")]
            try:
                visit = services.plan_visit(
                    actor=actor,
                    scheme_id=scheme.pk,
                    organisation_id=unit,
                    indicator_ids=picked,
                    at=timezone.now(),
                    **data,
                )
                return redirect("evaluation:visit", visit_id=visit.pk)
            except Refused as refusal:
                if raised(refusal):
                    raise
                form.explain(refusal)
                status = refusal.status
    return render(request, "evaluation/year/visit_plan.html", {"scheme": scheme, "form": form}, status=status)


@require_safe
def visit(request: KpiRequest, visit_id: int) -> HttpResponse:
    return _page(request, visit_id)


def _page(request: KpiRequest, visit_id: int, refusal: Refused | None = None, **extra: Any) -> HttpResponse:
    actor = request.actor
    row = access.visible_visit(actor, visit_id)
    context = {
        "row": row,
        "indicators": row.indicators.all(),
        "keeps": access.keeps(actor, row) and row.state == "planned",
        "reads": access.reads_result(actor, row),
        "form": extra.get("form") or ResultForm(initial={"version": row.version}),
        "begun": timezone.now().astimezone().date() >= row.starts_on,
        "refusal": refusal,
    }
    return render(request, "evaluation/year/visit.html", context, status=refusal.status if refusal else 200)


@require_POST
def result(request: KpiRequest, visit_id: int) -> HttpResponse:
    actor = request.actor
    access.require_keeper(actor, access.visible_visit(actor, visit_id))
    form = ResultForm(request.POST)
    if not form.is_valid():
        raise Malformed("bad-request", "情况超过 2000 字或这次提交读不懂，没有登记。请精简后再试。")
    data = form.cleaned_data
    act = data.pop("act")
    try:
        if act == "cancel":
            services.cancel_visit(actor=actor, visit_id=visit_id, version=data["version"], at=timezone.now())
        else:
            services.note_result(actor=actor, visit_id=visit_id, at=timezone.now(), **data)
    except Refused as refusal:
        if raised(refusal):
            raise
        return _page(request, visit_id, refusal, form=form)
    return redirect("evaluation:visit", visit_id=visit_id)
