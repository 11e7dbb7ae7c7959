"""第二十条: the living subsidy month by month, each boundary from both sides."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postdoc.rules.calendar import last_day
from postdoc.rules.entitlement import Stay, living_months, total
from postdoc.rules.figures import Figures, Line

ENTRY = date(2020, 9, 15)
PRINTED = Figures()


def d(text):
    return date.fromisoformat(text)


def months_of(*stays, on="2026-12-31", figures=PRINTED):
    return living_months(stays, figures, d(on))


def counted(found):
    return sum(one.entitled for one in found)


def test_the_24th_month_counts_and_the_25th_does_not():
    found = months_of(Stay(1, ENTRY, d("2023-01-10")))
    assert found[0].month == "2020-09" and counted(found) == 24 and total(found) == 96000
    assert (found[23].month, found[23].state) == ("2022-08", "due")
    assert (found[24].month, found[24].state) == ("2022-09", "beyond") and "24 个月" in found[24].why


def resting(value):
    return Figures([Line("rest_days", Decimal(value), d("2020-07-01"), "通知", "entered")])


@pytest.mark.parametrize(
    ("entered", "left", "paid"),
    [
        # 不计, 满半月计, 当月计
        ("2020-07-15", "2022-04-14", (21, 21, 21)),
        ("2020-07-31", "2020-08-01", (0, 0, 1)),
        ("2020-09-15", "2021-02-01", (4, 5, 5)),
        ("2020-09-15", "2021-01-28", (4, 4, 5)),
        ("2020-09-15", "2021-01-29", (4, 5, 5)),
        ("2020-09-15", "2020-09-15", (0, 0, 1)),
        ("2020-07-01", "2020-07-31", (1, 1, 1)),
        ("2020-07-01", "2020-07-30", (0, 1, 1)),
        ("2020-11-30", "2021-02-27", (3, 3, 3)),
        ("2020-11-30", "2021-02-28", (3, 3, 4)),
        ("2020-09-15", "2022-09-14", (24, 24, 24)),
        ("2020-09-15", "2022-09-30", (24, 24, 24)),
    ],
)
def test_months_run_from_day_to_day_and_the_rest_is_a_setting(entered, left, paid):
    stay = Stay(1, d(entered), d(left))
    assert tuple(counted(months_of(stay, figures=resting(value))) for value in (0, 1, 2)) == paid
    assert counted(months_of(stay)) == paid[0]


@given(st.dates(min_value=date(2020, 7, 1), max_value=date(2024, 12, 31)), st.integers(1, 30), st.integers(0, 2))
def test_a_stay_of_n_whole_months_never_pays_more_than_n(entered, n, value):
    stay = Stay(1, entered, last_day(entered, n))
    assert counted(months_of(stay, on="2030-01-01", figures=resting(value))) == min(n, 24)
    # Nor is more due on any day of it than is due in the end, if the person leaves on that very day.
    for on in (entered, last_day(entered, n)):
        begun = counted(living_months([Stay(1, entered)], resting(value), on))
        assert begun <= counted(living_months([Stay(1, entered, on)], resting(value), on))


def test_a_month_is_due_when_it_is_certain():
    found = {on: counted(months_of(Stay(1, ENTRY), on=on)) for on in ("2020-10-13", "2020-10-14", "2020-11-14")}
    assert found == {"2020-10-13": 0, "2020-10-14": 1, "2020-11-14": 2}
    assert counted(months_of(Stay(1, ENTRY), on="2020-09-29", figures=resting(1))) == 1
    assert counted(months_of(Stay(1, ENTRY), on="2020-09-28", figures=resting(1))) == 0
    (first, *_) = months_of(Stay(1, ENTRY), on="2020-10-13")
    assert first.state == "future" and "2020-10-14" in first.why


def test_once_for_a_person_over_two_stays():
    first, second = Stay(1, ENTRY, d("2021-03-14"), "甲站"), Stay(2, d("2022-01-10"), None)
    found = months_of(first, second, on="2022-06-01")
    assert counted(found) == 6 and {one.state for one in found if one.stay == 2} == {"once"}
    assert "甲站" in found[-1].why
    going_on = Figures([Line("second_stay", Decimal(1), d("2020-07-01"), "通知", "entered")])
    assert total(months_of(first, second, figures=going_on)) == 96000


def test_months_before_the_rule_are_not_paid_and_a_stay_that_drew_nothing_does_not_count_as_once():
    found = months_of(Stay(1, d("2020-05-20"), d("2020-07-31")))
    assert [one.state for one in found] == ["before", "due", "uncounted"] and found[1].slot == 2
    later = months_of(Stay(1, d("2018-01-05"), d("2020-03-31")), Stay(2, ENTRY, d("2020-12-31")))
    assert counted(later) == 3


def test_who_came_in_by_false_papers_or_never_came_has_nothing():
    found = months_of(Stay(1, ENTRY, d("2020-12-31"), void="提供虚假材料"), Stay(2, d("2021-03-01"), d("2021-04-30")))
    assert [one.state for one in found] == ["void"] * 4 + ["due"] * 2 and found[0].clause == "第十六条"


def test_a_later_amount_holds_from_its_day():
    raised = Figures([Line("living_month", Decimal(5000), d("2021-01-01"), "新通知", "entered")])
    found = months_of(Stay(1, ENTRY, d("2021-02-14")), figures=raised)
    assert [one.amount for one in found] == [4000, 4000, 4000, 4000, 5000]
