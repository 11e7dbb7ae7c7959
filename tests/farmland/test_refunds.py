"""待退: a waiver approved after the fee was paid; decided by two, paid out with a voucher, closed by itself (第八条（二）)."""

from decimal import Decimal as D

import pytest
from django.utils import timezone

from farmland.models import Warrant
from farmland.queries import money as sums
from farmland.queries import payable
from farmland.services import applications, fees, striking, warrants
from farmland.services.money import Movement, record_money, reverse_money
from miyun_kpi.lib.errors import Refused
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import propose
from tests.farmland.conftest import AT, DAY, act, granted, rate, reserved, settled, ticket
from tests.farmland.test_correcting_pages import text
from tests.farmland.test_pages import confirmed, signed_in
from tests.farmland.test_settling import line_of

WAIVER = {"approval_number": "密政批8号", "approval_on": DAY}


def waive(purse, row, amount):
    row.refresh_from_db()
    return act(fees.waive_fee, purse, row, amount=D(amount), **WAIVER)


def due_back():
    return [(one.kind, one.amount) for one in payable.everything(AT.date()) if one.kind.startswith("refund")]


def test_before_the_use_what_was_paid_above_the_waiver_is_due_back(pool, purse, four_lots):
    rate(purse)
    row = reserved(pool, area=D("1"))
    for fee in act(fees.assess_fees, purse, row, on=DAY):
        ticket(purse, row, f"in_{fee.kind}", fee.amount, f"票{fee.kind}")
    row.refresh_from_db()
    given = {"application_id": row.pk, "version": row.version, "amount": D("5000"), **WAIVER}
    made = propose(actor=purse, code="farmland-waive", at=AT, **given)
    assert made.warned == ["已缴 20,000.00 元，减免以后待退 5,000.00 元，在“应付和待退”核定、登记凭证。"]
    assert due_back() == []
    fee = waive(purse, row, "5000")
    assert (fee.owed, sums.over_of(fee)) == (D("15000"), D("5000"))
    assert due_back() == [("refund_compensation", D("5000.00"))]
    row.refresh_from_db()
    act(applications.post, pool, row)
    assert due_back() == [("refund_compensation", D("5000.00"))]


def test_after_the_use_a_whole_waiver_takes_the_second_reward_too(pool, purse, four_lots):
    rate(purse)
    row = settled(pool, purse, area=D("1"))
    before = line_of(row)
    assert before.second.due > 0
    fee = waive(purse, row, "20000")
    assert due_back() == [("refund_compensation", D("20000.00"))]
    after = line_of(row)
    assert (after.first.due, after.second.due) == (before.first.due, 0)
    waive(purse, row, "1")
    fee.refresh_from_db()
    assert sums.over_of(fee) == 1 and line_of(row).second.due == before.second.due


@pytest.mark.usefixtures("gazette")
def test_the_page_decides_pays_and_closes_it(pool, purse, four_lots):
    rate(purse)
    row = settled(pool, purse, area=D("1"))
    fee = waive(purse, row, "5000")
    client = signed_in("区财政局", "register_office")
    shown = text(client.get("/farmland/payable/"))
    assert "退还耕地保护补偿费" in shown and "5,000.00" in shown
    typed = {"kind": "refund_compensation", "fee_id": fee.pk, "town": "", "note": "密政批8号"}
    (one,) = [one for one in payable.everything(AT.date()) if one.kind == "refund_compensation"]
    sent = {f"{name}": value for name, value in typed.items()} | {"row": one.key}
    more = client.post("/farmland/payable/", sent | {"amount": "5000.01"})
    assert more.status_code == 422 and "5000.01" in more.content.decode()
    assert client.post("/farmland/payable/", sent | {"amount": "5000.00"}).status_code == 302
    assert Proposal.objects.latest("pk").code == "farmland-pay" and not Warrant.objects.exists()
    confirmed("区财政局")
    warrant = Warrant.objects.get()
    assert (warrant.amount, warrant.payee) == (D("5000.00"), row.applicant)
    paid = client.post(f"/farmland/payable/{warrant.pk}/voucher/", {"ticket": "退1", "day": str(timezone.localdate())})
    assert paid.status_code == 302, paid.content.decode()[:2000]
    fee.refresh_from_db()
    assert sums.over_of(fee) == 0 and due_back() == []


def spent(purse, amount):
    """第十三条: a use of the 补偿费."""
    return record_money(actor=purse, movement=Movement("use_farmland", D(amount), DAY, f"用{amount}"), at=AT)


def paid_back(purse, warrant):
    return warrants.record_voucher(actor=purse, warrant_id=warrant.pk, ticket=f"退{warrant.pk}", day=DAY, at=AT)


def test_a_refund_takes_the_fund_to_nothing_and_no_further(pool, purse, four_lots):
    rate(purse)
    fee = waive(purse, settled(pool, purse, area=D("1")), "5000")
    used = spent(purse, "15000.01")
    given = {"entry_id": None, "lot_id": None, "transfer_id": None, "fee_id": fee.pk, "town": "", "note": ""}
    made = propose(actor=purse, code="farmland-pay", kind="refund_compensation", amount=D(5000), at=AT, **given)
    assert made.warned == ["耕地保护补偿费余额 4,999.99 元，不够退还 5,000.00 元；余额够了以后才能登记退款凭证。"]
    warrant = granted(purse, "refund_compensation", "5000", fee_id=fee.pk)
    with pytest.raises(Refused) as refusal:
        paid_back(purse, warrant)
    assert refusal.value.code == "fund-short" and refusal.value.clause == "21·第十三条"
    assert "余额 4,999.99 元，至多退还 4,999.99 元，这项核定是 5,000.00 元，没有登记。" in refusal.value.message
    assert "冲正登记错的用途" in refusal.value.message and sums.fund() == D("4999.99")
    warrants.cancel(actor=purse, warrant_id=warrant.pk, reason="余额不够，先退一部分", at=AT)
    paid_back(purse, granted(purse, "refund_compensation", "4999.99", fee_id=fee.pk))
    assert sums.fund() == 0 and sums.over_of(fee) == D("0.01"), "to exactly nothing"
    rest = granted(purse, "refund_compensation", "0.01", fee_id=fee.pk)
    with pytest.raises(Refused, match="余额 0.00 元，至多退还 0.00 元"):
        paid_back(purse, rest)
    reverse_money(actor=purse, number=used.number, reason="用途登记错了", at=AT)
    paid_back(purse, rest)
    assert sums.over_of(fee) == 0 and sums.fund() == 15000


def test_what_is_given_back_of_the_other_fee_is_not_of_the_fund(pool, purse, four_lots):
    """第十三条 is about 补偿费; 开垦费 does not lie in it."""
    wrong = rate(purse, "30000.00", DAY, "reclamation", basis="密政发〔2020〕30号")
    rate(purse)
    row = settled(pool, purse, area=D("1"))
    spent(purse, sums.fund())
    right = {"value": None, "starts_on": None, "ends_on": None, "basis": ""}
    striking.strike_rate(actor=purse, row_id=wrong.pk, reason="不该另定", at=AT, **right)
    fee = row.fees.get(kind="reclamation")
    paid_back(purse, granted(purse, "refund_reclamation", sums.over_of(fee), fee_id=fee.pk))
    assert sums.fund() == 0 and sums.over_of(fee) == 0
