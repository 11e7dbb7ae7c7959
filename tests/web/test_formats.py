from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from miyun_kpi.web import formats


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        (Decimal("84.4313"), 2, "84.43"),
        (Decimal("0.005"), 2, "0.01"),
        (Decimal("-0.345"), 2, "−0.35"),
        (Fraction(1, 3), 4, "0.3333"),
        (0, 2, "0.00"),
        (None, 2, "–"),
        ("", 2, "–"),
    ],
)
def test_a_score_is_rounded_half_up_with_a_true_minus_and_missing_is_a_dash(value, places, shown):
    assert formats.score(value, places) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [("88.500", "88.5"), ("88", "88"), (None, "–"), ("-3.50", "−3.5"), (0, "0")]
)
def test_points_are_shown_as_filed(value, shown):
    assert formats.points(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [("5.5", "+5.5"), ("-3.5", "−3.5"), ("0.04", "0.0"), ("-0.04", "0.0"), (None, "–")]
)
def test_a_difference_carries_its_sign_and_zero_none(value, shown):
    assert formats.signed(None if value is None else Decimal(value), 1) == shown


def test_money_area_and_percentages_have_their_fixed_decimals():
    assert formats.money(Decimal("1825000")) == "1,825,000.00"
    assert formats.area(Decimal("36.5")) == "36.5000"
    assert formats.percent(Fraction(1797, 1878)) == "95.7%"


def test_times_are_shown_in_beijing_with_the_chinese_weekday():
    moment = datetime(2020, 10, 20, 10, 0, tzinfo=UTC)
    assert formats.stamp(moment) == "2020-10-20 周二 18:00"
    assert formats.short_stamp(moment) == "10-20 周二 18:00"
    assert formats.day_week(moment.date()) == "2020-10-20 周二"
    assert formats.stamp(None) == "–"
