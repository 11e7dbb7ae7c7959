"""现场考评: the month by unit, one visit, planning and its result."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation.scheme.models.scheme import Indicator, Scheme
from evaluation.scheme.views._imports import xlsx
from evaluation.year.access import visits as access
from evaluation.year.access.year_close import issued_scheme
from evaluation.year.excel.visits import visits_workbook
from evaluation.year.forms.visits import ResultForm, VisitForm
from evaluation.year.queries.visits import crowded_ids, month_rows, visited_units
from evaluation.year.services import visits as services
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown


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


def _choices(request: KpiRequest, scheme: Scheme) -> dict[str, Any]:
    own = access.evaluated_by(request.actor, scheme).values("indicator_id")
    return {
        "organisations": [(str(one.pk), one.name) for one in visited_units(scheme)],
        "indicators": [(str(one.pk), str(one)) for one in Indicator.objects.filter(pk__in=own)],
    }


def _plan_page(request: KpiRequest, year: int, track: str, refusal: Refused | None = None) -> HttpResponse:
    require(request.actor, Verb.PLAN_VISITS)
    scheme = issued_scheme(year, track)
    form = form_of(request, VisitForm, **_choices(request, scheme))
    return shown(request, "evaluation/year/visit_plan.html", {"scheme": scheme, "form": form}, refusal)


@page_act(_plan_page, opens=True, explains=True)
def plan(request: KpiRequest, year: int, track: str) -> HttpResponse:
    require(request.actor, Verb.PLAN_VISITS)
    scheme = issued_scheme(year, track)
    data = sent(request, VisitForm, **_choices(request, scheme))
    visit = services.plan_visit(
        actor=request.actor,
        scheme_id=scheme.pk,
        organisation_id=int(data.pop("organisation")),
        indicator_ids=[int(pk) for pk in data.pop("indicators")],
        at=timezone.now(),
        **data,
    )
    return redirect("evaluation:visit", visit_id=visit.pk)


@require_safe
def visit(request: KpiRequest, visit_id: int) -> HttpResponse:
    return _page(request, visit_id)


def _page(request: KpiRequest, visit_id: int, refusal: Refused | None = None) -> HttpResponse:
    actor = request.actor
    row = access.visible_visit(actor, visit_id)
    context = {
        "row": row,
        "indicators": row.indicators.all(),
        "keeps": access.keeps(actor, row) and row.state == "planned",
        "reads": access.reads_result(actor, row),
        "form": form_of(request, ResultForm, initial={"version": row.version}),
        "begun": timezone.now().astimezone().date() >= row.starts_on,
    }
    return shown(request, "evaluation/year/visit.html", context, refusal)


@page_act(_page)
def result(request: KpiRequest, visit_id: int) -> HttpResponse:
    access.require_keeper(request.actor, access.visible_visit(request.actor, visit_id))
    data = sent(request, ResultForm)
    given: dict[str, Any] = {"actor": request.actor, "visit_id": visit_id, "at": timezone.now()}
    if data.pop("act") == "cancel":
        services.cancel_visit(version=data["version"], **given)
    else:
        services.note_result(**given, **data)
    return redirect("evaluation:visit", visit_id=visit_id)
