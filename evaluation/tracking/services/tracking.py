"""月跟踪 (13号四（二）): units report, evaluators accept or give back. The acts themselves are those of every duty."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import IO

from evaluation.periods.models import Period
from evaluation.scheme.queries.documents import document_of_year
from evaluation.tracking.access import tracked_own, tracked_reviewed_by
from evaluation.tracking.queries.tracking import EVIDENCE, before_of
from evaluation.tracking.rules import as_before, why_not_as_before
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.acts.acting import acting, lock_all
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.attachments.services import remove, store
from miyun_kpi.db.finding import one_of
from miyun_kpi.duties.models import DutyPeriod, ProgressReport
from miyun_kpi.duties.services import (
    ReportInput,
    Seen,
    accept_reports,
    lock_own_open,
    return_report,
    save_reports,
    submit_reports,
)
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib import workdays
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, NotFound, Refused
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.routes import to

# 推定: how long a unit may change a report that was given back. No printed basis; working days, enough to ask somebody
# and to have the answer in before the next month is due.
DAYS_AFTER_RETURN = 3
CLAUSE = "四（二）"


def save_line(*, actor: Actor, duty_period_id: int, report: ReportInput, at: datetime) -> ProgressReport:
    """Save one line of the unit's 月报. 照上月 is what the words are, not what the page says of them."""
    return save_lines(actor=actor, reports={duty_period_id: report}, at=at)[0]


def save_lines(*, actor: Actor, reports: Mapping[int, ReportInput], at: datetime) -> list[ProgressReport]:
    """Save lines of one month by their ids, all or none."""
    lines = list(tracked_own(actor).filter(pk__in=reports))
    if len(lines) != len(reports):
        raise NotFound
    before = before_of(lines)
    told = {
        line.pk: replace(
            reports[line.pk],
            unchanged=not line.unit.duty.offline_only and as_before(reports[line.pk], before.get(line.unit_id)),
        )
        for line in lines
    }
    return save_reports(actor=actor, reports=told, at=at)


def fill_as_before(*, actor: Actor, period: Period, seen: Sequence[Seen], at: datetime) -> int:
    """其余同上月: fill the lines that were shown, each with what was shown of last month (`seen` holds its version).

    All or none. A line saved meanwhile keeps what it has; last month's words that were changed meanwhile are looked at
    once more. Returns how many were filled.
    """
    require(actor, Verb.REPORT_PROGRESS)
    wanted = {one.duty_period_id: one.version for one in seen}
    if not wanted:
        raise Refused(
            "nothing-as-before",
            "没有可以照上月填的行，没有保存。",
            clause=cite(document_of_year(period.period_code.year), CLAUSE),
        )
    with acting(actor, at):
        own = tracked_own(actor).filter(period=period.code, pk__in=wanted)
        held = lock_all(DutyPeriod.objects.filter(pk__in=own.order_by().values("pk")))
        ids = [row.pk for row in held]
        rows = list(DutyPeriod.objects.filter(pk__in=ids).select_related("unit__duty", "report").order_by("pk"))
        if len(rows) != len(wanted):
            raise NotFound
        before = before_of(rows)
        filled = [row for row in rows if not getattr(row, "report", None)]
        told = {}
        for row in filled:
            _require_as_shown(row, before.get(row.unit_id), wanted[row.pk])
            said = before[row.unit_id]
            told[row.pk] = ReportInput(0, said.course, said.progress, said.problem, said.next_step, unchanged=True)
        save_reports(actor=actor, reports=told, at=at)
    return len(filled)


def _require_as_shown(row: DutyPeriod, said: ProgressReport | None, version: int) -> None:
    told = said is not None and said.version == version
    offline = row.unit.duty.offline_only
    if not told or why_not_as_before(writable=True, saved=False, offline=offline, told_before=True):
        raise Conflict(
            "stale",
            f"“{row.unit.duty.title}”上月所报刚有变动，一行也没有填。请再看一遍。",
            clause=cite(row.unit.duty.document, CLAUSE),
        )


def submit_month(
    *, actor: Actor, period: Period, at: datetime, partly: bool = False, organisation_id: int | None = None
) -> list[DutyPeriod]:
    """Submit the 月报 of the actor's unit, or of one that ended into it (`organisation_id`): all saved lines; a blank one is
    refused unless `partly`."""
    require(actor, Verb.REPORT_PROGRESS)
    own = tracked_own(actor).filter(unit__organisation=organisation_id or actor.organisation_id)
    return submit_reports(actor=actor, found=own.filter(period=period.code), at=at, partly=partly)


def accept_lines(*, actor: Actor, seen: Sequence[Seen], at: datetime) -> int:
    """Accept reports on the indicators the actor's organisation marks."""
    return accept_reports(actor=actor, found=tracked_reviewed_by(actor), seen=seen, at=at)


def return_line(*, actor: Actor, seen: Seen, observation: str, at: datetime) -> DutyPeriod:
    """Give a report back with an observation and tell the unit; it may be changed for three working days more."""
    with acting(actor, at) as act:
        line = one_of(tracked_reviewed_by(actor).filter(pk=seen.duty_period_id))
        day = workdays.add_working_days(at.astimezone().date(), DAYS_AFTER_RETURN)
        until = at.astimezone().replace(year=day.year, month=day.month, day=day.day, hour=18, minute=0)
        until = max(until.replace(second=0, microsecond=0), line.late_until)
        row = return_report(
            actor=actor, found=tracked_reviewed_by(actor), seen=seen, observation=observation, until=until, at=at
        )
        unit = row.unit
        act.tell(
            [
                Message(
                    key=f"report-returned/{row.pk}/{row.report.version}/{role}",
                    organisation_id=unit.organisation_id,
                    role=role,
                    title=f"月报退回：{unit.duty.title}（{PeriodCode.parse(row.period).label}）"[:120],
                    body=f"{row.report.observation}　{actor.label}。请在{until:%m月%d日 %H:%M}前改好重报。",
                    url=to("evaluation:monthly-report", unit.organisation.code, row.period),
                    clause=cite(unit.duty.document, CLAUSE),
                )
                for role in (Role.REPORTER, Role.UNIT_HEAD)
            ]
        )
    return row


def add_evidence(*, actor: Actor, duty_period_id: int, file: IO[bytes], name: str, at: datetime) -> Attachment:
    """Keep an evidence file with a line of the unit's 月报. An indicator whose material goes offline takes none."""
    if not tracked_own(actor).filter(pk=duty_period_id).exists():
        raise NotFound
    with acting(actor, at):
        line = lock_own_open(actor, duty_period_id, at)
        if line.unit.duty.offline_only:
            raise Refused(
                "offline-only",
                "这项任务材料线下报送，网上不收文件。没有上传。",
                clause=cite(line.unit.duty.document, "四（二）"),
            )
        return store(actor=actor, kind=EVIDENCE, subject_id=line.pk, file=file, name=name, at=at)


def remove_evidence(*, actor: Actor, attachment_id: int, at: datetime) -> DutyPeriod:
    """Take an evidence file away while the line may still be changed."""
    found = Attachment.objects.filter(pk=attachment_id, kind=EVIDENCE).first()
    if found is None or not tracked_own(actor).filter(pk=found.subject_id).exists():
        raise NotFound
    with acting(actor, at):
        line = lock_own_open(actor, found.subject_id, at)
        remove(actor=actor, attachment=found, at=at)
    return line
