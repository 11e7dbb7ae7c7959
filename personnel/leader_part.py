"""What 人事 says for 领导首页: 试用期 that ended without a decision, by unit and post, as its page tells everybody."""

from collections.abc import Sequence

from miyun_kpi.lib.citations import document_of
from miyun_kpi.organisations.leader_parts import Overdue, Reading
from miyun_kpi.routes import to
from personnel.enums import APP
from personnel.queries.terms import ProbationLine, book, probations

WHAT = "试用期满"


def overdue(reading: Reading) -> Sequence[Overdue]:
    late: dict[int, list[ProbationLine]] = {}
    for one in probations(book(), reading.at.astimezone().date()):
        unit = one.line.position.organisation_id
        if one.state == "overdue" and (reading.units is None or unit in reading.units):
            late.setdefault(unit, []).append(one)
    return [_of_unit(unit, lines, document_of(APP)) for unit, lines in late.items()]


def _of_unit(unit: int, lines: Sequence[ProbationLine], document: str) -> Overdue:
    line, place = lines[0].line, lines[0].line.position.organisation
    return Overdue(
        document=document,
        what=WHAT,
        number=len(lines),
        unit_id=unit,
        unit=place.name,
        title=f"试用期满没有决定：{line.printed}",
        due=lines[0].last_day,
        address=to("personnel:probations"),
    )
