"""文号 in registers: kept as they were typed, and one number is one however it was typed."""

import pytest
from django.apps import apps

from miyun_kpi.lib.errors import Refused
from miyun_kpi.registers.desk import desk_items
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.rereading import reread_all
from miyun_kpi.registers.services import records as services
from tests.duties.conftest import AT, acting
from tests.registers.test_doubts import change, doubts, old

POLICIES = {"app": "disclosure", "kind": "policies"}


@pytest.fixture
def office(gazette):
    return acting("区政务服务中心", "register_office")


def policy(actor, number, **typed):
    typed = {"title": "某办法", "unit": "区科委", "number": number, "made_on": "2020-05-06"} | typed
    return services.create_record(actor=actor, typed=typed, at=AT, **POLICIES)


def stored(place, number):
    """As a release before the type has left it: the key is the text."""
    row = old("disclosure.policies", place, title="某办法", unit="ke-wei", made_on="2020-05-06")
    row.values["number"] = row.unique_key = number
    row.save()
    return row


@pytest.mark.parametrize(
    "again", ["密政发〔2020〕5号", "密政发[2020]第05号", "密政发（２０２０）5号 ", "密政发2020年5号"]
)
def test_the_same_document_is_registered_once(office, again):
    first = policy(office, "密政发〔2020〕5号")
    assert first.values["number"] == "密政发〔2020〕5号", "as it was typed"
    with pytest.raises(Refused, match="已经登记过"):
        policy(office, again)
    assert policy(office, "密政发〔2020〕15号") and policy(office, "密政办发〔2020〕5号")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("密政发〔2020〕\u31645号", "的第 10 个字是看不见的字符（U+3164），请删去它"),
        ("密政发〔2020〕٥号", "的第 10 个字“٥”不是 0 至 9 的数字，请用键盘上的数字重新输入"),
        ("Р-5", "的第 1 个字“Р”不是汉字或英文字母，请用键盘重新输入"),
    ],
)
def test_signs_that_only_look_alike_are_named_by_place(office, number, said):
    with pytest.raises(Refused, match="没有保存，请改正后再存") as refused:
        policy(office, number)
    assert said in refused.value.message and refused.value.message.count("没有保存") == 1
    assert not Record.objects.filter(kind="disclosure.policies").exists()


def test_of_one_that_was_written_twice_before_the_later_is_to_be_checked(office):
    written = ("密政发〔2020〕5号", "密政发[2020]5号", "密政发〔2020〕6号")
    first, later, third = (stored(place, number) for place, number in enumerate(written, 1))
    assert reread_all(apps)[1] == 1
    for row in (first, later, third):
        row.refresh_from_db()
    assert [row.values["number"] for row in (first, later)] == ["密政发〔2020〕5号", "密政发[2020]5号"]
    assert len({first.unique_key, later.unique_key, third.unique_key}) == 3
    assert list(doubts()) == [(2, "number")] and "编号 1 的登记相同" in doubts()[2, "number"]
    assert [item.title for item in desk_items(office, AT) if item.action == "核对写法"] == [
        "政策文件：1 条登记有 1 处写法待核"
    ]
    assert reread_all(apps) == (0, 1), "twice is as once"
    with pytest.raises(Refused, match="已经登记过"):
        change(office, later, title="同一个办法")
    change(office, later, number="密政发〔2020〕7号")
    assert not doubts()
