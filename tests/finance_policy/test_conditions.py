"""附件·6 三个不低于: exact, equal passes, a missing base is no verdict."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finance_policy.rules.conditions import Figures, conditions, doubts, summed
from finance_policy.rules.coverage import coverage, times_on_list
from finance_policy.rules.quarters import due_on, last_ended, read_quarter, year_before
from miyun_kpi.lib.errors import Refused

BASE = {
    "loans": Decimal(110),
    "loans_before": Decimal(100),
    "green": Decimal(11),
    "green_before": Decimal(10),
    "increment": Decimal("1.50"),
    "increment_before": Decimal("1.50"),
    "customers": 7,
    "customers_before": 7,
}


@pytest.mark.parametrize(
    ("changed", "holds"),
    [
        ({}, (True, True, True)),
        ({"green": Decimal("10.99")}, (False, True, True)),
        ({"loans": Decimal("110.01")}, (False, True, True)),
        ({"loans": Decimal("109.99")}, (True, True, True)),
        # A third against a third: no rounding decides.
        (
            {
                "loans": Decimal(4),
                "loans_before": Decimal(3),
                "green": Decimal("1.00"),
                "green_before": Decimal("0.75"),
            },
            (True, True, True),
        ),
        (
            {
                "loans": Decimal(4),
                "loans_before": Decimal(3),
                "green": Decimal("1.00"),
                "green_before": Decimal("0.76"),
            },
            (False, True, True),
        ),
        ({"increment": Decimal("1.49")}, (True, False, True)),
        ({"increment": Decimal("-2"), "increment_before": Decimal("-2.01")}, (True, True, True)),
        ({"customers": 6}, (True, True, False)),
        ({"customers": 0, "customers_before": 0}, (True, True, True)),
        ({"green_before": None}, (None, True, True)),
        ({"green_before": Decimal(0)}, (None, True, True)),
        ({"increment_before": None, "customers": None}, (True, None, None)),
        # Both shrink, the green loans less.
        ({"loans": Decimal(80), "green": Decimal(9)}, (True, True, True)),
        ({"loans": Decimal(90), "green": Decimal("8.99")}, (False, True, True)),
    ],
)
def test_each_condition_on_both_sides_of_its_boundary(changed, holds):
    assert tuple(one.holds for one in conditions(Figures(**(BASE | changed)))) == holds


def test_what_looks_the_same_rounded_says_what_decides():
    close = Figures(Decimal(100000), Decimal(90000), Decimal("17777.77"), Decimal(16000), None, None, None, None)
    first = conditions(close)[0]
    assert first.holds is False and "小于" in first.close and "1/9" in first.close
    assert conditions(Figures(Decimal(100000), Decimal(90000), Decimal(18000), Decimal(16000)))[0].close == ""


def test_no_verdict_says_why():
    growth, increment, customers = conditions(
        Figures(**(BASE | {"green_before": Decimal(0), "increment_before": None}))
    )
    assert "为 0" in growth.why and growth.left is None and growth.right == Fraction(1, 10)
    assert "没有填绿色信贷增量（上年同期）" in increment.why and customers.why == ""


MONEY = st.decimals(min_value=0, max_value=Decimal(10) ** 9, places=2)


@settings(max_examples=40)
@given(loans=MONEY, loans_before=MONEY, green=MONEY, green_before=MONEY, factor=st.integers(1, 1000))
def test_the_verdict_is_that_of_whole_numbers_and_of_any_unit(loans, loans_before, green, green_before, factor):
    values = {"loans": loans, "loans_before": loans_before, "green": green, "green_before": green_before}
    (first, *_) = conditions(Figures(**values))
    if loans_before == 0 or green_before == 0:
        assert first.holds is None
        return
    fen = {name: int(value * 100) for name, value in values.items()}
    assert first.holds is (fen["green"] * fen["loans_before"] >= fen["loans"] * fen["green_before"])
    scaled = conditions(Figures(**{name: value * factor for name, value in values.items()}))[0]
    assert scaled.holds is first.holds


def test_sums_need_every_bank_and_a_part_is_not_above_its_whole():
    one = Figures(**BASE)
    assert summed([one, one]).green == Decimal(22) and summed([one, one]).customers == 14
    assert summed([one, Figures(**(BASE | {"increment": None}))]).increment is None and summed([]).loans is None
    assert doubts(one) == [] and doubts(Figures(green=Decimal("1.01"), loans=Decimal(1)))[0].startswith(
        "绿色信贷余额 1.01 大于"
    )
    assert doubts(Figures(green=Decimal(1), loans=Decimal(1))) == []


ROWS = [
    {"listed_on": "2020-05-01", "insurer": "甲", "from_on": "2020-06-01", "to_on": "2021-05-31"},
    {
        "listed_on": "2020-05-01",
        "left_on": "2020-09-01",
        "insurer": "甲",
        "from_on": "2020-06-01",
        "to_on": "2021-05-31",
    },
    {"listed_on": "2020-08-01"},
]


@pytest.mark.parametrize(
    ("on", "insured", "listed"),
    [
        ("2020-04-30", 0, 0),
        ("2020-05-01", 0, 2),
        ("2020-06-01", 2, 2),
        ("2020-08-01", 2, 3),
        ("2020-08-31", 2, 3),
        ("2020-09-01", 1, 2),
        ("2021-05-31", 1, 2),
        ("2021-06-01", 0, 2),
    ],
)
def test_cover_counts_policies_of_the_day_over_the_list_of_the_day(on, insured, listed):
    found = coverage(ROWS, date.fromisoformat(on))
    assert (found.insured, found.listed) == (insured, listed)
    assert found.share == (Fraction(insured, listed) if listed else None)


def test_the_time_off_the_list_stays_one_when_the_firm_is_listed_again():
    now = {"listed_on": "2021-03-01", "left_on": ""}
    times = times_on_list(now, [{"listed_on": "2020-01-10", "left_on": "2020-06-30"}])
    listed = [coverage(times, date.fromisoformat(day)).listed for day in ("2020-06-29", "2020-06-30", "2021-02-28")]
    assert listed == [1, 0, 0] and coverage(times, date(2021, 3, 1)).listed == 1


def test_quarters():
    assert [str(last_ended(date(2020, *day))) for day in ((1, 1), (3, 31), (4, 1), (12, 31))] == [
        "2019Q4",
        "2019Q4",
        "2020Q1",
        "2020Q3",
    ]
    assert year_before("2020Q1") == "2019Q1" and due_on("2020Q3", 15) == date(2020, 10, 15)
    assert str(read_quarter(" 2020q3 ")) == "2020Q3"
    for wrong in ("2020", "2020-09", "2020Q5"):
        with pytest.raises(Refused):
            read_quarter(wrong)
