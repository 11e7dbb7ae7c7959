"""Notices before a report is due and after it is overdue; each once a unit and span, whatever the clock does."""

from datetime import datetime

from miyun_kpi.duties.enums import WRITABLE
from miyun_kpi.duties.models import DutyDocument, DutyPeriod
from miyun_kpi.duties.rules.cadence import SHANGHAI, label_of
from miyun_kpi.inbox.services import Message, send
from miyun_kpi.lib import workdays
from miyun_kpi.lib.citations import cite
from miyun_kpi.routes import to


def send_reminders(*, at: datetime) -> int:
    """Set-based: two reads a document. Returns new notices."""
    messages: list[Message] = []
    for document in DutyDocument.objects.select_related("office"):
        today = at.astimezone(SHANGHAI).date()
        until = workdays.add_working_days(today, document.remind_days)
        owed = DutyPeriod.objects.filter(
            unit__duty__document=document.document, state__in=WRITABLE, reopened_until__isnull=True
        ).select_related("unit__duty", "unit__organisation")
        soon = owed.filter(starts_at__lte=at, due_at__gt=at, due_at__date__lte=until)
        late = owed.filter(due_at__lte=at, late_until__gt=at)
        messages += [_message(row, document, "soon") for row in soon]
        messages += [_message(row, document, "late") for row in late]
    return send(messages, at=at)


def _message(row: DutyPeriod, document: DutyDocument, kind: str) -> Message:
    duty, due = row.unit.duty, row.due_at.astimezone(SHANGHAI)
    word = "将到期" if kind == "soon" else "已迟"
    what = f"{due:%m月%d日 %H:%M} 前报送" if kind == "soon" else f"已过 {due:%m月%d日 %H:%M}，可补报"
    return Message(
        key=f"duty-{kind}:{row.pk}",
        organisation_id=row.unit.organisation_id,
        title=f"{word}：{duty.title}"[:120],
        body=f"{label_of(row.period)}，{what}。审核单位见任务页。",
        url=to("duties:period", row.pk),
        clause=cite(document.document, duty.clause),
    )
