import os
import subprocess
import sys
from datetime import date

from miyun_kpi.inbox.rules import holiday_sentence, month_days, week_end
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
