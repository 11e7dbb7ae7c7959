"""第八条（三）、第十四条: 不可抗力 found or withdrawn after the quota was taken back, and what goes back of the fees then."""

from decimal import Decimal as D

import pytest
from django.db import IntegrityError, transaction

from farmland.desk import desk_items
from farmland.models import Fee, Rate, Warrant
from farmland.queries import money as sums
from farmland.queries import payable
from farmland.services import applications, returning, striking
from miyun_kpi.lib.errors import Refused
from miyun_kpi.proposals.services import by_two, propose
from tests.farmland.conftest import AT, DAY, act, granted, rate, settled, somebody, ticket
from tests.farmland.test_correcting_pages import text
from tests.farmland.test_ledger import code_of
from tests.farmland.test_pages import confirmed, signed_in
from tests.farmland.test_refunds import due_back, paid_back, spent

NOTE = "两局协调会纪要6号"


@pytest.fixture
def back(pool, purse, four_lots):
    """One mu, 15,000 and 20,000 paid, taken back as if there had been no 不可抗力."""
    rate(purse)
    row = settled(pool, purse, area=D("1"))
    act(applications.reclaim, pool, row, approval_number="批9", approval_on=DAY, force_majeure=False, coordination="")
    return row


@pytest.fixture
def excused(back, pool):
    """Afterwards 区规自分局 finds that it was 不可抗力."""
    act(returning.find_force_majeure, pool, back, **finding())
    back.refresh_from_db()
    return back


def told(coordination=NOTE, reclamation="0", compensation="0"):
    return {"coordination": coordination, "reclamation": D(reclamation), "compensation": D(compensation)}


def finding(force_majeure=True, coordination=NOTE):
    return {"force_majeure": force_majeure, "coordination": coordination}


def fee_of(row, kind="compensation"):
    return row.fees.get(kind=kind)


def test_what_was_settled_goes_back_by_warrant_and_voucher(excused, purse):
    back = excused
    given = {"application_id": back.pk, "version": back.version, **told(reclamation="5000", compensation="20000")}
    first, second = purse, somebody("区财政局", "register_office", 42)
    made = by_two(first=first, second=second, code="farmland-settle", at=AT, **given)
    assert made.warned == [
        "耕地开垦费现在已缴 15,000.00 元，确认以后待退 5,000.00 元，在“应付和待退”核定、登记凭证。",
        "耕地保护补偿费现在已缴 20,000.00 元，确认以后待退 20,000.00 元，在“应付和待退”核定、登记凭证。",
    ]
    back.refresh_from_db()
    assert back.force_majeure and back.state == "reclaimed"
    assert due_back() == [("refund_reclamation", D(5000)), ("refund_compensation", D(20000))]
    said = back.events.get(act="费用处理").note
    assert NOTE in said and "耕地保护补偿费退还 20,000.00 元，待退 20,000.00 元" in said
    for kind in ("reclamation", "compensation"):
        fee = fee_of(back, kind)
        paid_back(purse, granted(purse, f"refund_{kind}", sums.over_of(fee), fee_id=fee.pk))
    assert due_back() == [] and sums.fund() == 0 and sums.unequal_fees() == []


