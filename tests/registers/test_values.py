"""What is typed becomes one canonical text, or one sentence that says what is wrong."""

from datetime import date
from decimal import Decimal

import pytest

from miyun_kpi.lib.errors import Refused
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import Field, require_step, totals
from miyun_kpi.registers.rules.reading import read_value, read_values
from tests.registers.site import OUTFALL


def resolve(text, town):
    known = {"北庄镇": "beizhuang-zhen", "区水务局": "shuiwu-ju"}
    found = known.get(text)
    return None if town and found == "shuiwu-ju" else found


def field(kind, **options):
    return Field("x", "某栏", kind, **options)


@pytest.mark.parametrize(
    ("declared", "typed", "expected"),
    [
        (field(FieldType.TEXT), "  文字  ", "文字"),
        (field(FieldType.NUMBER, places=2), "１２．５０", "12.5"),
        (field(FieldType.NUMBER, places=0), "0", "0"),
        (field(FieldType.NUMBER, places=2, least=Decimal(-5)), "-1.25", "-1.25"),
        (field(FieldType.NUMBER, places=1, most=Decimal(10)), "10", "10"),
        (field(FieldType.DATE), "2020/9/5", "2020-09-05"),
        (field(FieldType.DATE), "2020年9月25日", "2020-09-25"),
        (field(FieldType.DATE), "2020-02-29", "2020-02-29"),
        (field(FieldType.CHOICE, choices=(("a", "甲"),)), "甲", "a"),
        (field(FieldType.BOOL), "是", "yes"),
        (field(FieldType.BOOL), "无", "no"),
        (field(FieldType.TOWN), "北庄镇", "beizhuang-zhen"),
        (field(FieldType.ORGANISATION), "区水务局", "shuiwu-ju"),
        (field(FieldType.NUMBER), "   ", ""),
    ],
)
def test_canonical_text(declared, typed, expected):
    assert read_value(declared, typed, resolve) == expected


@pytest.mark.parametrize(
    ("declared", "typed", "said"),
    [
        (field(FieldType.TEXT, longest=3), "四个汉字", "超过 3 字"),
        (field(FieldType.TEXT), "a\x00b", "读不出"),
        (field(FieldType.NUMBER, places=2), "1.234", "超过 2 位小数"),
        (field(FieldType.NUMBER), "-1", "不能小于 0"),
        (field(FieldType.NUMBER, places=1, most=Decimal(10)), "10.1", "不能大于 10"),
        (field(FieldType.NUMBER), "9" * 16, "超过 15 位"),
        (field(FieldType.NUMBER), "1e3", "科学计数"),
        (field(FieldType.NUMBER), "十", "不是数字"),
        (field(FieldType.DATE), "2020-02-30", "读不懂"),
        (field(FieldType.DATE), "20-2-3", "读不懂"),
        (field(FieldType.CHOICE, choices=(("a", "甲"),)), "乙", "只能是：甲"),
        (field(FieldType.BOOL), "大概", "“是”或“否”"),
        (field(FieldType.TOWN), "区水务局", "没有叫“区水务局”的镇街"),
        (field(FieldType.ORGANISATION), "某局", "没有叫“某局”的单位"),
    ],
)
def test_one_sentence(declared, typed, said):
    with pytest.raises(Refused) as refusal:
        read_value(declared, typed, resolve)
    assert said in refusal.value.message and refusal.value.message.endswith("。")


def test_every_problem_is_named_at_once():
    values, problems = read_values(OUTFALL, {"flow": "x", "kind": "y", "odd": "z"}, resolve, date(2020, 7, 1))
    assert {one.field for one in problems} == {"code", "unit", "flow", "kind", "odd"}
    assert values["note"] == ""


@pytest.mark.parametrize(
    ("stage", "step", "values", "said"),
    [
        ("closed", "ask", {}, "现在是“已销号”"),
        ("open", "nothing", {}, "不能这样办理"),
        ("open", "ask", {"note": ""}, "先填说明"),
    ],
)
def test_a_step_leads_on_from_its_stage_only(stage, step, values, said):
    with pytest.raises(Refused, match=said):
        require_step(OUTFALL, stage, step, values, date(2020, 7, 10))


def test_sums_are_exact_and_blanks_are_nothing():
    rows = [{"flow": "0.1"}] * 10 + [{"flow": ""}, {}]
    assert totals(OUTFALL, rows) == {"flow": Decimal("1.0")}
    assert totals(OUTFALL, [{"flow": ""}]) == {} and totals(OUTFALL, [{"flow": "0"}]) == {"flow": Decimal(0)}


@pytest.mark.parametrize(("due", "day", "late"), [("2020-07-10", 10, False), ("2020-07-10", 11, True), ("", 11, False)])
def test_the_day_itself_is_in_time(due, day, late):
    assert OUTFALL.is_overdue("open", {"due_on": due}, date(2020, 7, day)) is late
    assert not OUTFALL.is_overdue("closed", {"due_on": due}, date(2020, 7, day))


@pytest.mark.parametrize(("day", "passes"), [(10, False), (11, True)])
def test_a_step_waits_for_its_day_to_pass(day, passes):
    values = {"due_on": "2020-07-10"}
    if passes:
        assert require_step(OUTFALL, "open", "forget", values, date(2020, 7, day)).target == "closed"
    else:
        with pytest.raises(Refused, match="2020-07-10）过后"):
            require_step(OUTFALL, "open", "forget", values, date(2020, 7, day))


def test_a_step_that_waits_for_a_day_nobody_has_set_is_refused():
    with pytest.raises(Refused, match="还没有填"):
        require_step(OUTFALL, "open", "forget", {}, date(2020, 7, 10))
