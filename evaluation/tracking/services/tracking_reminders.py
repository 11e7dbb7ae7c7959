"""What the clock does for 月跟踪: reminds units of what they owe and both sides of overdue 整改. Each notice once."""

from datetime import datetime

from django.db.models import Count

from evaluation.enums import RectificationState
from evaluation.tracking.access import tracked
from evaluation.tracking.models import Rectification
from miyun_kpi.accounts.enums import Role
from miyun_kpi.duties.enums import ReportState
from miyun_kpi.inbox.services import Message, send
from miyun_kpi.lib import workdays
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.routes import to

REMIND_WORKING_DAYS_BEFORE = (3, 1, 0)
CLAUSE = "四（二）"
UNIT_ROLES = (Role.REPORTER, Role.UNIT_HEAD)


def remind_units(*, at: datetime) -> int:
    """Three, one and zero working days before the due date, once when it has passed; one notice a unit, month and rule."""
    today = at.astimezone().date()
    owing = (
        tracked()
        .filter(state__in=(ReportState.EXPECTED, ReportState.DRAFT), reopened_until__isnull=True)
        .filter(starts_at__lte=at, late_until__gt=at)
        .order_by()
        .values("period", "due_at", "late_until", "unit__organisation_id", "unit__organisation__code")
        .annotate(number=Count("pk"))
    )
    messages = []
    for row in owing:
        label = PeriodCode.parse(row["period"]).label
        left = workdays.working_days_between(today, row["due_at"].astimezone().date())
        due = f"{row['due_at'].astimezone():%m月%d日 %H:%M}"
        if at >= row["due_at"]:
            rule, title = "late", f"{label}月报已过报送截止"
            until = f"{row['late_until'].astimezone():%m月%d日 %H:%M}"
            body = f"{due}截止，{until}前还可补报，计为迟报。还差 {row['number']} 项。"
        elif left in REMIND_WORKING_DAYS_BEFORE:
            rule, title = f"due-{left}", f"{label}月报还剩 {left} 个工作日"
            body = f"{due}截止，还差 {row['number']} 项。"
        else:
            continue
        messages += [
            Message(
                key=f"report/{row['period']}/{row['unit__organisation_id']}/{rule}/{role}",
                organisation_id=row["unit__organisation_id"],
                role=role,
                title=title,
                body=body,
                url=to("evaluation:monthly-report", row["unit__organisation__code"], row["period"]),
                clause=CLAUSE,
            )
            for role in UNIT_ROLES
        ]
    return send(messages, at=at)


def tell_overdue(*, at: datetime) -> int:
    """A 整改 past its day without an answer: the unit and who opened it, once for each version."""
    found = Rectification.objects.filter(state=RectificationState.OPEN, due_at__lte=at)
    messages = []
    for row in found.select_related("unit__duty", "unit__organisation"):
        sides = [(row.unit.organisation_id, role) for role in UNIT_ROLES] + [(row.opened_for_id, row.opened_role)]
        messages += [
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
    return send(messages, at=at)
