"""What tests of 与本期记录不符 share: a line of the mapping, a record past its limit, a condition through its stages."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from evaluation.models import Mark, MarkCondition, MarkSheet, RecordLine
from evaluation.sheets.services.conditions import activate_condition, add_condition, try_condition
from evaluation.sheets.services.record import add_line
from miyun_kpi.lib.actors import Actor
from miyun_kpi.registers.models import Record
from tests.evaluation.conftest import NOW, actor_named
from tests.factories.sheets import cell, water_sheet

SHANGHAI = ZoneInfo("Asia/Shanghai")
WHY = "考评办 2020 年第 9 次例会议定"
OFFICE = "zhengfuban1"


def office() -> Actor:
    return actor_named(OFFICE, "evaluation_office")


def line(sheet: MarkSheet | None = None, source: str = "water.outfall") -> RecordLine:
    figure = (sheet or water_sheet()).share_figure_id
    given = {"figure_id": figure, "provider": "registers", "source": source, "basis": WHY, "assumed": True}
    return add_line(actor=office(), at=NOW(), **given)


def outfall(mark: Mark) -> Record:
    """Of the town of the mark, past its limit, which lies in the period of its sheet."""
    due = mark.sheet.period.period_code.first_day + timedelta(days=9)
    at = datetime(2020, 1, 2, tzinfo=SHANGHAI)
    return Record.objects.create(
        kind="water.outfall",
        number=Record.objects.filter(kind="water.outfall").count() + 900,
        town=mark.organisation,
        stage="mending",
        values={"name": "某排口", "code": "1", "due_on": due.isoformat()},
        created_at=at,
        changed_at=at,
        created_by="某人",
        hand="某人",
    )


def planted(period: str = "2020Q2") -> tuple[MarkSheet, Mark, Mark]:
    """Two towns of the water sheet have an outfall past its limit, one of them a high mark, the other a low one."""
    sheet = water_sheet(period)
    high, low = cell(sheet, 1), cell(sheet, 2)
    for mark, value in ((high, "97"), (low, "61")):
        Mark.objects.filter(pk=mark.pk).update(value=value, not_applicable="")
        outfall(mark)
    return sheet, high, low


def add(kind: str = "overdue", threshold: str = "90", actor: Actor | None = None, **given: object) -> MarkCondition:
    told = {"basis": WHY, "assumed": True} | given
    scheme = water_sheet().scheme_id
    return add_condition(actor=actor or office(), scheme_id=scheme, kind=kind, threshold=threshold, at=NOW(), **told)


def tried(row: MarkCondition) -> MarkCondition:
    return try_condition(actor=office(), condition_id=row.pk, version=row.version, at=NOW())


def active(row: MarkCondition) -> MarkCondition:
    row = tried(row)
    return activate_condition(actor=office(), condition_id=row.pk, version=row.version, at=NOW())
