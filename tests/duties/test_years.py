"""Years of duties that the database writes (lib.years): as services would have left them, and nothing that stands is touched."""

from datetime import datetime

import pytest
from django.db.models import F

from miyun_kpi.duties.enums import ReportState
from miyun_kpi.duties.models import DutyPeriod, DutyUnit, ProgressReport
from miyun_kpi.duties.queries.reports import tally_faults
from miyun_kpi.duties.rules.cadence import Days, span_on, window_of
from miyun_kpi.duties.services.settling import settle
from miyun_kpi.duties.years import fill
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.lib.years import Years

AT = datetime.fromisoformat("2026-11-20T10:00:00+08:00")
YEARS = Years(2, AT)
pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(gazette) -> int:
    return fill(YEARS)


def test_every_unit_owes_every_month(filled):
    units = DutyUnit.objects.filter(active=True, duty__scope="", duty__withdrawn_on__isnull=True).count()
    assert filled == DutyPeriod.objects.count() == units * 24 > 20_000
    assert set(DutyPeriod.objects.values_list("period", flat=True)) == {f"{y}-{m:02}" for y, m in YEARS.months()}


def test_windows_are_those_of_the_clock(filled):
    year, month = YEARS.months()[-1]
    window = window_of(span_on("monthly", PeriodCode(year, month=month).first_day), "monthly", Days())
    dates = ("starts_at", "due_at", "late_until", "locks_at")
    found = set(DutyPeriod.objects.filter(period=f"{year}-{month:02}").values_list(*dates))
    assert found == {tuple(getattr(window, name) for name in dates)}


def test_they_are_settled_as_the_night_settles_them(filled):
    assert not DutyPeriod.objects.filter(settled=False).exists() and not list(tally_faults())
    DutyPeriod.objects.filter(period__startswith=YEARS.months()[-1][0]).update(made_up_reason="")
    assert settle(AT) > 0 and not list(tally_faults())


def test_every_report_that_was_taken_has_its_line_and_no_other(filled):
    reports = ProgressReport.objects.select_related("duty_period")
    assert {one.duty_period.state for one in reports} == {ReportState.ACCEPTED}
    assert len(reports) == DutyPeriod.objects.filter(state=ReportState.ACCEPTED).count() < filled
    late = reports.filter(duty_period__late=True)
    assert 0 < late.count() < filled // 10 and not late.exclude(submitted_at=F("duty_period__late_until")).exists()
    assert not reports.filter(duty_period__late=False).exclude(submitted_at=F("duty_period__due_at")).exists()
    assert not DutyPeriod.objects.filter(missed=True).exclude(late=True, made_up_reason__contains="虚构").exists()


def test_what_stands_already_is_left(filled):
    before = list(DutyPeriod.objects.order_by("pk").values())
    assert fill(YEARS) == 0
    assert list(DutyPeriod.objects.order_by("pk").values()) == before and not list(tally_faults())
    assert fill(Years(3, AT)) == filled // 2 and not list(tally_faults())
