"""文号 in registers: kept as they were typed, and one number is one however it was typed."""

import pytest
from django.apps import apps

from miyun_kpi.lib.errors import Refused
from miyun_kpi.registers.desk import desk_items
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.queries.records import same_record
from miyun_kpi.registers.registry import kind_by
from miyun_kpi.registers.rereading import reread_all
from miyun_kpi.registers.services import records as services
from tests.duties.conftest import AT, acting
from tests.factories.markup import one_line
from tests.registers.test_doubts import change, doubts, old
from tests.registers.test_records import client_of

POLICIES = {"app": "disclosure", "kind": "policies"}


@pytest.fixture
def office(gazette):
    return acting("区政务服务中心", "register_office")


def policy(actor, number, **typed):
    typed = {"title": "某办法", "unit": "区科委", "number": number, "made_on": "2020-05-06"} | typed
    return services.create_record(actor=actor, typed=typed, at=AT, **POLICIES)


def stored(place, number, register="disclosure.policies", **given):
    """As a release before the type has left it: the key is the text."""
    row = old(register, place, title="某办法", unit="ke-wei", made_on="2020-05-06", **given)
    row.values["number"] = row.unique_key = number
    row.save()
    return row


def again(*rows):
    for row in rows:
        row.refresh_from_db()
    return rows


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


def test_one_that_is_written_as_the_key_is_keeps_it_whatever_stands_before(office):
    """The store looks at each row: the first may not get what the second still has."""
    first, second = stored(1, "（密）卫医许字123号"), stored(2, "(密)卫医许字123号")
    assert reread_all(apps)[1] == 1
    again(first, second)
    assert (first.unique_key, second.unique_key) == ("(密)卫医许字123号#1", "(密)卫医许字123号")
    assert list(doubts()) == [(1, "number")] and "编号 2 的登记相同" in doubts()[1, "number"]
    # Whoever takes the place of both: keys change hands within one statement.
    Record.objects.filter(pk=first.pk).update(unique_key="甲")
    Record.objects.filter(pk=second.pk).update(unique_key="(密)卫医许字123号#2")
    reread_all(apps)
    again(first, second)
    assert (first.unique_key, second.unique_key) == ("(密)卫医许字123号", "(密)卫医许字123号#2")


def test_what_is_freed_goes_to_the_next_that_stands_beside_it(office):
    first, second, third = (
        stored(n, text) for n, text in enumerate(("甲〔2020〕5号", "甲[2020]5号", "甲2020年5号"), 1)
    )
    reread_all(apps)
    given = {"actor": office, "record_id": first.pk, "version": first.version, "reason": "登记了两次", "at": AT}
    services.strike_record(**POLICIES, **given)
    again(second, third)
    assert second.unique_key == "甲(2020)5" and third.unique_key == "甲(2020)5#3"
    assert list(doubts()) == [(3, "number")] and "编号 2 的登记相同" in doubts()[3, "number"]
    with pytest.raises(Refused, match="已经登记过"):
        policy(office, "甲〔2020〕5号")
    # A number that is put right frees its key as well.
    change(office, second, number="甲〔2020〕6号")
    assert again(third)[0].unique_key == "甲(2020)5" and not doubts()


def test_a_double_is_taken_down_by_its_steps(office):
    """A step reads no number: nothing that stands twice is stuck in its stage."""
    rows = [
        stored(n, number, "disclosure.both-publicities", stage="published")
        for n, number in enumerate(("京密罚〔2020〕5号", "京密罚[2020]5号"), 1)
    ]
    reread_all(apps)
    given = {"app": "disclosure", "kind": "both-publicities", "step": "take-down", "reason": "登记了两次"}
    again(rows[1])
    services.take_step(actor=office, record_id=rows[1].pk, version=rows[1].version, at=AT, **given)
    assert again(rows[1])[0].stage == "taken-down" and list(doubts()) == [(2, "number")]


def test_the_ratio_counts_no_document_twice(office):
    stored(1, "密政发〔2020〕5号", opened_on="2020-05-07"), stored(2, "密政发[2020]5号"), stored(3, "密政发〔2020〕6号")
    client = client_of("区政务服务中心", "register_office")
    before = client.get("/disclosure/ratio/").context["points"][0]
    reread_all(apps)
    answer = client.get("/disclosure/ratio/")
    assert (before.whole, answer.context["points"][0].whole) == (3, 2)
    assert "1 条写法待核，未计入" in one_line(answer.content.decode())


def test_a_workbook_means_the_one_of_the_number(office):
    policy(office, "密政发〔2020〕5号")
    kind, _ = kind_by("disclosure", "policies")
    standing = Record.objects.filter(kind=kind.key)
    assert same_record(kind, standing, {"number": "密政发[2020]第05号"}).number == 1
    assert same_record(kind, standing, {"number": "密政发[2020]第06号"}) is None
