"""What the clock does for 月跟踪: reminds units of what they owe and both sides of overdue 整改. Each notice once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count

from evaluation.enums import RectificationState
from evaluation.periods.rules.calendar import latest_reminder
from evaluation.scheme.access.office import office_ids
from evaluation.tracking.access import tracked
from evaluation.tracking.models import Rectification
from miyun_kpi.accounts.enums import Role
from miyun_kpi.duties.enums import ReportState
from miyun_kpi.inbox.services import Message, send_due
from miyun_kpi.jobs.clock import Run, timed
from miyun_kpi.lib import workdays
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.routes import to

CLAUSE = "四（二）"
UNIT_ROLES = (Role.REPORTER, Role.UNIT_HEAD)


def _offices() -> list[tuple[int, str]]:
    return [(pk, Role.EVALUATION_OFFICE) for pk in office_ids("")]


@timed("evaluation.remind_units", "月报将到期、已过截止的提醒", tells=_offices, beat="evaluation.send_reminders")
def remind_units(run: Run) -> None:
    """Three, one and zero working days before the due date, once when it has passed; one notice a unit, month and rule.

    Of what the clock slept through only the latest is made up.
    """
    owing = (
        tracked()
        .filter(state__in=(ReportState.EXPECTED, ReportState.DRAFT), reopened_until__isnull=True)
        .filter(starts_at__lte=run.at, locks_at__gt=run.at)
        .order_by()
        .values("period", "starts_at", "due_at", "late_until", "unit__organisation_id", "unit__organisation__code")
        .annotate(number=Count("pk"))
    )
    found = run.gather(
        owing,
        lambda row: _reminders(row, run.at),
        key=lambda row: f"unit:{row['unit__organisation_id']}:{row['period']}",
    )
    send_due(run, [message for message, _ in found], {message.key: due for message, due in found})


def _reminders(row: Mapping[str, Any], at: datetime) -> list[tuple[Message, datetime]]:
    label = PeriodCode.parse(row["period"]).label
    due = f"{row['due_at'].astimezone():%m月%d日 %H:%M}"
    until = f"{row['late_until'].astimezone():%m月%d日 %H:%M}"
    rule, moment = latest_reminder(row["starts_at"], row["due_at"], at)
    if not rule:
        return []
    if at >= row["late_until"]:
        title, body = f"{label}月报已过补报截止", f"{due}截止，{until}止补报，还差 {row['number']} 项。"
    elif rule == "late":
        title = f"{label}月报已过报送截止"
        body = f"{due}截止，{until}前还可补报，计为迟报。还差 {row['number']} 项。"
    else:
        left = workdays.working_days_between(at.astimezone().date(), row["due_at"].astimezone().date())
        title, body = f"{label}月报还剩 {left} 个工作日", f"{due}截止，还差 {row['number']} 项。"
    return [
        (
            Message(
                key=f"report/{row['period']}/{row['unit__organisation_id']}/{rule}/{role}",
                organisation_id=row["unit__organisation_id"],
                role=role,
                title=title,
                body=body,
                url=to("evaluation:monthly-report", row["unit__organisation__code"], row["period"]),
                clause=CLAUSE,
            ),
            moment,
        )
        for role in UNIT_ROLES
    ]


@timed("evaluation.tell_overdue", "整改逾期未答复的提醒", tells=_offices, beat="evaluation.send_reminders")
def tell_overdue(run: Run) -> None:
    """A 整改 past its day without an answer: the unit and who opened it, once for each version."""
    found = Rectification.objects.filter(state=RectificationState.OPEN, due_at__lte=run.at)
    rows = found.select_related("unit__duty", "unit__organisation")
    messages = run.gather(rows, _overdue, key=lambda row: f"rectification:{row.pk}")
    send_due(run, messages)


def _overdue(row: Rectification) -> list[Message]:
    sides = [(row.unit.organisation_id, role) for role in UNIT_ROLES] + [(row.opened_for_id, row.opened_role)]
    return [
        Message(
            key=f"rectification-overdue/{row.pk}/{row.version}/{role}",
            organisation_id=organisation_id,
            role=role,
            title=f"整改逾期未答复：{row.unit.organisation.name}“{row.unit.duty.title}”"[:120],
            body=f"期限 {row.due_at.astimezone():%m月%d日 %H:%M}。",
            url=to("evaluation:rectification", row.pk),
            clause=CLAUSE,
        )
        for organisation_id, role in sides
    ]
