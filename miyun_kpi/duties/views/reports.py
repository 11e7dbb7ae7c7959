"""One report of a unit: filled in, submitted, exempted by a written statement, accepted or given back."""

from datetime import datetime, time
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.attachments.queries import attached
from miyun_kpi.duties import access
from miyun_kpi.duties.enums import WRITABLE, ReportState, StatementState
from miyun_kpi.duties.forms import (
    OFFLINE,
    FromPaperForm,
    MadeUpForm,
    ReturnForm,
    StatementDecisionForm,
    StatementForm,
    TakeBackForm,
    line_of,
    paper_of,
    read_report,
    read_seen,
)
from miyun_kpi.duties.models import DutyPeriod, ProgressReport
from miyun_kpi.duties.queries.lists import document_by, owed_lines
from miyun_kpi.duties.queries.reports import (
    COURSES,
    is_laid_down,
    is_writable,
    left_beside,
    may_make_up,
    standing_of,
    waiting_for_review,
)
from miyun_kpi.duties.rules.cadence import SHANGHAI, label_of
from miyun_kpi.duties.services import Seen, accept_reports, return_report, save_report, submit_reports
from miyun_kpi.duties.services.evidence import EVIDENCE, add_evidence
from miyun_kpi.duties.services.evidence import remove_evidence as remove_service
from miyun_kpi.duties.services.making_up import enter_from_paper, make_up
from miyun_kpi.duties.services.reports import require_reviewer
from miyun_kpi.duties.services.statements import decide_statement as decide_service
from miyun_kpi.duties.services.statements import file_statement, revoke_statement
from miyun_kpi.lib import workdays
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.lists import first
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, keep_typed, page_act, sent, sent_file, shown, takes_files, typed_again
from miyun_kpi.web.forms import unreadable

# 推定: how long a unit may change a report that was given back. No printed basis; working days, enough to ask somebody
# and to have the answer in before the next month is due.
DAYS_AFTER_RETURN = 3


@require_safe
def period(request: KpiRequest, period_id: int) -> HttpResponse:
    return report_page(request, period_id)


def report_page(request: KpiRequest, period_id: int, refusal: Refused | None = None) -> HttpResponse:
    actor, at, typed = request.actor, timezone.now(), typed_again(request)
    row = access.visible_period(actor, period_id)
    own, report = access.may_report(actor, row), getattr(row, "report", None)
    statement = getattr(row, "statement", None)
    decides = access.reviewed_by(actor).filter(pk=row.pk).exists()
    kept = document_by(row.unit.duty.document)
    context = {
        "row": row,
        "duty": row.unit.duty,
        "document": kept,
        "report": report,
        "statement": statement,
        "label": label_of(row.period),
        "standing": standing_of(row, at),
        "own": own,
        "laid_down": is_laid_down(row),
        "beside": left_beside(row, actor.organisation_id) if own else [],
        "editable": own and is_writable(row, at),
        "decides": decides and row.state in (ReportState.FILED, ReportState.ACCEPTED),
        "takes_statement": access.is_office(actor, kept)
        and statement is not None
        and statement.state == StatementState.SUBMITTED,
        "revokes_statement": access.is_office(actor, kept)
        and statement is not None
        and statement.state == StatementState.ACCEPTED,
        "opening": getattr(row, "opening", None),
        "takes_back": form_of(request, TakeBackForm)
        if row.state == ReportState.OPENING and access.is_office(actor, kept)
        else None,
        "states_reasons": own
        and (is_writable(row, at) or may_make_up(row, at))
        and row.unit.duty.exemptible
        and (statement is None or statement.state == StatementState.RETURNED),
        "statement_version": statement.version if statement else 0,
        "late_forms": late_forms(request, row, makes_up=own and may_make_up(row, at), enters=_enters(request, row)),
        "files": attached(EVIDENCE, [row.pk]).get(row.pk, []),
        "courses": COURSES,
        "filled": _filled(typed.get("report"), report, refusal),
        "typed": typed,
        "now": at,
    }
    return shown(request, "duties/period.html", context, refusal)


def _enters(request: KpiRequest, row: DutyPeriod) -> bool:
    """Whether the reader enters this line from paper: who reads its reports, while nothing is reported."""
    return row.state in WRITABLE and access.reviewed_by(request.actor).filter(pk=row.pk).exists()


def late_forms(request: KpiRequest, row: DutyPeriod, *, makes_up: bool, enters: bool) -> dict[str, Any]:
    """The forms of 补报 and 代录 of one line, as far as they are offered; with what was last saved in them."""
    report, offline = getattr(row, "report", None), row.unit.duty.offline_only
    names = ("course", "progress", "problem", "next_step", *OFFLINE)
    initial = {name: getattr(report, name, "") for name in names} | {"version": report.version if report else 0}
    found: dict[str, Any] = {}
    if makes_up:
        found["made_up"] = form_of(request, MadeUpForm, initial=initial, offline=offline)
    if enters:
        found["from_paper"] = form_of(request, FromPaperForm, initial=initial, offline=offline)
    return found


def _filled(typed: QueryDict | None, report: ProgressReport | None, refusal: Refused | None) -> dict[str, Any]:
    """What the form shows: what was just typed and refused, else what is stored, else nothing.

    After a conflict it carries the version now stored: pressing again is a decision, as the refusal says.
    """
    names = ("version", "course", "progress", "problem", "next_step")
    if typed is not None:
        found = {name: typed.get(name, "") for name in names}
        current = refusal.errors[0].current if isinstance(refusal, Conflict) and refusal.errors else None
        return found | ({"version": str(current["version"])} if current else {})
    return {name: getattr(report, name, "") for name in names} | {"version": report.version if report else 0}


