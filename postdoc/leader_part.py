"""What 博士后 says for 领导首页: milestones of people in the stations past their day, by the unit that keeps the station."""

from collections.abc import Sequence

from miyun_kpi.organisations.leader_parts import Overdue, Reading, gathered
from miyun_kpi.routes import to
from postdoc.access import visible_stays
from postdoc.enums import DOCUMENT
from postdoc.queries.stays import line_of, with_milestones


def overdue(reading: Reading) -> Sequence[Overdue]:
    """Numbers of stays, never a name."""
    found = visible_stays(reading.actor).filter(left_on__isnull=True)
    if reading.units is not None:
        found = found.filter(station__keeper__in=reading.units)
    today = reading.at.astimezone().date()
    late: list[Overdue] = []
    for row in with_milestones(found):
        for one in line_of(row, today).open:
            if one.state == "overdue":
                keeper = row.station.keeper
                told = Overdue(
                    document=DOCUMENT,
                    what="开题、中期和出站",
                    number=1,
                    unit_id=keeper.pk,
                    unit=keeper.name,
                    title=f"{one.title}：在站第 {row.number} 号",
                    due=one.by,
                    address=to("postdoc:stay", row.pk),
                )
                late.append(told)
    return gathered(reading, sorted(late, key=lambda one: (str(one.due), one.title)))
