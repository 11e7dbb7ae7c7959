"""代录 of a sheet: whether it is 迟报 follows the day on which the office received the paper."""

from datetime import date, timedelta

import pytest

from evaluation.enums import DecisionKind
from evaluation.filing.services.filing import decide_decision, record_decision
from evaluation.models import MarkSheet, Period, SheetDecision
from evaluation.sheets.services.sheets import file_sheet, reopen_sheet, start_paper_entry
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import Refused
from tests.evaluation.conftest import NOW, actor_named
from tests.factories.sheets import fill, person, water_sheet

pytestmark = pytest.mark.usefixtures("demo")
FIRST, SECOND = "zhengfuban1", "zhengfuban2"


@pytest.fixture
def sheet() -> MarkSheet:
    """Of a quarter whose window has closed ten days ago, given back by the office."""
    period = Period.objects.get(code="2020Q3")
    back = NOW() - timedelta(days=10) - period.locks_at
    for name in ("starts_at", "due_at", "late_until", "locks_at"):
        setattr(period, name, getattr(period, name) + back)
    period.save()
    row = water_sheet()
    reopened = reopen_sheet(
        actor=actor_named(FIRST),
        sheet_id=row.pk,
        version=row.version,
        reason="纸质表已按时送到，没有录入",
        until=NOW() + timedelta(days=3),
        at=NOW(),
    )
    return MarkSheet.objects.select_related("period").get(pk=reopened.pk)


def due(sheet: MarkSheet) -> date:
    return sheet.period.due_at.astimezone().date()


def started(sheet: MarkSheet, **given) -> MarkSheet:
    how = {"paper_number": "水〔2020〕8号", "late_reason": "收发室漏转，今天才转到"} | given
    start_paper_entry(actor=actor_named(FIRST), sheet_id=sheet.pk, version=sheet.version, at=NOW(), **how)
    sheet.refresh_from_db()
    return sheet


def filed(sheet: MarkSheet) -> MarkSheet:
    fill(sheet)
    seen = sum(sheet.marks.values_list("version", flat=True))
    given = {"sheet_id": sheet.pk, "version": sheet.version, "seen": seen, "reason": "与纸质表一致"}
    return file_sheet(actor=actor_named(SECOND), at=NOW(), **given)


@pytest.mark.parametrize(("days", "late"), [(-1, False), (0, False), (1, True)])
def test_it_is_late_by_the_day_of_receipt_and_the_clock_stands_beside(sheet, days, late):
    day = due(sheet) + timedelta(days=days)
    row = filed(started(sheet, received_on=day))
    assert row.late is late and row.filed_at.date() > day
    assert row.paper_received_on == day
    assert row.paper_late == "补登，依据纸质报送表 水〔2020〕8号；收发室漏转，今天才转到"
    entry = AuditEntry.objects.get(action="evaluation.sheet.paper-entry")
    assert day.isoformat() in entry.data and "收发室漏转" in entry.data
    page = person(SECOND).get(f"/evaluation/sheets/{sheet.pk}/").content.decode()
    assert f"{day:%Y-%m-%d} 收件" in page and "补登" in page and "收发室漏转" in page
    assert ("（迟报）" in page) is late


def test_received_today_it_is_late_without_a_reason(sheet):
    row = filed(started(sheet, late_reason=""))
    assert row.late and row.paper_received_on == NOW().astimezone().date() and row.paper_late == ""


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"received_on": date(2020, 1, 2)}, "bad-received"),
        ({"received_on": date(2099, 1, 2)}, "future-day"),
        ({"late_reason": ""}, "late-entry"),
    ],
)
def test_what_cannot_be_is_refused(sheet, given, code):
    with pytest.raises(Refused) as refusal:
        started(sheet, **({"received_on": due(sheet)} | given))
    assert refusal.value.code == code
    sheet.refresh_from_db()
    assert sheet.paper_number == "" and sheet.paper_received_on is None


def test_the_page_takes_it_and_keeps_what_was_typed(sheet):
    office, address = person(FIRST), f"/evaluation/sheets/{sheet.pk}/paper/"
    typed = {"version": sheet.version, "paper_number": "水〔2020〕8号", "received_on": due(sheet).isoformat()}
    refused = office.post(address, typed)
    text = refused.content.decode()
    assert (
        refused.status_code == 422 and "收件日期" in text and "水〔2020〕8号" in text and due(sheet).isoformat() in text
    )
    assert office.post(address, typed | {"late_reason": "收发室漏转，今天才转到"}).status_code == 302
    sheet.refresh_from_db()
    assert sheet.paper_received_on == due(sheet)


def test_a_decision_carries_it_and_giving_back_ends_it(sheet):
    row = record_decision(
        actor=actor_named(FIRST),
        sheet_id=sheet.pk,
        kind=DecisionKind.PAPER,
        reason="纸质表已按时送到，没有录入",
        signer="王主任",
        signed_on=NOW().date(),
        until=NOW() + timedelta(days=2),
        paper_number="水〔2020〕8号",
        received_on=due(sheet),
        at=NOW(),
    )
    assert SheetDecision.objects.get(pk=row.pk).received_on == due(sheet)
    decide_decision(actor=actor_named(SECOND), decision_id=row.pk, confirm=True, note="", at=NOW())
    sheet.refresh_from_db()
    assert sheet.paper_received_on == due(sheet) and "纸质表已按时送到" in sheet.paper_late
    given = {"reason": "请重新核对", "until": NOW() + timedelta(days=2), "at": NOW()}
    reopen_sheet(actor=actor_named(FIRST), sheet_id=sheet.pk, version=sheet.version, **given)
    sheet.refresh_from_db()
    assert sheet.paper_received_on is None and sheet.paper_late == ""
