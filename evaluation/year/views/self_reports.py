"""自查报告: the list, one unit's report to write and to read, and the acts on it."""

import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from evaluation.enums import SelfReportState
from evaluation.scheme.models.scheme import Scheme
from evaluation.year.access import self_reports as access
from evaluation.year.access.year_close import closes_year
from evaluation.year.excel.year_close import self_reports_workbook
from evaluation.year.forms.year_close import DecisionForm, VersionForm
from evaluation.year.models.year_close import SelfReport
from evaluation.year.queries.self_report_list import listed
from evaluation.year.queries.self_reports import EVIDENCE, STATES, ReportLine, report_document, report_page
from evaluation.year.rules.self_report import item_digest
from evaluation.year.services import self_reports as services
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.attachments.queries import attached
from miyun_kpi.documents.write import CONTENT_TYPE as DOCX
from miyun_kpi.documents.write import write_official
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, NotFound, Refused
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.write import CONTENT_TYPE as XLSX
from miyun_kpi.web.acts import page_act, sent, sent_file, shown, takes_files
from miyun_kpi.web.answers import download

FIELD = re.compile(r"(done|problem)-([0-9]{1,9})")
FILTERS = [("", "全部"), ("late", "迟报"), ("missing", "未报"), *SelfReportState.choices]


def _chosen(request: KpiRequest) -> dict[str, str]:
    state, track = request.GET.get("state", ""), request.GET.get("track", "")
    return {
        "state": state if state in dict(FILTERS) else "",
        "track": track if track in Track.values else "",
    }


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    actor, chosen = request.actor, _chosen(request)
    rows = listed(access.schemes_to_list(actor), actor.organisation_id, timezone.now(), **chosen)
    context = {
        **chosen,
        "rows": rows,
        "states": FILTERS,
        "tracks": [("", "全部"), (Track.TOWNSHIP.value, "镇街"), (Track.DEPARTMENT.value, "部门")],
        "whole": actor.may(Verb.READ_UNPUBLISHED),
    }
    return render(request, "evaluation/year/self_reports.html", context)


@require_safe
def workbook(request: KpiRequest) -> HttpResponse:
    actor, at = request.actor, timezone.now()
    rows = listed(access.schemes_to_list(actor), actor.organisation_id, at, **_chosen(request))
    content = self_reports_workbook(rows, viewer=actor.label, at=at)
    return _file(content, XLSX, "自查报告报送情况.xlsx")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return download(content, kind, name)


def _typed(request: KpiRequest) -> dict[str, str]:
    return {name: _unix(value) for name, value in request.POST.items()}


def _unix(text: object) -> str:
    """A browser sends CR LF; counted and stored is one character."""
    return str(text).replace("\r\n", "\n")


def _digest(line: ReportLine) -> str:
    """Of what is stored: what is only filled in from the last 月报 is not."""
    return item_digest("", "") if line.prefilled else item_digest(line.done, line.problem)


def _changed(typed: Mapping[str, str], pk: int) -> bool:
    """Whether the item that came is another than the one that was opened; without a sign of that it counts as changed."""
    return item_digest(typed.get(f"done-{pk}", ""), typed.get(f"problem-{pk}", "")) != typed.get(f"seen-{pk}")


def _page(request: KpiRequest, year: int, code: str, refusal: Refused | None = None) -> HttpResponse:
    """`refusal` of the report itself comes with what was typed; an act on it has typed no report."""
    scheme, organisation = access.place(request.actor, year, code)
    typed = _typed(request) if any(name in request.POST for name in services.TEXTS) else None
    return _shown(request, scheme, organisation, refusal, typed)


def _page_of(request: KpiRequest, report_id: int, refusal: Refused) -> HttpResponse:
    found = access.visible_self_report(request.actor, report_id)
    return _shown(request, found.scheme, found.organisation, refusal)


def _shown(
    request: KpiRequest,
    scheme: Scheme,
    organisation: Organisation,
    refusal: Refused | None = None,
    typed: dict[str, str] | None = None,
) -> HttpResponse:
    actor = request.actor
    page = report_page(scheme, organisation)
    found = page.report
    own = access.is_own_unit(actor, organisation)
    writes = own and (found is None or found.state in services.EDITABLE)
    wrong = {error.field: error.message for error in refusal.errors} if refusal else {}
    texts = [
        (name, label, typed.get(name, "") if typed else getattr(found, name, ""), wrong.get(name))
        for name, label in services.TEXTS.items()
    ]
    rows = []
    for line in page.lines:
        pk, done, problem, overtaken = line.fact["indicator"], line.done, line.problem, False
        # What was not changed here is shown as it stands now, also where a colleague has stored it meanwhile.
        if typed and _changed(typed, pk):
            done, problem = typed.get(f"done-{pk}", ""), typed.get(f"problem-{pk}", "")
            overtaken = f"seen-{pk}" in typed and typed[f"seen-{pk}"] != _digest(line)
        rows.append((line, done, problem, wrong.get(f"done-{pk}"), _digest(line), overtaken))
    signing = found is not None and found.state == SelfReportState.SIGNING
    context = {
        "scheme": scheme,
        "organisation": organisation,
        "page": page,
        "report": found,
        "state": STATES[SelfReportState(found.state)] if found else "not_started",
        "texts": texts,
        "rows": rows,
        "writes": writes,
        "signs": signing and own and actor.may(Verb.SIGN_SELF_REPORTS),
        "own_draft": found is not None and found.drafted_by_id == actor.user_id,
        "decides": found is not None and found.state == SelfReportState.FILED and closes_year(actor, scheme.track),
        "files": attached(EVIDENCE, [found.pk]).get(found.pk, []) if found else [],
        "stale": isinstance(refusal, Conflict) and refusal.code == "stale",
        "noted": request.POST.get("note", ""),
        "today": timezone.now().astimezone().date(),
    }
    return shown(request, "evaluation/year/self_report.html", context, refusal)


