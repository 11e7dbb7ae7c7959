"""Sums of banks a year apart: no difference of two of them is one bank's figure."""

from decimal import Decimal

import pytest

from finance_policy.models import Bank, BankReturn
from finance_policy.queries.returns import releases
from finance_policy.services import banks as bank_services
from finance_policy.services import returns
from miyun_kpi.lib.errors import Refused
from tests.finance_policy.test_returns import AT, FIGURES, accept, banks, fill

__all__ = ["banks"]


def test_no_sum_a_year_apart_over_other_banks_shows_one_bank(office, banks):
    for number in (0, 1, 2):
        accept(office, fill(banks[number], "2019Q3"))
    returns.release(actor=office, period="2019Q3", at=AT)
    bank_services.save_bank(
        actor=office, bank_id=None, version=0, code="b4", name="第4银行", organisation="", active=True, at=AT
    )
    fourth = Bank.objects.get(code="b4")
    for number in (0, 1, 2):
        accept(office, fill(banks[number], "2020Q3"))
    BankReturn.objects.create(bank=fourth, period="2020Q3", state="accepted", saved_at=AT, saved_by="x", **FIGURES)
    made = returns.release(actor=office, period="2020Q3", at=AT)
    assert made.figures["green"] and not any(value for name, value in made.figures.items() if name.endswith("_before"))
    assert "免得推出单家" in releases()[0].note and releases()[1].note == ""


def test_a_quarter_of_the_past_does_not_uncover_a_later_one(office, banks):
    for number in (0, 1, 2):
        accept(office, fill(banks[number], "2020Q3", green_before=Decimal(90)))
    assert returns.release(actor=office, period="2020Q3", at=AT).figures["green_before"]
    bank_services.save_bank(
        actor=office, bank_id=None, version=0, code="b4", name="第4银行", organisation="", active=True, at=AT
    )
    fourth = Bank.objects.get(code="b4")
    for bank in [*Bank.objects.filter(code__in=("b1", "b2", "b3")), fourth]:
        BankReturn.objects.create(bank=bank, period="2019Q3", state="accepted", saved_at=AT, saved_by="x", **FIGURES)
    with pytest.raises(Refused, match="露出单家"):
        returns.release(actor=office, period="2019Q3", at=AT)
