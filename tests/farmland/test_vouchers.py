"""21号第八条（四）、第十一条: a ticket and a voucher count once, however the number is typed."""

from decimal import Decimal

import pytest

from farmland.models import Money
from farmland.services import fees
from farmland.services.money import reverse_money
from miyun_kpi.lib.errors import Conflict, Refused
from tests.farmland.conftest import AT, DAY, act, rate, reserved, ticket


@pytest.fixture
def charged(pool, purse, four_lots):
    rate(purse)
    row = reserved(pool)
    act(fees.assess_fees, purse, row, on=DAY)
    return row


ALIKE = ["FP-1", "fp-1", "ＦＰ-1", "FP -1", "FP–1", "F\u200bP-1"]


@pytest.mark.parametrize("number", ALIKE)
def test_the_same_ticket_is_taken_once(charged, purse, number):
    first = ticket(purse, charged, "in_reclamation", "100", "FP-1")
    with pytest.raises(Conflict) as refusal:
        ticket(purse, charged, "in_reclamation", "200", number)
    assert refusal.value.code == "ticket-taken" and f"第 {first.number} 笔“FP-1”" in refusal.value.message
    ticket(purse, charged, "in_compensation", "100", number)
    reverse_money(actor=purse, number=first.number, reason="票号录错了", at=AT)
    assert ticket(purse, charged, "in_reclamation", "200", number).ticket == number
    assert Money.objects.filter(amount=Decimal(200)).exists()


def test_brackets_of_two_kinds_are_one(charged, purse):
    ticket(purse, charged, "in_reclamation", "100", "（演示）1")
    with pytest.raises(Conflict):
        ticket(purse, charged, "in_reclamation", "100", "(演示)1")


@pytest.mark.parametrize("number", ["FP-\u31641", "FP-١", "FP-1\u2800"])
def test_a_number_that_reads_alike_and_is_another_is_no_ticket(charged, purse, number):
    ticket(purse, charged, "in_reclamation", "100", "FP-1")
    with pytest.raises(Refused, match="票据或凭证号的第 [45] 个字"):
        ticket(purse, charged, "in_reclamation", "200", number)
    assert Money.objects.count() == 1
