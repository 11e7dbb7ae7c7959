"""What 人事 says for 领导首页: 试用期 that ended without a decision, by unit and post, as its page tells everybody.

A dismissal that is still a draft moves neither the line nor the count (`probations` without `office`).
"""

from collections.abc import Sequence

from miyun_kpi.lib.citations import document_of
from miyun_kpi.organisations.leader_parts import Overdue, Reading, gathered
from miyun_kpi.routes import to
from personnel.enums import APP
from personnel.queries.terms import ProbationLine, book, probations

WHAT = "试用期满"


def overdue(reading: Reading) -> Sequence[Overdue]:
    late = [
        _line(one)
        for one in probations(book(), reading.at.astimezone().date())
        if one.state == "overdue" and (reading.units is None or one.line.position.organisation_id in reading.units)
    ]
    return gathered(reading, late)


def _line(one: ProbationLine) -> Overdue:
    line, place = one.line, one.line.position.organisation
    return Overdue(
        document=document_of(APP),
        what=WHAT,
        number=1,
        unit_id=place.pk,
        unit=place.name,
        title=f"试用期满没有决定：{line.printed}",
        due=one.last_day,
        address=to("personnel:probations"),
    )
