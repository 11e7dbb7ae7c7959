"""风险补偿基金: more is asked for at once than there is; what goes out never exceeds what came in."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from finance_policy.models import FundEntry
from finance_policy.services import fund
from miyun_kpi.lib.errors import Conflict, Refused
from tests.duties.conftest import acting
from tests.finance_policy.conftest import AT
from tests.races.control import unlock, without
from tests.races.test_marks import together
from tests.races.test_reviews import wait_after

pytestmark = pytest.mark.postgres


def test_twelve_payments_at_once_out_of_money_for_three(transactional_db: None, gazette: None) -> None:
    keeper = acting("区财政局", "register_office")

    def enter(kind: str, amount: str, basis: str = "某文") -> Any:
        given = {"on": date(2020, 10, 19), "party": "某银行", "basis": basis, "at": AT}
        return fund.enter(actor=keeper, kind=kind, amount=Decimal(amount), **given)

    enter("paid-in", "100.00")
    for turn in range(3):
        # The same payment twice would be refused as a double press; these are twelve of them.
        outcomes = together(12, lambda number, turn=turn: enter("loan-loss", "30.00", f"文{turn}-{number}"))
        assert all(isinstance(one, (FundEntry, Conflict, Refused)) for one in outcomes), outcomes
    rows = list(FundEntry.objects.order_by("number"))
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    running = Decimal(0)
    for row in rows:
        running += row.amount
        assert row.balance == running >= 0
    assert running == Decimal("10.00"), "three rounds are enough to spend what can be spent"


@pytest.mark.control("test_twelve_payments_at_once_out_of_money_for_three")
def test_without_the_lock_more_goes_out_than_came_in(
    transactional_db: None, gazette: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both read the balance of 100; only the number of an entry would tell them apart."""
    keeper = acting("区财政局", "register_office")
    given: dict[str, Any] = {"actor": keeper, "on": date(2020, 10, 19), "party": "某银行", "at": AT}
    fund.enter(kind="paid-in", amount=Decimal(100), basis="某文", **given)
    unlock(monkeypatch, FundEntry)
    wait_after(monkeypatch, fund, "_last")
    with without(FundEntry, "one_fund_entry_per_number"):
        outcomes = together(2, lambda n: fund.enter(kind="loan-loss", amount=Decimal(60), basis=f"文{n}", **given))
        assert all(isinstance(one, FundEntry) for one in outcomes), outcomes
        assert sum(row.amount for row in FundEntry.objects.all()) == -20
