"""第九、十条: a cost, a profit or an agreed reward is not put below what was paid on it; the voucher is 冲正 first."""

from datetime import date
from decimal import Decimal

import pytest

from farmland.services import lots, transfers
from farmland.services.money import reverse_money
from miyun_kpi.lib.errors import Refused
from tests.farmland.conftest import AT, DAY, paid_out, put
from tests.farmland.test_ledger import code_of

PAPER = {"quality": "", "paddy": None, "capacity": "", "builder_name": "某公司"}


@pytest.mark.parametrize(
    ("kind", "lower", "said"),
    [
        ("out_soe_cost", {"cost": Decimal(900), "profit": Decimal(100)}, "成本已付 1,000.00 元，不能改为 900.00 元"),
        ("out_soe_profit", {"cost": Decimal(1000), "profit": None}, "利润已付 200.00 元，不能改为 0.00 元"),
    ],
)
def test_a_lot_is_not_put_below_what_was_paid_on_it(pool, purse, kind, lower, said):
    whole = {"cost": Decimal(1000), "profit": Decimal(200)}
    lot = put(pool, "企-01", "北庄镇", "2", DAY, builder="soe", builder_name="某公司", **whole)
    row = paid_out(purse, kind, "1000" if kind == "out_soe_cost" else "200", "付1", lot_id=lot.pk)

    def amend(**given):
        lot.refresh_from_db()
        return lots.amend_lot(actor=pool, lot_id=lot.pk, version=lot.version, at=AT, **PAPER | given)

    with pytest.raises(Refused) as refusal:
        amend(**lower)
    assert refusal.value.code == "below-paid" and said in refusal.value.message
    amend(cost=Decimal(1100), profit=Decimal(200))
    amend(**whole)
    reverse_money(actor=purse, number=row.number, reason="付错了企业", at=AT)
    assert amend(**lower).cost == lower["cost"]


def test_a_reward_is_not_agreed_below_what_was_paid(pool, purse, four_lots):
    deal = transfers.Deal("某区", Decimal(2), Decimal(300000), "协议1", "密政批7", date(2020, 10, 10))
    moved = transfers.transfer_out(actor=pool, deal=deal, at=AT)
    agreed = {"transfer_id": moved.pk, "reward_number": "纪要1", "actor": purse, "at": AT}
    transfers.agree_reward(version=1, reward=Decimal(500), **agreed)
    row = paid_out(purse, "out_reward_transfer", "400", "付2", transfer_id=moved.pk)
    assert code_of(transfers.agree_reward, version=2, reward=Decimal("399.99"), **agreed) == "below-paid"
    transfers.agree_reward(version=2, reward=Decimal(400), **agreed)
    reverse_money(actor=purse, number=row.number, reason="付错了镇", at=AT)
    assert transfers.agree_reward(version=3, reward=Decimal(300), **agreed).reward == 300
