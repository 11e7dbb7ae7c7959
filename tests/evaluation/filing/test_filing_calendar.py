"""年历 against the announced calendar of 2020, and a year nobody has announced yet."""

from datetime import date

import pytest
from django.utils import timezone

from evaluation.models import Period
from evaluation.periods.queries.year_calendar import year_calendar
from evaluation.periods.rules.calendar import default_window
from evaluation.periods.rules.year import months_of, working_days_to_file
from miyun_kpi.lib.periods import PeriodCode
from tests.factories.sheets import move_window, person


def test_2020_has_the_shifts_that_were_announced():
    """国办发明电〔2019〕16号 and 〔2020〕1号: 10-08 off, 9-27 and 10-10 worked, 中秋 and 国庆 on one day."""
    months = months_of(2020)
    assert [month.number for month in months] == list(range(1, 13))
    assert months[8].worked == (date(2020, 9, 27),) and months[9].worked == (date(2020, 10, 10),)
    assert date(2020, 10, 8) in months[9].rested
    assert months[9].holidays[0][1][0] == date(2020, 10, 1)
    assert months[9].working == 17 and months[10].working == 21
    # 262 weekdays − 19 of them off (31 January by the prolonged 春节) + 6 weekend days worked.
    assert sum(month.working for month in months) == 249


def test_working_days_to_file_count_the_first_and_the_last():
    """2020Q3 opens on Friday 9 October after the holidays (10-10 is worked) and is due on Tuesday the 20th."""
    window = default_window(PeriodCode(2020, quarter=3))
    assert window.starts_at.date() == date(2020, 10, 9)
    assert working_days_to_file(window) == 9


@pytest.mark.django_db
def test_the_year_lists_opened_and_planned_periods_with_where_to_change_them(demo):
    calendar = year_calendar(2020, timezone.now())
    codes = {line.code: line for line in calendar.lines}
    assert codes["2020Q2"].period is not None and codes["2020Q3"].period is not None
    assert {f"2020-{month:02d}" for month in range(5, 12)} <= set(codes)
    page = person("zhengfuban1", "evaluation_office").get("/evaluation/periods/year/2020/").content.decode()
    assert "/evaluation/periods/2020Q3/window/" in page and "2020年调休已公布" in page
    seen = person("beizhuang").get("/evaluation/periods/year/2020/").content.decode()
    assert "window/" not in seen and "各月工作日与调休" in seen


@pytest.mark.django_db
def test_moved_dates_are_said_to_be_moved(demo):
    window = default_window(PeriodCode(2020, quarter=3))
    Period.objects.filter(code="2020Q3").update(**window.__dict__)

    def line():
        return next(one for one in year_calendar(2020, timezone.now()).lines if one.code == "2020Q3")

    assert not line().moved
    move_window("2020Q3", 1)
    assert line().moved


@pytest.mark.django_db
def test_a_year_without_announced_shifts_says_so(demo):
    page = person("zhengfuban1", "evaluation_office").get("/evaluation/periods/year/2090/").content.decode()
    assert "2090年的调休尚未公布" in page and "这一年没有期间" in page
    assert person("zhengfuban1").get("/evaluation/periods/year/1066/").status_code == 404


@pytest.mark.django_db
def test_the_calendar_takes_three_queries(demo, django_assert_num_queries):
    with django_assert_num_queries(3):
        year_calendar(2020, timezone.now())
