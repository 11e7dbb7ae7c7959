"""The export of a document: its rows are read as plain values, and say what the models say."""

import io
import random
from datetime import date, timedelta

from openpyxl import load_workbook

from miyun_kpi.duties.enums import Course, OpeningHow, ReportState
from miyun_kpi.duties.excel import duties_workbook
from miyun_kpi.duties.models import DutyPeriod, Opening, ProgressReport
from miyun_kpi.duties.queries.lists import document_by, duties_of
from miyun_kpi.duties.queries.reports import standing_of
from miyun_kpi.duties.rules.cadence import label_of
from miyun_kpi.duties.rules.standing import STANDINGS
from miyun_kpi.web.shapes import STATES
from tests.duties.conftest import AT

DOCUMENT = "2020-14"


def in_every_way() -> None:
    """Periods as no act would leave them, so that every state meets every phase."""
    dice = random.Random(3)
    for row in DutyPeriod.objects.filter(unit__duty__document=DOCUMENT).order_by("pk"):
        row.state = dice.choice(ReportState.values)
        row.late, row.missed = dice.random() < 0.3, dice.random() < 0.2
        row.reopened_until = AT + timedelta(days=dice.randint(-3, 3)) if dice.random() < 0.2 else None
        row.starts_at = AT + timedelta(days=dice.randint(-90, 9))
        row.due_at = row.starts_at + timedelta(days=dice.randint(1, 30))
        row.late_until = row.due_at + timedelta(days=dice.randint(0, 9))
        row.locks_at = row.late_until + timedelta(days=dice.randint(0, 9))
        row.save()
        if dice.random() < 0.4:
            course = dice.choice(Course.values)
            texts = {"progress": "进展", "problem": "", "next_step": "下一步"}
            ProgressReport.objects.create(duty_period=row, course=course, saved_at=AT, saved_by="x", **texts)
        if dice.random() < 0.2:
            how = dice.choice(OpeningHow.values)
            Opening.objects.create(
                duty_period=row, how=how, on=date(2020, 6, 5), basis="台账", entered_at=AT, entered_by="x"
            )


def as_models_say(row: DutyPeriod) -> list[str | None]:
    report, opening = getattr(row, "report", None), getattr(row, "opening", None)
    said = [
        row.unit.duty.clause,
        row.unit.duty.title,
        row.unit.organisation.name,
        row.unit.get_role_display(),
        label_of(row.period),
        f"{row.due_at.astimezone():%Y-%m-%d %H:%M}",
        STATES[standing_of(row, AT)].word,
        report.get_course_display() if report else "",
        report.progress if report else "",
        report.problem if report else "",
        report.next_step if report else "",
        f"{opening.get_how_display()}，{opening.on}，依据：{opening.basis}" if opening else "",
    ]
    return [text or None for text in said]


def test_every_row_says_what_its_models_say(opened):
    in_every_way()
    duties = list(duties_of(document=DOCUMENT))
    periods = DutyPeriod.objects.filter(unit__duty__in=duties).order_by("unit__duty", "due_at", "pk")
    content = duties_workbook(document_by(DOCUMENT), duties, periods, viewer="量", at=AT)
    page = load_workbook(io.BytesIO(content))["报送"]
    expected = [
        as_models_say(row) for row in periods.select_related("report", "opening", "unit__duty", "unit__organisation")
    ]
    assert [list(row) for row in page.iter_rows(min_row=4, values_only=True)] == expected
    assert len(expected) > 60 and len({row[6] for row in expected}) == len(STANDINGS)
