import os
import subprocess
import sys
from datetime import date

import pytest

from miyun_kpi.inbox.rules import due_words, holiday_sentence, month_days, week_end
from miyun_kpi.lib import workdays


def october():
    return month_days(date(2020, 10, 19))


def test_the_strip_has_every_day_of_the_month_and_one_today():
    days = october()
    assert [one.day.day for one in days] == list(range(1, 32))
    assert [one.day.day for one in days if one.today] == [19]
    assert sum(one.past for one in days) == 18


def test_rest_days_and_shifted_working_days_of_october_2020():
    """国务院办公厅 announced 1 to 8 October as days off and Saturday 10 October as a working day."""
    days = october()
    assert [one.day.day for one in days if not one.working] == [*range(1, 9), 11, 17, 18, 24, 25, 31]
    assert [one.day.day for one in days if one.shifted] == [10]


def test_holidays_are_named_with_their_days_and_the_shift_is_told():
    assert holiday_sentence(october()) == "中秋节、国庆节 1–8 日休；10 日（周六）上班"
    assert holiday_sentence(month_days(date(2020, 11, 5))) == ""


def test_the_week_ends_on_sunday():
    assert week_end(date(2020, 10, 19)) == week_end(date(2020, 10, 25)) == date(2020, 10, 25)


def test_a_year_without_announced_shifts_says_so():
    assert workdays.shifts_announced(2020)
    assert not workdays.shifts_announced(2035)


def test_names_and_shifts_do_not_depend_on_the_locale_of_the_server():
    code = (
        "from datetime import date; from miyun_kpi.lib import workdays as w; "
        "print(w.shifts_announced(2020), ascii(w.holiday_name(date(2020, 10, 1))))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"LANG": lang, "LC_ALL": lang, "LANGUAGE": lang},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for lang in ("C.UTF-8", "th_TH.UTF-8")
    }
    assert answers == {"True " + ascii("中秋节、国庆节") + "\n"}


@pytest.mark.parametrize(
    ("due", "today", "said"),
    [
        # Ten thousand working days say nothing to anybody: years and months.
        (date(2021, 4, 7), date(2026, 11, 28), "已逾期 5 年 7 个月"),
        (date(2021, 4, 7), date(2022, 4, 6), "已逾期 11 个月"),
        (date(2021, 4, 7), date(2022, 4, 7), "已逾期 1 年"),
        (date(2020, 8, 31), date(2020, 10, 30), "已逾期 60 天"),
        (date(2020, 8, 31), date(2020, 11, 30), "已逾期 2 个月"),
        (date(2020, 9, 21), date(2020, 10, 19), "已逾期 16 个工作日"),
        (date(2020, 10, 16), date(2020, 10, 17), "已逾期 1 天"),
        (date(2020, 10, 18), date(2020, 10, 17), "还有 1 天"),
        (date(2020, 10, 20), date(2020, 10, 19), "还有 1 个工作日"),
        (date(2020, 12, 31), date(2020, 10, 19), "还有 2 个月"),
        (date(2022, 12, 31), date(2020, 10, 19), "还有 2 年 2 个月"),
    ],
)
def test_how_far_off_a_day_is_in_plain_words(due, today, said):
    assert due_words(due, today, passed=due < today) == said


def test_a_day_whose_hour_is_over_is_not_due_today():
    day = date(2020, 10, 19)
    assert (due_words(day, day, passed=False), due_words(day, day, passed=True)) == ("今天到期", "今天已过时限")
