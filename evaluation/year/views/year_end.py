"""年终: one page for a scheme's year, from the method to 区委, and the acts of the office on it."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluation.engine.access import Held, held_for
from evaluation.engine.models.ranking import Ranking
from evaluation.engine.models.year_method import YearMethod
from evaluation.periods.queries.population import year_units
from evaluation.scheme.models.scheme import Scheme
from evaluation.year.access import year_end as access
from evaluation.year.excel.year_end import year_workbook
from evaluation.year.forms.year_end import MethodForm, ReportForm, SecondForm, VetoForm
from evaluation.year.models.year_end import Veto
from evaluation.year.queries.year_document import year_document
from evaluation.year.queries.year_end import YearEnd, rows_with_veto, vetoed, year_end, year_rows
from evaluation.year.services import vetoes as veto_services
from evaluation.year.services import year_method as method_services
from evaluation.year.services.committee import report_year
from miyun_kpi.db.finding import one_of
from miyun_kpi.documents.write import CONTENT_TYPE as DOCX
from miyun_kpi.documents.write import write_official
from miyun_kpi.lib.errors import Malformed, NotFound, Refused
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.enums import TRACK_WORDS
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.write import CONTENT_TYPE as XLSX
from miyun_kpi.web.acts import form_of, page_act, sent, shown
from miyun_kpi.web.answers import download

NOT_ON_PAGE = (400, 404)


def raised(refusal: Refused) -> bool:
    """Whether a refusal is a page of its own; that a second person is needed is said where the button is."""
    return refusal.status in NOT_ON_PAGE or (refusal.status == 403 and refusal.code != "second-person")


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    actor = request.actor
    found = [year_end(scheme, list(access.year_rankings(actor, scheme))) for scheme in access.readable_schemes(actor)]
    return render(request, "evaluation/year/year_ends.html", {"found": found})


@require_safe
def page(request: KpiRequest, year: int, track: str) -> HttpResponse:
    return year_page(request, access.year_scheme(request.actor, year, track))


def year_page(
    request: KpiRequest, scheme: Scheme, refusal: Refused | None = None, status: int = 200, **forms: Any
) -> HttpResponse:
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
        "report_form": forms.get("report_form") or ReportForm(),
        "refusal": refusal,
        "now": timezone.now(),
    }
    code = refusal.status if refusal else status
    return render(request, "evaluation/year/year_end.html", context, status=code)


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


@require_http_methods(["GET", "HEAD", "POST"])
def method(request: KpiRequest, year: int, track: str) -> HttpResponse:
    actor = request.actor
    scheme = access.year_scheme(actor, year, track)
    access.require_year_work(actor, scheme)
    form = MethodForm(request.POST or None, periods=_periods(scheme), initial={str(year): "1"})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                method_services.enter_method(
                    actor=actor,
                    scheme_id=scheme.pk,
                    weights=form.weights,
                    basis_document=form.cleaned_data["basis_document"],
                    basis_clause=form.cleaned_data["basis_clause"],
                    at=timezone.now(),
                )
                return redirect("evaluation:year-end", year=year, track=track)
            except Refused as refusal:
                if raised(refusal):
                    raise
                form.explain(refusal)
                status = refusal.status
    return render(request, "evaluation/year/year_method.html", {"scheme": scheme, "form": form}, status=status)


@require_POST
def check_method(request: KpiRequest, method_id: int) -> HttpResponse:
    found = one_of(YearMethod.objects.select_related("scheme").filter(pk=method_id))
    scheme = access.year_scheme(request.actor, found.scheme.year, found.scheme.track)
    data = _second(request)
    try:
        method_services.check_method(
            actor=request.actor,
            method_id=method_id,
            version=data["version"],
            passed=data["decision"] == "pass",
            note=data["note"],
            at=timezone.now(),
        )
    except Refused as refusal:
        if raised(refusal):
            raise
        return year_page(request, scheme, refusal)
    return redirect("evaluation:year-end", year=scheme.year, track=scheme.track)


def _second(request: KpiRequest) -> dict[str, Any]:
    form = SecondForm(request.POST)
    if not form.is_valid():
        raise Malformed("bad-request", "这次提交读不懂，或意见超过 500 字，没有执行。请刷新后再试。")
    return form.cleaned_data


def _veto_page(request: KpiRequest, year: int, track: str, refusal: Refused | None = None) -> HttpResponse:
    scheme = access.year_scheme(request.actor, year, track)
    access.require_year_work(request.actor, scheme)
    form = form_of(request, VetoForm, organisations=_units(scheme))
    return shown(request, "evaluation/year/year_veto.html", {"scheme": scheme, "form": form}, refusal)


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


def _veto_scheme(request: KpiRequest, veto_id: int) -> Scheme:
    found = one_of(Veto.objects.select_related("scheme").filter(pk=veto_id))
    return access.year_scheme(request.actor, found.scheme.year, found.scheme.track)


def _page_of_veto(request: KpiRequest, veto_id: int, refusal: Refused) -> HttpResponse:
    return year_page(request, _veto_scheme(request, veto_id), refusal)


@page_act(_page_of_veto)
def decide_veto(request: KpiRequest, veto_id: int) -> HttpResponse:
    """Confirmed or given back by a second person; one in force revoked."""
    scheme, data = _veto_scheme(request, veto_id), _second(request)
    given: dict[str, Any] = {"actor": request.actor, "veto_id": veto_id, "at": timezone.now(), **data}
    decision = given.pop("decision")
    if decision == "revoked":
        veto_services.revoke_veto(**given)
    else:
        veto_services.decide_veto(confirm=decision == "pass", **given)
    return redirect("evaluation:year-end", year=scheme.year, track=scheme.track)


@require_POST
def report(request: KpiRequest, year: int, track: str) -> HttpResponse:
    actor = request.actor
    scheme = access.year_scheme(actor, year, track)
    access.require_year_work(actor, scheme)
    form = ReportForm(request.POST)
    official = next((one for one in access.year_rankings(actor, scheme) if one.kind == "official"), None)
    if not form.is_valid():
        return year_page(request, scheme, status=422, report_form=form)
    try:
        if official is None:
            raise Refused("trial-only", "年度结果还没有正式核定，不能报区委，没有登记。")
        report_year(actor=actor, scheme_id=scheme.pk, ranking_id=official.pk, at=timezone.now(), **form.cleaned_data)
    except Refused as refusal:
        if raised(refusal):
            raise
        return year_page(request, scheme, refusal, report_form=form)
    return redirect("evaluation:year-end", year=year, track=track)


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
    content = year_workbook(ranking, year_rows(ranking), vetoed(scheme), viewer=viewer, at=at, held=held)
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
