"""与本期记录不符, the rule alone: which marks a condition asks about (0118)."""

from datetime import date
from decimal import Decimal

import pytest

from evaluation.enums import ConditionKind
from evaluation.sheets.rules.conditions import Condition, Held, met
from miyun_kpi.organisations.on_record import Fact


def facts(state="missing", count=1, *, running=False):
    return [Fact(1, "all", state, "", count, date(2020, 9, 1), "2020-13", "五", running)]


@pytest.mark.parametrize(
    "kind, limit, value, found, words",
    [
        ("missing", "90", "90", facts(count=2), "本期缺报 2 项而得分率 90%，不低于 90%"),
        ("missing", "90", "89.999", facts(), ""),
        ("missing", "90", "95", facts("on_time"), ""),
        ("missing", "90", "95", [], ""),
        ("overdue", "0", "0", facts("overdue"), "本期逾期 1 项而得分率 0%，不低于 0%"),
        ("overdue", "80", "97.555", facts("late") + facts("overdue"), "本期逾期 2 项而得分率 97.56%，不低于 80%"),
        ("overdue", "80", "97", facts("missing"), ""),
        ("returned", "80", "97", facts("returned"), "本期退回未改 1 项而得分率 97%，不低于 80%"),
        ("running", "80", "97", facts("submitted", running=True), "本期未销号 1 项而得分率 97%，不低于 80%"),
        ("running", "80", "97", facts("overdue"), ""),
        ("nothing", "60", "60", [], "本期无记录而得分率 60%，不高于 60%"),
        ("nothing", "60", "60.001", [], ""),
        ("nothing", "60", "10", facts("done"), ""),
    ],
)
def test_a_mark_is_held_against_the_record(kind, limit, value, found, words):
    condition = Condition(ConditionKind(kind), Decimal(limit))
    assert met(condition, Held(Decimal(value), Decimal(100), found)) == words
    # No line of the mapping: no condition looks at a record.
    assert met(condition, Held(Decimal(value), Decimal(100), None)) == ""


def test_the_rate_is_of_the_full_mark():
    condition = Condition(ConditionKind.MISSING, Decimal(90))
    assert met(condition, Held(Decimal("2.7"), Decimal(3), facts()))
    assert not met(condition, Held(Decimal("2.699"), Decimal(3), facts()))


@pytest.mark.parametrize("given, words", [(None, ""), ("97", ""), ("96.5", "打 97，细则算出 96.5")])
def test_a_mark_is_held_against_what_the_own_rules_give(given, words):
    held = Held(Decimal(97), Decimal(100), None, None if given is None else Decimal(given))
    assert met(Condition(ConditionKind.OWN_RULE, None), held) == words
