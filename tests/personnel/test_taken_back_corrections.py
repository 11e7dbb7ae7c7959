"""Whom a 更正通知 had put right holds the post again once its entry is struck, and does not when that is taken up again."""

from dataclasses import replace
from datetime import date

import pytest

from miyun_kpi.emendations.services import decide, propose
from miyun_kpi.lib.errors import Conflict, Refused
from personnel.models import Act, Notice
from personnel.services.drafts import ActInput
from personnel.services.issue import strike_act
from tests.personnel.test_corrections import (
    BEGUN,
    FROM,
    LATE,
    LATER,
    RIGHT,
    WRONG,
    accounts,
    act,
    corrected,
    drafted,
    hands,
)
from tests.personnel.test_personnel import GIVEN, held, issued

__all__ = ["accounts", "act", "hands"]
AGAIN, ON = "密政发〔2020〕97号", date(2020, 7, 28)
WHY = {"basis": "entry", "paper": "原件第 1 页", "reason": "更正撤销错了"}


def later(hands, given, number=AGAIN):
    return issued(hands[0], hands[1], given, number=number, dated=ON, at=LATER, late=LATE)


def struck(hands, row):
    found = row.acts.get()
    strike_act(actor=hands[2], act_id=found.pk, reason="更正登记错了", at=LATER)
    return found


def taken_up(hands, found, **typed):
    made = propose(actor=hands[0], subject="act", subject_id=found.pk, typed=typed, at=LATER, **WHY)
    decide(actor=hands[1], emendation_id=made.pk, version=made.version, confirm=True, note="", at=LATER)


def test_who_was_really_appointed_since_holds_the_strike_up_by_name_of_that_notice(hands, act):
    row = corrected(hands, act, day=BEGUN)
    again = later(hands, replace(GIVEN, same="yes"))
    with pytest.raises(Refused) as refusal:
        struck(hands, row)
    said = refusal.value.message
    assert said.startswith(f"撤销以后，{AGAIN}（{ON}）“李测试任区水务局副局长”就与{WRONG}") and said.count("。") == 1
    assert Act.objects.standing().filter(notice=row).exists()
    struck(hands, again)
    struck(hands, row)
    assert held(ON, "李测试") == ["区水务局副局长"] and held(ON, "李更正") == []


def test_a_struck_correction_is_taken_up_again_where_nothing_stands_against_it(hands, act):
    found = struck(hands, corrected(hands, act))
    taken_up(hands, found, note="水务局")
    assert held(FROM, "李测试") == [] and held(FROM, "李更正") == ["区水务局副局长"]


def test_not_where_whom_it_put_right_was_removed_since(hands, act):
    found = struck(hands, corrected(hands, act))
    later(hands, replace(GIVEN, kind="remove", probation_months=0, same="yes"))
    with pytest.raises(Refused, match=AGAIN):
        taken_up(hands, found, note="水务局")
    assert not Act.objects.filter(emends=found).exists() and held(FROM, "李测试") == ["区水务局副局长"]


def test_not_where_another_correction_has_come_in_its_place(hands, act):
    found = struck(hands, corrected(hands, act))
    corrected(hands, act, replace(GIVEN, person="李再正"), number=AGAIN)
    with pytest.raises(Conflict, match=f"已由{AGAIN}（{FROM}）更正，没有勘正") as refusal:
        taken_up(hands, found, note="水务局")
    assert refusal.value.code == "corrected" and RIGHT not in refusal.value.message


def test_nor_where_one_is_being_drafted(hands, act):
    found = struck(hands, corrected(hands, act))
    drafted(hands, act, replace(GIVEN, person="李再正"))
    with pytest.raises(Conflict, match="已由拟稿"):
        taken_up(hands, found, note="水务局")


def test_an_entry_that_would_stand_twice_in_its_notice_is_told(hands):
    two = [replace(GIVEN, person=name) for name in ("甲测试", "乙测试")]
    first, second = issued(hands[0], hands[1], *two, number=WRONG).acts.order_by("line", "order")
    Notice.objects.filter(pk=first.notice_id).update(submitted_by_id=0)
    with pytest.raises(Conflict, match="里已有同样的一项"):
        taken_up(hands, second, person="甲测试")


def test_the_words_of_a_removal_alone_are_put_right_and_it_stands(hands):
    given = ActInput(kind="remove", person="任连峰", organisation="区司马台雾灵山管委会", title="副主任")
    wrong = issued(hands[0], hands[1], given, number=WRONG).acts.get()
    corrected(hands, wrong, replace(given, printed="管委会副主任"), BEGUN)
    assert held(BEGUN, "任连峰") == [] and Notice.objects.filter(number=RIGHT, state="issued").exists()
