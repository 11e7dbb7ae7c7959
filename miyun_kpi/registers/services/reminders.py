"""Notices of records whose day comes near or has gone by; each once a record and date, whatever the clock does."""

from datetime import date

from django.db.models import Q

from miyun_kpi.inbox.services import Message, send_due
from miyun_kpi.jobs.clock import Run, timed
from miyun_kpi.lib import workdays
from miyun_kpi.lib.citations import cite
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import all_kinds, record_address
from miyun_kpi.registers.rules.kinds import Kind

DAYS_BEFORE = 3


@timed("registers.send_due_notices", "台账将到期、已逾期的提醒")
def send_due_notices(run: Run) -> None:
    """One read over all registers."""
    kinds = {kind.key: kind for kind, _ in all_kinds() if kind.due}
    wanted = Q(pk__in=[])
    today = run.at.astimezone().date()
    until = workdays.add_working_days(today, DAYS_BEFORE).isoformat()
    for kind in kinds.values():
        near = {f"values__{kind.due}__gt": "", f"values__{kind.due}__lte": until}
        wanted |= Q(kind=kind.key, stage__in=kind.open_stages, **near)
    found = Record.objects.filter(wanted, struck_at__isnull=True, owner__isnull=False).order_by("pk")
    messages = run.gather(
        found,
        lambda record: [_message(record, kinds[record.kind], today)],
        key=lambda record: f"record:{record.pk}",
        offices=lambda record: [(record.owner_id or 0, "")],
    )
    send_due(run, messages)


def _message(record: Record, kind: Kind, today: date) -> Message:
    due = record.values[kind.due]
    late = due < today.isoformat()
    name = kind.fields[0].words(record.values.get(kind.fields[0].name, ""))
    return Message(
        key=f"record-{'late' if late else 'soon'}:{record.pk}:{due}",
        organisation_id=record.owner_id or 0,
        title=f"{'已逾期' if late else '将到期'}：{kind.name} {name}"[:120],
        body=f"{kind.title}，{kind.field(kind.due).label} {due}。",
        url=record_address(kind, record.pk),
        clause=cite(kind.document, kind.clause),
    )
