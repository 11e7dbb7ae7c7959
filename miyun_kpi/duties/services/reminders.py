"""Notices before a report is due and after it is overdue; each once a unit and span, whatever the clock does."""

from datetime import datetime

from miyun_kpi.duties.enums import WRITABLE
from miyun_kpi.duties.models import DutyDocument, DutyPeriod
from miyun_kpi.duties.rules.cadence import ONCE, SHANGHAI, label_of
from miyun_kpi.inbox.services import Message, send_due
from miyun_kpi.jobs.clock import Run, timed
from miyun_kpi.lib import workdays
from miyun_kpi.lib.citations import cite
from miyun_kpi.routes import to


def office_of(document: str) -> list[tuple[int, str]]:
    """Who hears of what the clock could not do for a document."""
    return [(pk, "") for pk in DutyDocument.objects.filter(document=document).values_list("office_id", flat=True)]


@timed("duties.send_reminders", "任务将到期、已迟的提醒")
def send_reminders(run: Run) -> None:
    """Set-based: two reads a document. Of a row that nobody was reminded of in time only the later notice is sent."""
    documents = list(DutyDocument.objects.select_related("office"))
    messages = run.gather(
        documents,
        lambda document: _messages(document, run.at),
        key=lambda document: f"document:{document.document}",
        offices=lambda document: [(document.office_id, "")],
    )
    send_due(run, messages)


def _messages(document: DutyDocument, at: datetime) -> list[Message]:
    today = at.astimezone(SHANGHAI).date()
    until = workdays.add_working_days(today, document.remind_days)
    owed = DutyPeriod.objects.filter(
        unit__duty__document=document.document, state__in=WRITABLE, reopened_until__isnull=True
    ).select_related("unit__duty", "unit__organisation")
    soon = owed.filter(starts_at__lte=at, due_at__gt=at, due_at__date__lte=until)
    late = owed.filter(due_at__lte=at, locks_at__gt=at)
    told = [(row, "soon") for row in soon] + [(row, "late" if at < row.late_until else "over") for row in late]
    return [_message(row, document, kind) for row, kind in told]


def _message(row: DutyPeriod, document: DutyDocument, kind: str) -> Message:
    duty, due = row.unit.duty, row.due_at.astimezone(SHANGHAI)
    word = "将到期" if kind == "soon" else "已迟"
    what = {
        "soon": f"{due:%m月%d日 %H:%M} 前报送",
        "late": f"已过 {due:%m月%d日 %H:%M}，可补报",
        "over": f"已过 {due:%m月%d日 %H:%M} 和补报截止",
    }[kind]
    # Of a dated task the day may be another by now: it is told of anew.
    day = f":{due:%Y%m%d}" if row.period == ONCE else ""
    return Message(
        # One of the two once it is late, however late the clock comes to it.
        key=f"duty-{'soon' if kind == 'soon' else 'late'}:{row.pk}{day}",
        organisation_id=row.unit.organisation_id,
        title=f"{word}：{duty.title}"[:120],
        body=f"{label_of(row.period)}，{what}。审核单位见任务页。",
        url=to("duties:period", row.pk),
        clause=cite(document.document, duty.clause),
    )
