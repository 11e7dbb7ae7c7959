"""A demonstration that is started a year later still shows a quarter half filed, unless somebody has worked on it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from evaluation.demo.redate import redate_demo
from evaluation.enums import SheetState
from evaluation.models import MarkSheet, Period
from evaluation.sheets.services.marks import RowInput, save_marks
from evaluation.sheets.services.sheets import file_sheet
from evaluation.tracking.services.tracking import save_line
from miyun_kpi import site as sites
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.queries import verify
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.duties.services import ReportInput
from miyun_kpi.lib.errors import Conflict
from tests.evaluation.conftest import actor_named
from tests.evaluation.tracking.test_tracking import plain_line
from tests.factories.sheets import water_sheet

YEAR = timedelta(days=365)


@pytest.fixture
def demonstration(demo, monkeypatch):
    monkeypatch.setattr(sites, "_current", [sites.DEMO])


def quarter() -> Period:
    return Period.objects.get(code="2020Q3")


def write(sheet: MarkSheet, at) -> None:
    rows = [
        RowInput(mark.organisation.code, mark.version, value=f"{85 + number % 9}", problems="台账更新偏晚")
        for number, mark in enumerate(sheet.marks.select_related("organisation"))
    ]
    save_marks(actor=actor_named("shuiwu"), sheet_id=sheet.pk, rows=rows, at=at)


def test_a_year_on_the_open_sheet_can_be_filed(demonstration):
    later = timezone.now() + YEAR
    sheet = water_sheet()
    with pytest.raises(Conflict, match="已锁定"):
        write(sheet, later)
    moved = redate_demo(at=later)
    assert {"2020年第三季度", "2020年9月"} <= set(moved) and not {"2020年第二季度", "2020年8月"} & set(moved)
    assert quarter().window.phase(later) == "open"
    write(sheet, later)
    filed = file_sheet(
        actor=actor_named("shuiwu"), sheet_id=sheet.pk, version=sheet.version, at=later, reason="与台账一致"
    )
    assert filed.state == SheetState.FILED and not filed.late
    change = AuditEntry.objects.get(action="evaluation.period.window-changed", subject="period:2020Q3")
    assert change.actor_user_id is None and "演示站启动" in change.data and verify().intact


def test_the_month_and_the_duties_beside_it_follow_and_nothing_lies_before_its_start(demonstration):
    later = timezone.now() + YEAR
    begun = Period.objects.get(code="2020-09").starts_at
    redate_demo(at=later)
    month = Period.objects.get(code="2020-09")
    assert month.starts_at == begun and month.due_at > later, "lines had been handed in since it began"
    assert quarter().starts_at > begun, "nothing had been written in it"
    open_now = DutyPeriod.objects.filter(due_at__gt=later)
    assert open_now.filter(period="2020-09", unit__duty__scope="tracked").count() == 1284
    assert open_now.exclude(unit__duty__scope="tracked").exists()
    line = plain_line()
    save_line(
        actor=actor_named("beizhuang"), duty_period_id=line.pk, report=ReportInput(0, "on-course", "一年后"), at=later
    )


def test_what_somebody_has_worked_on_stays(demonstration):
    before = {period.code: period.due_at for period in Period.objects.all()}
    write(water_sheet(), timezone.now() + timedelta(minutes=1))
    assert "2020年第三季度" not in redate_demo(at=timezone.now() + YEAR)
    assert quarter().due_at == before["2020Q3"]
    assert Period.objects.get(code="2020-09").due_at > before["2020-09"]
    # The entry of the first re-dating does not make the marks of before it nobody's.
    assert "2020年第三季度" not in redate_demo(at=timezone.now() + 2 * YEAR)


def test_a_report_of_a_unit_keeps_the_month(demonstration):
    line, at = plain_line(), timezone.now() + timedelta(minutes=1)
    report = ReportInput(0, "on-course", "今天写的")
    save_line(actor=actor_named("beizhuang"), duty_period_id=line.pk, report=report, at=at)
    moved = redate_demo(at=timezone.now() + YEAR)
    assert "2020年9月" not in moved and "2020年第三季度" in moved


def test_while_it_is_open_and_started_again_nothing_moves(demonstration):
    later = timezone.now() + YEAR
    assert redate_demo(at=timezone.now()) == []
    assert redate_demo(at=later) and redate_demo(at=later) == []
    assert quarter().window.phase(later) == "open"


def test_a_real_site_never_moves_a_window(demo, monkeypatch):
    monkeypatch.setattr(sites, "_current", [sites.REAL])
    assert redate_demo(at=timezone.now() + YEAR) == []
