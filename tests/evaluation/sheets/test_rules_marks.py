"""What a typed mark may be, and what each refusal says."""

from decimal import Decimal

import pytest

from evaluation.sheets.rules.marks import Deduction, looks_like_points, mark_after_deductions, read_mark
from miyun_kpi.lib.errors import Refused

FULL = Decimal(100)


@pytest.mark.parametrize(
    "typed, value",
    [
        ("88.5", "88.5"),
        ("0", "0"),
        ("100", "100"),
        ("100.000", "100"),
        (".5", "0.5"),
        ("９１", "91"),
        ("８７．５", "87.5"),
        ("　86 ", "86"),
        ("088.5", "88.5"),
        ("99.999", "99.999"),
    ],
)
def test_a_plain_number_is_read_exactly(typed, value):
    assert read_mark(typed, full_mark=FULL) == Decimal(value)


@pytest.mark.parametrize(
    "typed, code",
    [
        ("105", "over-full"),
        ("100.001", "over-full"),
        ("-1", "negative"),
        ("－1", "negative"),
        ("NaN", "not-a-number"),
        ("Infinity", "not-a-number"),
        ("1e2", "exponent"),
        ("１Ｅ２", "not-a-number"),
        ("八十六", "not-a-number"),
        ("٨٦", "not-a-number"),
        ("86分", "not-a-number"),
        ("8 6", "not-a-number"),
        ("86,5", "not-a-number"),
        ("1_0", "not-a-number"),
        ("+86", "not-a-number"),
        ("86.", "not-a-number"),
        ("0x10", "not-a-number"),
        ("88.1234", "too-many-decimals"),
        ("88.5000", "too-many-decimals"),
        ("", "blank"),
        ("　", "blank"),
        ("9" * 31, "not-a-number"),
    ],
)
def test_everything_else_is_refused_with_one_sentence(typed, code):
    with pytest.raises(Refused) as refusal:
        read_mark(typed, full_mark=FULL)
    assert refusal.value.code == code
    assert refusal.value.message.count("没有保存") == 1 and refusal.value.message.endswith("。")


def test_the_refusal_of_105_names_the_limit_and_the_way_on():
    with pytest.raises(Refused) as refusal:
        read_mark("105", full_mark=FULL)
    assert refusal.value.message == "105 超过本表满分 100，没有保存。请改为 0 至 100。"


def test_deductions_are_taken_from_the_full_mark():
    lines = [Deduction(1, Decimal("1.5"), "迟报"), Deduction(2, Decimal("0.125"), "漏项")]
    assert mark_after_deductions(FULL, lines) == Decimal("98.375")


@pytest.mark.parametrize(
    "points, reason, code", [("1", " ", "reason-missing"), ("0", "无", "bad-points"), ("100.001", "全扣", "over-full")]
)
def test_a_deduction_without_reason_or_beyond_the_mark_is_refused(points, reason, code):
    with pytest.raises(Refused) as refusal:
        mark_after_deductions(FULL, [Deduction(1, Decimal(points), reason)])
    assert refusal.value.code == code


def test_a_column_within_the_weights_looks_like_points():
    weights = [Decimal(5)] * 3
    low = [Decimal("4.5"), Decimal(5), Decimal("3")]
    assert looks_like_points(low, weights=weights, full_mark=FULL)
    assert not looks_like_points([*low[:2], Decimal("5.1")], weights=weights, full_mark=FULL)
    assert not looks_like_points(low[:2], weights=weights[:2], full_mark=FULL)
    assert not looks_like_points([Decimal(0)] * 3, weights=weights, full_mark=FULL)
    assert not looks_like_points(low, weights=weights, full_mark=Decimal(5))
