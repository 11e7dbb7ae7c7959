"""月跟踪 (13号四（二）): units report, evaluators accept or give back. The acts themselves are those of every duty."""

from collections.abc import Sequence
from datetime import datetime
from typing import IO

from django.db import transaction

from evaluation.access import tracked_own, tracked_reviewed_by
from evaluation.models import Period
from evaluation.queries.tracking import EVIDENCE
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.attachments.services import remove, store
from miyun_kpi.duties.models import DutyPeriod, ProgressReport
from miyun_kpi.duties.services import (
    ReportInput,
    Seen,
    accept_reports,
    lock_own_open,
    return_report,
    save_report,
    submit_reports,
)
from miyun_kpi.inbox.services import Message, send
from miyun_kpi.lib import workdays
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.lib.periods import PeriodCode

# 推定: how long a unit may change a report that was given back.
DAYS_AFTER_RETURN = 3
CLAUSE = "13号 四（二）"


def save_line(*, actor: Actor, duty_period_id: int, report: ReportInput, at: datetime) -> ProgressReport:
    """Save one line of the unit's 月报."""
    if not tracked_own(actor).filter(pk=duty_period_id).exists():
        raise NotFound
    return save_report(actor=actor, duty_period_id=duty_period_id, report=report, at=at)


def submit_month(*, actor: Actor, period: Period, at: datetime, partly: bool = False) -> list[DutyPeriod]:
    """Submit the 月报 of the actor's unit: all saved lines; a blank one is refused unless `partly`."""
    require(actor, Verb.REPORT_PROGRESS)
    return submit_reports(actor=actor, found=tracked_own(actor).filter(period=period.code), at=at, partly=partly)


def accept_lines(*, actor: Actor, seen: Sequence[Seen], at: datetime) -> int:
    """Accept reports on the indicators the actor's organisation marks."""
    return accept_reports(actor=actor, found=tracked_reviewed_by(actor), seen=seen, at=at)


def return_line(*, actor: Actor, seen: Seen, observation: str, at: datetime) -> DutyPeriod:
    """Give a report back with an observation and tell the unit; it may be changed for three working days more."""
    with transaction.atomic():
        line = tracked_reviewed_by(actor).filter(pk=seen.duty_period_id).first()
        if line is None:
            raise NotFound
        day = workdays.add_working_days(at.astimezone().date(), DAYS_AFTER_RETURN)
        until = at.astimezone().replace(year=day.year, month=day.month, day=day.day, hour=18, minute=0)
        until = max(until.replace(second=0, microsecond=0), line.late_until)
        row = return_report(
            actor=actor, found=tracked_reviewed_by(actor), seen=seen, observation=observation, until=until, at=at
        )
        unit = row.unit
        send(
            [
                Message(
                    key=f"report-returned/{row.pk}/{row.report.version}/{role}",
                    organisation_id=unit.organisation_id,
                    role=role,
                    title=f"月报退回：{unit.duty.title}（{PeriodCode.parse(row.period).label}）"[:120],
                    body=f"{row.report.observation}　{actor.label}。请在{until:%m月%d日 %H:%M}前改好重报。",
                    url=f"/evaluation/tracking/{unit.organisation.code}/{row.period}/",
                    clause=CLAUSE,
                    demo=row.demo,
                )
                for role in (Role.REPORTER, Role.UNIT_HEAD)
            ],
            at=at,
        )
    return row


def add_evidence(*, actor: Actor, duty_period_id: int, file: IO[bytes], name: str, at: datetime) -> Attachment:
    """Keep an evidence file with a line of the unit's 月报. An indicator whose material goes offline takes none."""
    if not tracked_own(actor).filter(pk=duty_period_id).exists():
        raise NotFound
    with transaction.atomic():
        line = lock_own_open(actor, duty_period_id, at)
        if line.unit.duty.offline_only:
            raise Refused("offline-only", "这项任务材料线下报送，网上不收文件。没有上传。", clause="13号 四（二）")
        return store(
            actor=actor, kind=EVIDENCE, subject_id=line.pk, file=file, name=name, at=at, demo=line.demo or actor.demo
        )


def remove_evidence(*, actor: Actor, attachment_id: int, at: datetime) -> DutyPeriod:
    """Take an evidence file away while the line may still be changed."""
    found = Attachment.objects.filter(pk=attachment_id, kind=EVIDENCE).first()
    if found is None or not tracked_own(actor).filter(pk=found.subject_id).exists():
        raise NotFound
    with transaction.atomic():
        line = lock_own_open(actor, found.subject_id, at)
        remove(actor=actor, attachment=found, at=at)
    return line