def test_a_finding_that_is_withdrawn_asks_for_the_fees_again(excused, pool, purse):
    back = excused
    act(returning.settle, purse, back, **told(compensation="20000"))
    fee = fee_of(back)
    paid_back(purse, granted(purse, "refund_compensation", "12000", fee_id=fee.pk))
    waiting = granted(purse, "refund_compensation", "8000", fee_id=fee.pk)
    back.refresh_from_db()
    withdrawn = finding(False, "复核纪要7号")
    made = propose(actor=pool, code="farmland-find", at=AT, application_id=back.pk, version=back.version, **withdrawn)
    assert made.warned == [
        "耕地保护补偿费现在已缴 8,000.00 元，确认以后待补缴 12,000.00 元，由建设单位补缴、登记票据。"
    ]
    act(returning.find_force_majeure, pool, back, **withdrawn)
    back.refresh_from_db()
    assert not back.force_majeure and [(one.kind, amount) for one, amount in payable.short_fees()] == [
        ("compensation", D(12000))
    ]
    assert "不属于不可抗力，已缴费用不退：复核纪要7号" in back.events.latest("pk").note
    waiting.refresh_from_db()
    assert waiting.cancelled_at == AT and waiting.cancelled_for == "改认定：复核纪要7号"
    assert code_of(paid_back, purse, waiting) is not None and payable.open_warrants() == []
    (item,) = [one for one in desk_items(purse, AT) if one.action == "登记票据"]
    assert "待补缴 12,000.00 元" in item.context and item.url.endswith(f"/applications/{back.pk}/")
    assert [one for one in desk_items(pool, AT) if one.action == "登记票据"] == []
    ticket(purse, back, "in_compensation", "12000", "补1")
    assert payable.short_fees() == [] and due_back() == []
    assert [one for one in desk_items(purse, AT) if one.action == "登记票据"] == []


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        (told(coordination=" "), "no-coordination", "没有写协调意见"),
        (told(compensation="20000.01"), "too-much", "应缴 20,000.00 元，退还 20,000.01 元超过了它"),
        (told(reclamation="-1"), "bad-money", "不能小于 0"),
    ],
)
def test_what_the_text_does_not_give_is_refused(excused, purse, given, code, said):
    back = excused
    with pytest.raises(Refused) as refusal:
        act(returning.settle, purse, back, **given)
    assert refusal.value.code == code and said in refusal.value.message
    assert due_back() == [] and not Fee.objects.exclude(returned=0).exists()


def test_neither_office_alone_turns_what_the_other_registered(back, pool, purse):
    """A refund has a hand of both (第十四条): 区规自分局 finds, 区财政局 says how much."""
    with pytest.raises(Refused, match="请区规自分局先改认定") as refusal:
        act(returning.settle, purse, back, **told(compensation="20000"))
    assert refusal.value.code == "not-force-majeure" and not Fee.objects.exclude(returned=0).exists()
    assert code_of(act, returning.find_force_majeure, purse, back, **finding()) == "not-the-pool-office"
    assert code_of(act, returning.find_force_majeure, pool, back, **finding(False)) == "nothing-changed"
    assert code_of(act, returning.find_force_majeure, pool, back, **finding(coordination=" ")) == "no-coordination"
    first, second = pool, somebody("区规自分局", "register_office", 43)
    back.refresh_from_db()
    given = {"application_id": back.pk, "version": back.version, **finding()}
    made = by_two(first=first, second=second, code="farmland-find", at=AT, **given)
    assert made.warned == ["确认以后由区财政局登记费用处理：两项费用各退多少。"] and due_back() == []
    (item,) = settling_on(purse)
    act(returning.settle, purse, back, **told(compensation="20000"))
    assert due_back() == [("refund_compensation", D(20000))] and settling_on(purse) == []
    act(returning.find_force_majeure, pool, back, **finding(False, "复核纪要7号"))
    assert due_back() == [] and fee_of(back).return_note == ""
    act(returning.find_force_majeure, pool, back, **finding(True, "再议纪要8号"))
    assert due_back() == [] and settling_on(purse) == [item], "what was settled before is to be said anew"


def test_it_is_of_the_money_office_and_of_what_was_taken_back(excused, pool, purse):
    back = excused
    assert code_of(act, returning.settle, pool, back, **told()) == "not-the-money-office"
    other = settled(pool, purse, name="项目乙", area=D("1"))
    assert code_of(act, returning.settle, purse, other, **told()) == "wrong-state"
    assert code_of(act, returning.find_force_majeure, pool, other, **finding()) == "wrong-state"
    with pytest.raises(IntegrityError), transaction.atomic():
        Fee.objects.filter(pk=fee_of(back).pk).update(returned=D(1))


