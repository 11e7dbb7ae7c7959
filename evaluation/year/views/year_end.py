"""年终: one page for a scheme's year, from the method to 区委, and the acts of the office on it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation.engine.access import Held, held_for
from evaluation.engine.models.ranking import Ranking
from evaluation.engine.models.year_method import YearMethod
from evaluation.engine.queries.closing import reported_year
from evaluation.periods.queries.population import year_units
from evaluation.scheme.models.scheme import Scheme
from evaluation.year.access import year_end as access
from evaluation.year.excel.year_end import year_workbook
from evaluation.year.forms.year_end import MethodForm, ReportForm, SecondForm, VetoForm
from evaluation.year.models.year_end import Veto
from evaluation.year.queries.year_document import year_document
from evaluation.year.queries.year_end import YearEnd, report_of, rows_with_veto, vetoed, year_end, year_rows
from evaluation.year.services import vetoes as veto_services
from evaluation.year.services import year_method as method_services
from evaluation.year.services.committee import report_year
from miyun_kpi.db.finding import one_of
from miyun_kpi.documents.write import CONTENT_TYPE as DOCX
from miyun_kpi.documents.write import write_official
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.enums import TRACK_WORDS
from miyun_kpi.proposals.services import propose
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.write import CONTENT_TYPE as XLSX
from miyun_kpi.web.acts import form_of, page_act, sent, shown
from miyun_kpi.web.answers import download


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    actor = request.actor
    found = [year_end(scheme, list(access.year_rankings(actor, scheme))) for scheme in access.readable_schemes(actor)]
    return render(request, "evaluation/year/year_ends.html", {"found": found})


@require_safe
def page(request: KpiRequest, year: int, track: str) -> HttpResponse:
    return year_page(request, access.year_scheme(request.actor, year, track))


def year_page(request: KpiRequest, scheme: Scheme, refusal: Refused | None = None) -> HttpResponse:
    actor = request.actor
    rankings = list(access.year_rankings(actor, scheme))
    found = year_end(scheme, rankings)
    ranking = found.official or found.latest
    context = {
        "scheme": scheme,
        "found": found,
        "shown": ranking,
        "rows": rows_with_veto(ranking, scheme) if ranking else [],
        "standing": _standing(request, found),
        "works": access.works_on_year(actor, scheme.track),
        "user_id": actor.user_id,
        "report_form": form_of(request, ReportForm),
        "typed": request.POST,
        "acted": request.resolver_match.kwargs.get("pk") if request.resolver_match else None,
        "now": timezone.now(),
    }
    return shown(request, "evaluation/year/year_end.html", context, refusal)


def _standing(request: KpiRequest, found: YearEnd) -> list[tuple[str, Ranking, Held]]:
    """What has gone to 区委 and what the meeting lay over, each compared with the inputs of now (engine 22)."""
    told = []
    if found.report is not None:
        told.append(("报区委的结果", found.report.ranking))
    if found.confirmed is not None and (found.report is None or found.confirmed.ranking_id != found.report.ranking_id):
        told.append(("审议所据的结果", found.confirmed.ranking))
    return [(what, ranking, held_for(request.actor, ranking)) for what, ranking in told]


def _periods(scheme: Scheme) -> list[tuple[str, str]]:
    codes = method_services.method_periods(scheme.year)
    return [(code, "专项考评" if code == str(scheme.year) else PeriodCode.parse(code).label) for code in codes]


def _method_page(request: KpiRequest, year: int, track: str, refusal: Refused | None = None) -> HttpResponse:
    scheme = access.year_scheme(request.actor, year, track)
    access.require_year_work(request.actor, scheme)
    form = form_of(request, MethodForm, periods=_periods(scheme), initial={str(year): "1"})
    return shown(request, "evaluation/year/year_method.html", {"scheme": scheme, "form": form}, refusal)


@page_act(_method_page, opens=True, explains=True)
def method(request: KpiRequest, year: int, track: str) -> HttpResponse:
    actor = request.actor
    scheme = access.year_scheme(actor, year, track)
    access.require_year_work(actor, scheme)
    periods = _periods(scheme)
    data = sent(request, MethodForm, periods=periods)
    weights = {code: data.pop(code) for code, _ in periods}
    method_services.enter_method(actor=actor, scheme_id=scheme.pk, weights=weights, at=timezone.now(), **data)
    return redirect("evaluation:year-end", year=year, track=track)


def _scheme_of(request: KpiRequest, found: QuerySet[Any]) -> Scheme:
    """The scheme of a decision that is recorded in its year, as far as this reader sees it."""
    scheme: Scheme = one_of(found.select_related("scheme")).scheme
    return access.year_scheme(request.actor, scheme.year, scheme.track)


def page_of(model: type[Model]) -> Callable[..., HttpResponse]:
    """The year's page as the way back of an act on a row of this model."""

    def back(request: KpiRequest, pk: int, refusal: Refused) -> HttpResponse:
        return year_page(request, scheme_of_row(request, model, pk), refusal)

    return back


