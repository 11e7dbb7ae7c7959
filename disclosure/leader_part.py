"""What 依申请公开 says for 领导首页: applications past their day, by organ; numbers and days, never who asked or for what."""

from collections.abc import Sequence

from disclosure.access import visible_applications
from disclosure.enums import DOCUMENT
from disclosure.queries.applications import Line, line_of
from miyun_kpi.organisations.leader_parts import Overdue, Reading, gathered
from miyun_kpi.routes import to


def overdue(reading: Reading) -> Sequence[Overdue]:
    found = visible_applications(reading.actor).filter(answered_on__isnull=True)
    if reading.units is not None:
        found = found.filter(organisation__in=reading.units)
    today = reading.at.astimezone().date()
    rows = found.prefetch_related(None).prefetch_related("holds", "extensions").order_by("received_on", "pk")
    late = [line for row in rows if (line := line_of(row, today)).clock.state == "overdue"]
    late.sort(key=lambda line: (line.clock.due_on or today, line.row.pk))
    return gathered(reading, [_late(line) for line in late])


def _late(line: Line) -> Overdue:
    row = line.row
    return Overdue(
        document=DOCUMENT,
        what="依申请公开",
        number=1,
        unit_id=row.organisation_id,
        unit=row.organisation.name,
        title=f"依申请公开第 {row.number} 号",
        due=line.clock.due_on,
        address=to("disclosure:application", row.pk),
    )