def test_a_price_put_right_afterwards_never_leaves_less_than_nothing_owed(excused, purse):
    back = excused
    act(returning.settle, purse, back, **told(compensation="20000"))
    assert fee_of(back).owed == 0
    wrong = Rate.objects.get(kind="compensation", printed=False)
    right = {"value": D(15000), "starts_on": None, "ends_on": None, "basis": "密财发〔2020〕2号"}
    striking.strike_rate(actor=purse, row_id=wrong.pk, reason="打错一位", at=AT, **right)
    row = fee_of(back)
    assert (row.amount, row.returned, row.owed, sums.over_of(row)) == (D(15000), D(20000), 0, D(20000))
    assert sums.unequal_fees() == [row.pk]


def test_on_the_page_each_office_does_its_part_by_two_persons(back, purse):
    spent(purse, "10000")
    client, path = signed_in("区财政局", "register_office"), f"/farmland/applications/{back.pk}/"
    page, finder = text(client.get(path)), signed_in("区规自分局", "register_office")
    assert "无偿收回，已缴费用不退" in page and "登记费用处理" not in page and "不可抗力的认定" not in page
    offered = text(finder.get(path))
    assert "改不可抗力的认定" in offered and "登记费用处理" not in offered
    back.refresh_from_db()
    typed = {"version": back.version, "force_majeure": "yes", "coordination": NOTE}
    assert NOTE in text(finder.post(f"{path}act/find/", typed, follow=True))
    back.refresh_from_db()
    assert not back.force_majeure, "nothing before the second"
    confirmed("区规自分局")
    back.refresh_from_db()
    assert back.force_majeure and "登记费用处理" in text(client.get(path))
    typed = {"version": back.version, "coordination": NOTE, "reclamation": "0"}
    wrong = client.post(f"{path}act/settle/", typed | {"compensation": "20000.01"})
    assert wrong.status_code == 422 and "超过了它" in text(wrong) and 'value="20000.01"' in text(wrong)
    page = text(client.post(f"{path}act/settle/", typed | {"compensation": "20000"}, follow=True))
    assert "确认以后待退 20,000.00 元" in page and "余额 10,000.00 元，不够退还" in page and NOTE in page
    assert not Fee.objects.exclude(returned=0).exists(), "nothing before the second"
    confirmed("区财政局")
    page = text(client.get(path))
    assert "属于不可抗力，已缴费用按协调意见处理" in page and f"协调退还 20,000.00 元：{NOTE}" in page
    assert "待退 20,000.00" in page and 'value="20000"' in page
    assert "退还耕地保护补偿费" in text(client.get("/farmland/payable/")) and not Warrant.objects.exists()


def settling_on(actor):
    return [one for one in desk_items(actor, AT) if one.action == "登记费用处理"]


def test_what_was_taken_back_for_force_majeure_waits_on_the_desk_until_its_fees_are_settled(pool, purse, four_lots):
    rate(purse)
    row, plain, free = (settled(pool, purse, name=name, area=D("1")) for name in ("项目甲", "项目乙", "项目丙"))
    given = {"approval_number": "批9", "approval_on": DAY, "force_majeure": True, "coordination": NOTE}
    act(applications.reclaim, pool, row, **given)
    act(applications.reclaim, pool, plain, **given | {"force_majeure": False, "coordination": ""})
    free.fees.update(amount=0)
    act(applications.reclaim, pool, free, **given)
    (item,) = settling_on(purse)
    assert "项目甲" in item.title and item.url.endswith(f"/applications/{row.pk}/") and item.clause == "第十四条"
    assert settling_on(pool) == [], "money is of 区财政局"
    act(returning.settle, purse, row, **told())
    assert settling_on(purse) == [], "that nothing goes back is settled too"
