"""年度进度: every step of the year with its day and how it stands."""

from datetime import date, datetime

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation.scheme.models.scheme import Scheme
from evaluation.scheme.views._imports import xlsx
from evaluation.year.access import year_end as access_year_end
from evaluation.year.access.year_close import closes_year, require_closing
from evaluation.year.excel.year_close import plan_workbook
from evaluation.year.forms.year_close import PlanDayForm
from evaluation.year.queries.year_plan import year_plan
from evaluation.year.services.year_plan import set_planned_day
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.enums import TRACK_WORDS
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import page_act, sent, shown


def _addresses(scheme: Scheme, actor: Actor) -> dict[str, str]:
    """Where each step is done."""
    own = {"year": scheme.year, "track": scheme.track}
    year_end = reverse("evaluation:year-end", kwargs=own)
    effect = reverse("evaluation:effect", kwargs=own)
    return {
        "scheme": reverse("evaluation:scheme", kwargs=own),
        "months": reverse("evaluation:periods"),
        "quarters": reverse("evaluation:rankings"),
        "self-report": f"{reverse('evaluation:self-reports')}?track={scheme.track}",
        "visits": reverse("evaluation:visits"),
        "special": f"{reverse('evaluation:sheets')}?period={scheme.year}",
        "effect": effect if closes_year(actor, scheme.track) or actor.may("fill-leader-form") else "",
        "deliberation": f"{year_end}#deliberation",
        "committee": year_end,
        "rectification": f"{reverse('evaluation:rectifications')}?state=all",
    }


@require_safe
def page(request: KpiRequest, year: int, track: str) -> HttpResponse:
    return _page(request, year, track)


def _page(request: KpiRequest, year: int, track: str, refusal: Refused | None = None) -> HttpResponse:
    actor, at = request.actor, timezone.now()
    scheme = access_year_end.year_scheme(actor, year, track)
    addresses = _addresses(scheme, actor)
    context = {
        "scheme": scheme,
        "lines": [(line, addresses[line.step.code]) for line in year_plan(scheme, _today(at))],
        "works": closes_year(actor, scheme.track),
        "typed": request.POST,
        "now": at,
    }
    return shown(request, "evaluation/year/year_plan.html", context, refusal)


def _today(at: datetime) -> date:
    return at.astimezone().date()


@page_act(_page)
def set_day(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = access_year_end.year_scheme(request.actor, year, track)
    require_closing(request.actor, scheme)
    set_planned_day(actor=request.actor, scheme_id=scheme.pk, at=timezone.now(), **sent(request, PlanDayForm))
    return redirect("evaluation:year-plan", year=year, track=track)


@require_safe
def workbook(request: KpiRequest, year: int, track: str) -> HttpResponse:
    actor, at = request.actor, timezone.now()
    scheme = access_year_end.year_scheme(actor, year, track)
    content = plan_workbook(scheme, year_plan(scheme, _today(at)), viewer=actor.label, at=at)
    return xlsx(content, f"年度进度-{TRACK_WORDS[track]}-{year}.xlsx")
