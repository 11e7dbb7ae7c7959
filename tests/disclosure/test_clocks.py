"""2020: 10-01 to 10-08 are days off, 09-27 and 10-10 working days; 06-25 and 06-26 off, 06-28 a working day."""

from datetime import date

import pytest

from disclosure.enums import Applicant, Outcome
from disclosure.rules.annual import Case, annual_table
from disclosure.rules.clocks import Facts, Hold, clock, due_day


def d(text):
    return date.fromisoformat(f"2020-{text}")


def hold(sent, returned=None):
    return Hold("征求第三方意见", d(sent), d(returned) if returned else None)


@pytest.mark.parametrize(
    ("facts", "due"),
    [
        (Facts(d("07-01")), "07-29"),
        (Facts(d("07-04")), "07-31"),  # received on a Saturday: the first day is Monday
        (Facts(d("09-10")), "10-14"),  # over 国庆节, with the working Sunday 09-27 and Saturday 10-10
        (Facts(d("06-10")), "07-09"),  # over 端午节, with the working Sunday 06-28
        (Facts(d("07-01"), extension=20), "08-26"),
        (Facts(d("07-01"), extension=1), "07-30"),
        (Facts(d("07-01"), d("07-03"), d("07-15")), "08-12"),  # anew from the correction
        (Facts(d("07-01"), holds=(hold("07-06", "07-13"),)), "08-05"),  # five working days stand still
        (Facts(d("07-01"), holds=(hold("07-06", "07-06"),)), "07-29"),  # answered the same day: none
        (Facts(d("07-01"), holds=(hold("07-06"),)), "08-19"),  # no answer: fifteen, not more
        (Facts(d("07-01"), holds=(hold("07-06", "08-10"),)), "08-19"),  # answered after fifteen: fifteen
        (Facts(d("07-01"), holds=(hold("07-06", "07-13"), hold("07-08", "07-14"))), "08-06"),  # overlapping days once
        (Facts(d("07-01"), d("07-03"), d("07-15"), (hold("07-20", "07-21"),), 2), "08-17"),
    ],
)
def test_the_day_by_which_an_application_is_answered(facts, due):
    assert due_day(facts) == d(due)


@pytest.mark.parametrize(
    ("facts", "today", "state"),
    [
        (Facts(d("07-01")), "07-02", "running"),
        (Facts(d("07-01")), "07-23", "running"),
        (Facts(d("07-01")), "07-24", "due"),
        (Facts(d("07-01")), "07-29", "due"),
        (Facts(d("07-01")), "07-30", "overdue"),
        (Facts(d("07-01"), d("07-03")), "09-30", "correcting"),
        (Facts(d("07-01"), answered_on=d("07-29")), "12-01", "on_time"),
        (Facts(d("07-01"), answered_on=d("07-30")), "12-01", "late"),
    ],
)
def test_how_the_clock_stands(facts, today, state):
    assert clock(facts, d(today)).state == state


def test_a_late_correction_does_not_shed_an_overdue_answer():
    kept = clock(Facts(d("07-01")), d("09-01"))
    late = clock(Facts(d("07-01"), d("07-31"), d("08-28")), d("09-01"))
    assert (late.state, late.due_on, late.starts_on) == ("overdue", kept.due_on, d("07-01")) and late.correction_late
    assert {one.kind for one in late.spans} == {"counted"}


@pytest.mark.parametrize(("sent", "late"), [("07-10", False), ("07-11", True)])
def test_a_correction_is_asked_for_within_seven_working_days(sent, late):
    assert clock(Facts(d("07-01"), d(sent)), d("07-20")).correction_late is late


def test_every_day_has_its_reason_and_the_counted_ones_add_up():
    found = clock(Facts(d("07-01"), d("07-03"), d("07-15"), (hold("07-20", "07-22"),)), d("07-23"))
    assert [span.kind for span in found.spans] == ["correction", "correction", "counted", "held", "counted"]
    assert sum(span.days for span in found.spans if span.kind == "counted") == 20
    assert found.used == 4 and found.left == 16


def test_what_came_in_is_what_was_answered_and_what_is_left():
    cases = [
        Case("natural", date(2019, 12, 30), date(2020, 1, 5), "granted"),
        Case("natural", date(2019, 5, 1), date(2019, 6, 1), "granted"),
        Case("business", d("03-01"), d("03-20"), "third"),
        Case("legal", d("12-20"), date(2021, 1, 8), "granted"),
        Case("natural", d("12-30"), None, ""),
        Case("natural", date(2021, 1, 2), None, ""),
    ]
    rows = {row.label: row for row in annual_table(cases, 2020)}
    new, carried = rows["本年新收政府信息公开申请数量"].whole, rows["上年结转政府信息公开申请数量"].whole
    done, left = rows["本年度办理结果总计"].whole, rows["结转下年度继续办理"].whole
    assert (new, carried, done, left) == (3, 1, 2, 2) and new + carried == done + left
    assert sum(rows[one.label].whole for one in Outcome) == done
    assert list(rows["予以公开"].numbers) == [1] + [0] * (len(Applicant) - 1)
