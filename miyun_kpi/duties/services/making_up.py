"""What was not reported while its window was open: made up by the unit (补报), or entered from the paper that came in (代录)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from miyun_kpi.accounts.enums import Role
from miyun_kpi.acts.acting import Act, acting
from miyun_kpi.acts.days import Late, day_of_act, late_words
from miyun_kpi.duties.enums import WRITABLE, ReportState
from miyun_kpi.duties.models import DutyPeriod, ProgressReport
from miyun_kpi.duties.queries.reports import may_make_up
from miyun_kpi.duties.registry import page_of
from miyun_kpi.duties.services.reports import (
    ReportInput,
    locked_line,
    own_line,
    require_open,
    require_reviewer,
    written,
)
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.lib.spans import label_of


@dataclass(frozen=True)
class Paper:
    """What came in on paper: its name or number, 收件日期 (by default today), and why it is entered only now."""

    number: str
    received_on: date | None = None
    late_reason: str = ""


def make_up(*, actor: Actor, duty_period_id: int, report: ReportInput, reason: str, at: datetime) -> DutyPeriod:
    """补报 by the unit, saved and reported in one act, with the reason why it is late. Whoever reads its reports decides on it.

    What was never reported stays 逾期未报 in every count; what was given back and not reported again keeps what its first
    report was.
    """
    with acting(actor, at) as act:
        row = own_line(actor, duty_period_id)
        if not may_make_up(row, at):
            require_open(row, at)
            raise Conflict("still-open", "这一期现在还可以照常填报，不用补报，没有保存。请直接填报。")
        row.made_up_reason = read_reason(reason, "补报要写理由")
        row.missed = row.missed or row.reopened_until is None
        fresh = written(actor, row, report, at)
        _file(act, row, fresh, late=row.late or row.missed)
        data = {"period": row.period, "course": fresh.course, "reason": row.made_up_reason}
        act.record("duties.report.made-up", f"duty-period:{row.pk}", **data)
    return row


def enter_from_paper(
    *, actor: Actor, found: QuerySet[DutyPeriod], duty_period_id: int, report: ReportInput, paper: Paper, at: datetime
) -> DutyPeriod:
    """代录 in the name of the unit by who reads its reports (`found`); another person of that office decides on it.

    Whether the report is 迟报, or came after its window, follows the day on which the paper was received.
    """
    require_reviewer(actor)
    number = paper.number.strip()
    with acting(actor, at) as act:
        row = locked_line(found.filter(pk=duty_period_id))
        if row.state == ReportState.OPENING:
            raise Conflict("taken-in", "这一期是期初已办，没有代录。登记有误的先撤销期初已办。")
        if row.state not in WRITABLE:
            raise Conflict("report-filed", "这一项已报送，没有代录。要改请先退回。")
        if not 2 <= len(number) <= 60 or "\x00" in number:
            raise Refused("paper-number-missing", "代录要写纸质件的名称、编号（2 至 60 字），没有执行。")
        received = day_of_act(paper.received_on, at)
        if received < row.starts_at.astimezone().date():
            said = (
                f"收件日期 {received} 早于填报开始 {row.starts_at.astimezone():%Y-%m-%d}，没有执行。请照收件登记填写。"
            )
            raise Refused("bad-received", said)
        entered_late = late_words(received, at, Late(number, paper.late_reason), what="收件日期")
        fresh = written(actor, row, report, at)
        fresh.paper_number, fresh.received_on = number, received
        fresh.entered_late, fresh.paper_by_id = entered_late, actor.user_id
        row.missed = row.missed or (row.reopened_until is None and received > row.late_until.astimezone().date())
        _file(act, row, fresh, late=row.late if row.reopened_until else received > row.due_at.astimezone().date())
        act.tell([_message(row, fresh)])
        data = {"period": row.period, "paper_number": number, "received_on": received.isoformat()}
        if entered_late:
            data["entered_late"] = entered_late
        act.record("duties.report.paper-entry", f"duty-period:{row.pk}", **data)
    return row


def _file(act: Act, row: DutyPeriod, fresh: ProgressReport, *, late: bool) -> None:
    row.state, row.late, row.reopened_until = ReportState.FILED, late, None
    fresh.submitted_at, fresh.submitted_by = act.at, act.actor.label
    fresh.save()
    row.save(update_fields=["state", "late", "reopened_until", "missed", "made_up_reason"])


def _message(row: DutyPeriod, fresh: ProgressReport) -> Message:
    duty = row.unit.duty
    return Message(
        key=f"report-from-paper/{row.pk}/{fresh.version}",
        organisation_id=row.unit.organisation_id,
        role=Role.REPORTER,
        title=f"{label_of(row.period)}“{duty.title}”已按纸质件代录"[:120],
        body=f"依据 {fresh.paper_number}。如有不符，请与代录的单位联系。",
        url=page_of(row),
        clause=cite(duty.document, duty.clause),
    )