def scheme_of_row(request: KpiRequest, model: type[Model], pk: int) -> Scheme:
    return _scheme_of(request, model._default_manager.filter(pk=pk))


def after(scheme: Scheme) -> HttpResponse:
    return redirect("evaluation:year-end", year=scheme.year, track=scheme.track)


@page_act(page_of(YearMethod))
def check_method(request: KpiRequest, pk: int) -> HttpResponse:
    scheme, said = scheme_of_row(request, YearMethod, pk), second(request)
    passed = said.pop("decision") == "pass"
    method_services.check_method(actor=request.actor, method_id=pk, passed=passed, at=timezone.now(), **said)
    return after(scheme)


def second(request: KpiRequest) -> dict[str, Any]:
    return sent(request, SecondForm)


def _veto_page(request: KpiRequest, year: int, track: str, refusal: Refused | None = None) -> HttpResponse:
    scheme = access.year_scheme(request.actor, year, track)
    access.require_year_work(request.actor, scheme)
    form = form_of(request, VetoForm, organisations=_units(scheme))
    return shown(
        request,
        "evaluation/year/year_veto.html",
        {"scheme": scheme, "form": form, "closed": reported_year(scheme)},
        refusal,
    )


def _units(scheme: Scheme) -> list[tuple[str, str]]:
    return [(str(one.pk), one.name) for one in year_units(scheme)]


@page_act(_veto_page, opens=True, explains=True)
def veto(request: KpiRequest, year: int, track: str) -> HttpResponse:
    actor = request.actor
    scheme = access.year_scheme(actor, year, track)
    access.require_year_work(actor, scheme)
    data = sent(request, VetoForm, organisations=_units(scheme))
    organisation_id = int(data.pop("organisation"))
    veto_services.record_veto(
        actor=actor, scheme_id=scheme.pk, organisation_id=organisation_id, at=timezone.now(), **data
    )
    return redirect("evaluation:year-end", year=year, track=track)


@page_act(page_of(Veto))
def decide_veto(request: KpiRequest, pk: int) -> HttpResponse:
    """Confirmed or given back by a second person; one in force revoked."""
    scheme, said = scheme_of_row(request, Veto, pk), second(request)
    decision = said.pop("decision")
    given: dict[str, Any] = {"actor": request.actor, "veto_id": pk, "at": timezone.now(), **said}
    if decision == "revoked" and reported_year(scheme):
        made = propose(code="evaluation-veto-revoke", **given)
        return redirect("proposals:proposal", proposal_id=made.pk)
    if decision == "revoked":
        veto_services.revoke_veto(**given)
    else:
        veto_services.decide_veto(confirm=decision == "pass", **given)
    return after(scheme)


def _report_page(request: KpiRequest, year: int, track: str, refusal: Refused) -> HttpResponse:
    return year_page(request, access.year_scheme(request.actor, year, track), refusal)


@page_act(_report_page)
def report(request: KpiRequest, year: int, track: str) -> HttpResponse:
    actor = request.actor
    scheme = access.year_scheme(actor, year, track)
    access.require_year_work(actor, scheme)
    data = sent(request, ReportForm)
    official = next((one for one in access.year_rankings(actor, scheme) if one.kind == "official"), None)
    if official is None:
        raise Refused("trial-only", "年度结果还没有正式核定，不能报区委，没有登记。")
    report_year(actor=actor, scheme_id=scheme.pk, ranking_id=official.pk, at=timezone.now(), **data)
    return after(scheme)


def _shown(request: KpiRequest, year: int, track: str) -> tuple[Scheme, Ranking]:
    actor = request.actor
    scheme = access.year_scheme(actor, year, track)
    found = year_end(scheme, list(access.year_rankings(actor, scheme)))
    ranking = found.official or found.latest
    if ranking is None:
        raise NotFound("年度结果还没有算过，没有可导出的。请先试算。")
    return scheme, ranking


@require_safe
def workbook(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme, ranking = _shown(request, year, track)
    held = held_for(request.actor, ranking).line
    viewer, at = request.actor.label, timezone.now()
    content = year_workbook(
        ranking, year_rows(ranking), vetoed(scheme, report_of(ranking)), viewer=viewer, at=at, held=held
    )
    return _file(content, XLSX, f"年度结果-{TRACK_WORDS[track]}-{year}.xlsx")


@require_safe
def document(request: KpiRequest, year: int, track: str) -> HttpResponse:
    """The part for 区委 as an official document; of anything not deliberated and official it is marked as no such thing."""
    scheme, ranking = _shown(request, year, track)
    official = year_document(scheme, ranking)
    held = held_for(request.actor, ranking)
    marks = [mark for mark in (official.stage, "" if held.holds else held.line) if mark]
    content = write_official(replace(official, stage="　".join(marks)), at=timezone.now())
    return _file(content, DOCX, f"全面履职年度考评结果-{TRACK_WORDS[track]}-{year}.docx")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return download(content, kind, name)