def _visible(request: KpiRequest, period_id: int) -> DutyPeriod:
    return access.visible_period(request.actor, period_id)


@page_act(report_page)
def save(request: KpiRequest, period_id: int) -> HttpResponse:
    """Save, and with the button 报送 submit in the same breath; what was saved stays when submitting is refused."""
    row, at = _visible(request, period_id), timezone.now()
    keep_typed(request, report=request.POST)
    save_report(actor=request.actor, duty_period_id=row.pk, report=read_report(request.POST), at=at)
    if "submit" in request.POST:
        submit_reports(actor=request.actor, found=DutyPeriod.objects.filter(pk=row.pk), at=at)
    return redirect("duties:period", period_id=row.pk)


@page_act(report_page)
def submit(request: KpiRequest, period_id: int) -> HttpResponse:
    row = _visible(request, period_id)
    submit_reports(actor=request.actor, found=DutyPeriod.objects.filter(pk=row.pk), at=timezone.now())
    return redirect("duties:period", period_id=row.pk)


@page_act(report_page)
def made_up(request: KpiRequest, period_id: int) -> HttpResponse:
    """补报 of what was let pass, by the unit."""
    row = _visible(request, period_id)
    access.require_report(request.actor, row)
    given = sent(request, MadeUpForm, offline=row.unit.duty.offline_only)
    make_up(
        actor=request.actor, duty_period_id=row.pk, report=line_of(given), reason=given["reason"], at=timezone.now()
    )
    return redirect("duties:period", period_id=row.pk)


@page_act(report_page)
def from_paper(request: KpiRequest, period_id: int) -> HttpResponse:
    """代录 by who reads the reports of the duty."""
    row = _visible(request, period_id)
    require_reviewer(request.actor)
    given = sent(request, FromPaperForm, offline=row.unit.duty.offline_only)
    enter_from_paper(
        actor=request.actor,
        found=access.reviewed_by(request.actor),
        duty_period_id=row.pk,
        report=line_of(given),
        paper=paper_of(given),
        at=timezone.now(),
    )
    return redirect("duties:period", period_id=row.pk)


@takes_files
@page_act(report_page)
def evidence(request: KpiRequest, period_id: int) -> HttpResponse:
    row = _visible(request, period_id)
    access.require_report(request.actor, row)
    file, name = sent_file(request)
    add_evidence(actor=request.actor, duty_period_id=row.pk, file=file, name=name, at=timezone.now())
    return redirect(f"{reverse('duties:period', args=[row.pk])}#files")


@page_act(report_page)
def remove_evidence(request: KpiRequest, period_id: int, attachment_id: int) -> HttpResponse:
    row = _visible(request, period_id)
    remove_service(actor=request.actor, duty_period_id=row.pk, attachment_id=attachment_id, at=timezone.now())
    return redirect(f"{reverse('duties:period', args=[row.pk])}#files")


@page_act(report_page)
def statement(request: KpiRequest, period_id: int) -> HttpResponse:
    row = _visible(request, period_id)
    keep_typed(request, statement=request.POST.get("reason", ""))
    given = sent(request, StatementForm)
    file_statement(actor=request.actor, duty_period_id=row.pk, at=timezone.now(), **given)
    return redirect("duties:period", period_id=row.pk)


@page_act(report_page)
def decide_statement(request: KpiRequest, period_id: int) -> HttpResponse:
    row = _visible(request, period_id)
    keep_typed(request, opinion=request.POST.get("opinion", ""))
    given, at = sent(request, StatementDecisionForm), timezone.now()
    common = {"actor": request.actor, "duty_period_id": row.pk, "version": given["version"], "at": at}
    if given["decision"] == "revoked":
        revoke_statement(**common, reason=given["opinion"], until=_until(at))
    else:
        decide_service(**common, accepted=given["decision"] == "accept", opinion=given["opinion"])
    return redirect("duties:period", period_id=row.pk)


def _until(at: datetime) -> datetime:
    """How long what was given back may be changed."""
    day = workdays.add_working_days(at.astimezone(SHANGHAI).date(), DAYS_AFTER_RETURN)
    return datetime.combine(day, time(18), SHANGHAI)


@page_act(report_page)
def give_back(request: KpiRequest, period_id: int) -> HttpResponse:
    row, at = _visible(request, period_id), timezone.now()
    keep_typed(request, observation=request.POST.get("observation", ""))
    given = sent(request, ReturnForm)
    return_report(
        actor=request.actor,
        found=access.reviewed_by(request.actor),
        seen=Seen(row.pk, given["version"]),
        observation=given["observation"],
        until=_until(at),
        at=at,
    )
    return redirect("duties:review", document=row.unit.duty.document)


@require_safe
def review(request: KpiRequest, document: str) -> HttpResponse:
    return _review_page(request, document)


def _review_page(request: KpiRequest, document: str, refusal: Refused | None = None) -> HttpResponse:
    kept = document_by(document)
    at = timezone.now()
    found = access.reviewed_by(request.actor).filter(unit__duty__document=kept.document)
    filed = first(waiting_for_review(found).order_by("unit__duty_id", "due_at", "pk"), 300)
    context = {"document": kept, "rows": owed_lines(filed, at), "shown": filed, "others": found.exists()}
    return shown(request, "duties/review.html", context, refusal)


@page_act(_review_page)
def accept(request: KpiRequest, document: str) -> HttpResponse:
    kept = document_by(document)
    values = request.POST.getlist("seen")
    if not all(values):
        raise unreadable()
    accept_reports(
        actor=request.actor,
        found=access.reviewed_by(request.actor).filter(unit__duty__document=kept.document),
        seen=read_seen(values),
        at=timezone.now(),
    )
    return redirect("duties:review", document=kept.document)
