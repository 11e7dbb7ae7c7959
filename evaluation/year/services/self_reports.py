"""自查报告 (13号 四（三）1): drafted by the unit's reporter, signed by its head, accepted or returned by the office."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO

from django.db import IntegrityError

from evaluation.enums import SelfReportState
from evaluation.scheme.models.scheme import Scheme
from evaluation.year.access.self_reports import require_drafter, visible_self_report
from evaluation.year.access.year_close import require_closing
from evaluation.year.models.year_close import SelfReport, SelfReportLine
from evaluation.year.queries.reporting import reporting_units
from evaluation.year.queries.self_reports import EVIDENCE, facts_of
from evaluation.year.queries.year_plan import planned_day
from evaluation.year.rules.self_report import item_digest
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.acts.acting import Act, acting, lock_one, require_other_hand, require_version, tell
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.attachments.services import remove, store
from miyun_kpi.db.finding import one_of
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, FieldError, NotFound, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import acts_for
from miyun_kpi.routes import to

CLAUSE = "四（三）1"
LONGEST, LONGEST_LINE = 5000, 2000
TEXTS = {"summary": "年度绩效任务落实情况", "problems": "问题和不足", "measures": "下一步措施"}
EDITABLE = (SelfReportState.DRAFT, SelfReportState.RETURNED)


@dataclass(frozen=True)
class Typed:
    """`lines`: (done, problem) by indicator."""

    summary: str
    problems: str
    measures: str
    lines: Mapping[int, tuple[str, str]] = field(default_factory=dict)


def save_self_report(
    *, actor: Actor, scheme_id: int, organisation_id: int, version: int, typed: Typed, at: datetime
) -> SelfReport:
    """The draft of the unit's reporter; `version` 0 for the first. Saved as far as it is written; an item that is not given
    stays as it is."""
    with _drafting(actor, scheme_id, organisation_id, at) as (act, report):
        require_version(report, version)
        lines = _checked(typed, report.scheme, report.organisation)
        report.summary, report.problems, report.measures = (
            typed.summary.strip(),
            typed.problems.strip(),
            typed.measures.strip(),
        )
        act.save(report)
        _write(report, lines)
        _record(act, "saved", report)
    return report


def _write(report: SelfReport, lines: Mapping[int, tuple[str, str]]) -> None:
    """Those given; the others stay as they are."""
    SelfReportLine.objects.bulk_create(
        [
            SelfReportLine(report=report, indicator_id=pk, done=done, problem=problem)
            for pk, (done, problem) in lines.items()
        ],
        update_conflicts=True,
        unique_fields=["report", "indicator"],
        update_fields=["done", "problem"],
    )


def save_self_report_item(
    *,
    actor: Actor,
    scheme_id: int,
    organisation_id: int,
    indicator_id: int,
    seen: str,
    done: str,
    problem: str,
    at: datetime,
) -> SelfReport:
    """One item of 逐项梳理 alone. `seen`: `item_digest` of what stood there when it was opened; what a colleague has
    stored of another item meanwhile is no hindrance, not even where that made the report."""
    try:
        return _item_saved(actor, scheme_id, organisation_id, indicator_id, seen, (done, problem), at)
    except JustMade:
        return _item_saved(actor, scheme_id, organisation_id, indicator_id, seen, (done, problem), at)


def _item_saved(
    actor: Actor,
    scheme_id: int,
    organisation_id: int,
    indicator_id: int,
    seen: str,
    typed: tuple[str, str],
    at: datetime,
) -> SelfReport:
    done, problem = typed
    with _drafting(actor, scheme_id, organisation_id, at) as (act, report):
        given = Typed("", "", "", lines={indicator_id: (done, problem)})
        checked = _checked(given, report.scheme, report.organisation)
        line = report.lines.filter(indicator_id=indicator_id).first() if report.pk else None
        if seen != item_digest(*(line.done, line.problem) if line else ("", "")):
            raise Conflict(
                "stale", "这一项刚被本单位的同事改过，没有保存。现存的在上面，再按“存这一项”就以您写的为准。"
            )
        act.save(report)
        _write(report, checked)
        _record(act, "saved", report)
    return report


class JustMade(Conflict):
    """Two made the report of a unit at once, and this one came second."""


@contextmanager
def _drafting(actor: Actor, scheme_id: int, organisation_id: int, at: datetime) -> Iterator[tuple[Act, SelfReport]]:
    """The report of the unit, locked and still to be written, or a new one; whoever signs it signs anew."""
    scheme = Scheme.objects.issued().filter(pk=scheme_id).first()
    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if scheme is None or organisation is None or not _evaluated(scheme, organisation):
        raise NotFound
    require_drafter(actor, organisation)
    try:
        with acting(actor, at) as act:
            stored = lock_one(SelfReport.objects.filter(scheme=scheme, organisation=organisation))
            report = stored or SelfReport(scheme=scheme, organisation=organisation, version=0)
            if report.state not in EDITABLE:
                raise Conflict("not-editable", f"自查报告{report.get_state_display()}，不能再改，没有保存。")
            act.sign(report, "drafted")
            report.signed_by, report.signed_by_id, report.signed_at = "", None, None
            yield act, report
    except IntegrityError:
        raise JustMade("stale", "本单位的同事刚建立了自查报告，没有保存。请刷新后再写。") from None


def _evaluated(scheme: Scheme, organisation: Organisation) -> bool:
    return any(one.pk == organisation.pk for one in reporting_units(scheme))


def _checked(typed: Typed, scheme: Scheme, organisation: Organisation) -> dict[int, tuple[str, str]]:
    """Everything wrong with the texts at once; an offline indicator takes none (engine 20)."""
    facts = {fact["indicator"]: fact for fact in facts_of(scheme, organisation)}
    if not set(typed.lines) <= set(facts):
        raise NotFound
    problems = [
        FieldError(f"“{label}”超过 {LONGEST} 字或有读不懂的字符。", "bad-text", field=name)
        for name, label in TEXTS.items()
        if len(getattr(typed, name)) > LONGEST or "\x00" in getattr(typed, name)
    ]
    kept = {}
    for pk, (done, problem) in typed.lines.items():
        done, problem, fact = done.strip(), problem.strip(), facts[pk]
        if fact["offline"] and (done or problem):
            problems.append(
                FieldError(f"“{fact['name']}”材料线下报送，网上不写文字。", "offline-only", field=f"done-{pk}")
            )
        elif max(len(done), len(problem)) > LONGEST_LINE or "\x00" in done + problem:
            problems.append(
                FieldError(f"“{fact['name']}”超过 {LONGEST_LINE} 字或有读不懂的字符。", "bad-text", field=f"done-{pk}")
            )
        elif not fact["offline"]:
            kept[pk] = (done, problem)
    if problems:
        raise Refused(
            "bad-report",
            f"有 {len(problems)} 处要改，没有保存。请按提示改正。",
            clause=scheme.cite(CLAUSE),
            errors=problems,
        )
    return kept


def send_for_signing(*, actor: Actor, report_id: int, version: int, at: datetime) -> SelfReport:
    """To the head of the unit; 逐项梳理 has to be whole."""
    with acting(actor, at) as act:
        report = _locked(act, report_id)
        require_drafter(actor, report.organisation)
        require_version(report, version)
        if report.state not in EDITABLE:
            raise Conflict("not-editable", f"自查报告{report.get_state_display()}，没有再送。请刷新。")
        _require_whole(report)
        report.state = SelfReportState.SIGNING
        _save(act, "sent-for-signing", report)
        _tell(report, Role.UNIT_HEAD, "自查报告待签发", "请审阅后签发报送，或退回修改。", at)
    return report


def _require_whole(report: SelfReport) -> None:
    written = {line.indicator_id: line.done for line in report.lines.all()}
    lacking = [
        FieldError(f"“{fact['name']}”还没有写完成情况。", "blank", field=f"done-{fact['indicator']}")
        for fact in facts_of(report.scheme, report.organisation)
        if not fact["offline"] and len(written.get(fact["indicator"], "")) < 2
    ]
    lacking += [
        FieldError(f"还没有写“{label}”。", "blank", field=name)
        for name, label in TEXTS.items()
        if len(getattr(report, name)) < 4
    ]
    if lacking:
        raise Refused(
            "not-whole",
            f"还有 {len(lacking)} 处没有写，没有送签。方案要求逐项梳理、查找问题和不足。",
            clause=report.scheme.cite(CLAUSE),
            errors=lacking,
        )


def sign_self_report(
    *, actor: Actor, report_id: int, version: int, passed: bool, note: str, at: datetime
) -> SelfReport:
    """Signed off by the head, another person than who wrote it: submitted, its facts frozen. Or back to the reporter."""
    with acting(actor, at) as act:
        report = _locked(act, report_id)
        require(actor, Verb.SIGN_SELF_REPORTS)
        if not acts_for(actor.organisation_id, report.organisation_id):
            raise NotFound
        require_version(report, version)
        if report.state != SelfReportState.SIGNING:
            raise Conflict("not-to-sign", f"自查报告{report.get_state_display()}，没有再签发。请刷新。")
        require_other_hand(
            actor, report.drafted_by_id, "签发要由填写人以外的另一个人办理，没有执行。请另一位负责人办理。", at
        )
        report.note = read_reason(note, "退回要写意见", required=not passed)
        if passed:
            _require_whole(report)
            report.facts = facts_of(report.scheme, report.organisation)
            report.state = SelfReportState.FILED
            act.sign(report, "signed")
            if report.decided_at is None:  # given back for completion, it was on time if it first was
                report.late = at.astimezone().date() > planned_day(report.scheme, "self-report")
            report.decided_by, report.decided_at = "", None
        else:
            report.state = SelfReportState.DRAFT
        _save(act, "signed" if passed else "signing-returned", report)
        if not passed:
            _tell(report, Role.REPORTER, "自查报告退回修改", report.note, at)
    return report


def decide_self_report(
    *, actor: Actor, report_id: int, version: int, passed: bool, note: str, at: datetime
) -> SelfReport:
    """The office takes it, or gives it back to be completed; signed again it is submitted anew."""
    with acting(actor, at) as act:
        report = _locked(act, report_id)
        require_closing(actor, report.scheme)
        require_version(report, version)
        if report.state != SelfReportState.FILED:
            raise Conflict("not-submitted", f"自查报告{report.get_state_display()}，没有再办。请刷新。")
        report.note = read_reason(note, "退回要写意见", required=not passed)
        report.state = SelfReportState.ACCEPTED if passed else SelfReportState.RETURNED
        act.sign(report, "decided")
        _save(act, "accepted" if passed else "returned", report)
        if not passed:
            for role in (Role.REPORTER, Role.UNIT_HEAD):
                _tell(report, role, "自查报告退回补充", report.note, at)
    return report


def add_self_report_evidence(*, actor: Actor, report_id: int, file: IO[bytes], name: str, at: datetime) -> Attachment:
    with acting(actor, at) as act:
        report = _locked(act, report_id)
        _require_evidence(actor, report)
        return store(actor=actor, kind=EVIDENCE, subject_id=report.pk, file=file, name=name, at=at)


def remove_self_report_evidence(*, actor: Actor, attachment_id: int, at: datetime) -> SelfReport:
    found = one_of(Attachment.objects.filter(pk=attachment_id, kind=EVIDENCE))
    with acting(actor, at) as act:
        report = _locked(act, found.subject_id)
        _require_evidence(actor, report)
        remove(actor=actor, attachment=found, at=at)
    return report


def _require_evidence(actor: Actor, report: SelfReport) -> None:
    require_drafter(actor, report.organisation)
    if report.state not in EDITABLE:
        raise Conflict("not-editable", f"自查报告{report.get_state_display()}，材料不能再动，没有执行。")


def _locked(act: Act, report_id: int, version: int | None = None) -> SelfReport:
    visible_self_report(act.actor, report_id)
    return act.lock(SelfReport.objects.select_related("scheme", "organisation"), report_id, version)


def _save(act: Act, what: str, report: SelfReport) -> None:
    act.save(report)
    _record(act, what, report)


def _record(act: Act, what: str, report: SelfReport) -> None:
    act.record(
        f"evaluation.self-report.{what}",
        report,
        organisation=report.organisation.code,
        year=report.scheme.year,
        state=report.state,
        version=report.version,
        late=report.late,
        note=report.note,
    )


def _tell(report: SelfReport, role: str, title: str, body: str, at: datetime) -> None:
    message = Message(
        key=f"self-report/{report.pk}/{report.version}/{role}",
        organisation_id=report.organisation_id,
        role=Role(role),
        title=f"{report.scheme.year}年{title}"[:120],
        body=body,
        url=to("evaluation:self-report", report.scheme.year, report.organisation.code),
        clause=report.scheme.cite(CLAUSE),
    )
    tell([message], at=at)