@page_act(_page, opens=True)
def report(request: KpiRequest, year: int, code: str) -> HttpResponse:
    actor, at = request.actor, timezone.now()
    scheme, organisation = access.place(actor, year, code)
    access.require_drafter(actor, organisation)
    version, typed = sent(request, VersionForm)["version"], _typed(request)
    places = {int(match[2]) for name in typed if (match := FIELD.fullmatch(name))}
    lines = {pk: (typed.get(f"done-{pk}", ""), typed.get(f"problem-{pk}", "")) for pk in places if _changed(typed, pk)}
    saved = services.save_self_report(
        actor=actor,
        scheme_id=scheme.pk,
        organisation_id=organisation.pk,
        version=version,
        typed=services.Typed(**{name: typed.get(name, "") for name in services.TEXTS}, lines=lines),
        at=at,
    )
    if typed.get("then") == "send":
        services.send_for_signing(actor=actor, report_id=saved.pk, version=saved.version, at=at)
    return redirect("evaluation:self-report", year=year, code=code)


def _item(request: KpiRequest, year: int, code: str, indicator_id: int, refusal: Refused | None = None) -> HttpResponse:
    """The article of one item; after a refusal with what was typed, and what is stored now beside it."""
    scheme, organisation = access.place(request.actor, year, code)
    page, typed = report_page(scheme, organisation), _typed(request)
    line = next((one for one in page.lines if one.fact["indicator"] == indicator_id), None)
    if line is None:
        raise refusal or NotFound()
    done, problem = typed.get(f"done-{indicator_id}", ""), typed.get(f"problem-{indicator_id}", "")
    errors = [one.message for one in refusal.errors] if refusal else []
    said = "".join(errors) or (refusal.message if refusal else "")
    context = {
        "scheme": scheme,
        "organisation": organisation,
        "report": page.report,
        "writes": True,
        "row": (line, done, problem, said, _digest(line), refusal is not None and refusal.code == "stale"),
        "saved": None if refusal else timezone.now(),
        "swapped": True,
    }
    return shown(request, "evaluation/year/_self_report_item.html", context, refusal)


@page_act(_item)
def save_item(request: KpiRequest, year: int, code: str, indicator_id: int) -> HttpResponse:
    scheme, organisation = access.place(request.actor, year, code)
    access.require_drafter(request.actor, organisation)
    typed = _typed(request)
    services.save_self_report_item(
        actor=request.actor,
        scheme_id=scheme.pk,
        organisation_id=organisation.pk,
        indicator_id=indicator_id,
        seen=typed.get(f"seen-{indicator_id}", ""),
        done=typed.get(f"done-{indicator_id}", ""),
        problem=typed.get(f"problem-{indicator_id}", ""),
        at=timezone.now(),
    )
    return _item(request, year, code, indicator_id)


@require_safe
def document(request: KpiRequest, year: int, code: str) -> HttpResponse:
    scheme, organisation = access.place(request.actor, year, code)
    page = report_page(scheme, organisation)
    if page.report is None:
        raise NotFound("自查报告还没有保存过，没有可导出的。请先保存。")
    content = write_official(report_document(scheme, organisation, page), at=page.report.drafted_at)
    return _file(content, DOCX, f"自查报告-{organisation.name}-{year}.docx")


def _found(actor: Actor, report_id: int) -> SelfReport:
    return access.visible_self_report(actor, report_id)


def _after(found: SelfReport, anchor: str = "") -> HttpResponse:
    place = reverse("evaluation:self-report", args=[found.scheme.year, found.organisation.code])
    return redirect(place + anchor)


@page_act(_page_of)
def send(request: KpiRequest, report_id: int) -> HttpResponse:
    found, version = _found(request.actor, report_id), sent(request, VersionForm)["version"]
    services.send_for_signing(actor=request.actor, report_id=report_id, version=version, at=timezone.now())
    return _after(found)


@page_act(_page_of)
def sign(request: KpiRequest, report_id: int) -> HttpResponse:
    return _second(request, report_id, services.sign_self_report)


@page_act(_page_of)
def decide(request: KpiRequest, report_id: int) -> HttpResponse:
    return _second(request, report_id, services.decide_self_report)


def _second(request: KpiRequest, report_id: int, act: Any) -> HttpResponse:
    found, data = _found(request.actor, report_id), sent(request, DecisionForm)
    passed = data.pop("decision") == "pass"
    act(actor=request.actor, report_id=report_id, passed=passed, at=timezone.now(), **data)
    return _after(found)


@takes_files
@page_act(_page_of)
def add_evidence(request: KpiRequest, report_id: int) -> HttpResponse:
    actor = request.actor
    found = _found(actor, report_id)
    access.require_drafter(actor, found.organisation)
    file, name = sent_file(request)
    services.add_self_report_evidence(actor=actor, report_id=report_id, file=file, name=name, at=timezone.now())
    return _after(found, "#evidence")


@require_POST
def remove_evidence(request: KpiRequest, attachment_id: int) -> HttpResponse:
    found = services.remove_self_report_evidence(actor=request.actor, attachment_id=attachment_id, at=timezone.now())
    return _after(found, "#evidence")
