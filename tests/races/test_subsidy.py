"""贴息: spans of one firm asked for at once; no day is given twice."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from finance_policy.models import Subsidy, SubsidyRate
from finance_policy.services import library, loans, subsidies
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.registers.models import Record
from tests.duties.conftest import acting
from tests.finance_policy.conftest import AT, another, in_library
from tests.races.control import unlock, without
from tests.races.test_marks import together
from tests.races.test_reviews import wait_after

pytestmark = pytest.mark.postgres
NOW = AT + timedelta(days=132)


def lent() -> tuple[Actor, Record]:
    """A firm in the library with a loan and a rate."""
    office = another(acting("区金融办", "register_office"), 10)
    row = in_library(office, another(acting("区发改委", "register_office"), 11))
    rate: dict[str, Any] = {"level": "1", "from_on": date(2020, 5, 1), "until": None, "basis": "某文", "at": NOW}
    library.enter_rate(actor=office, percent=Decimal("1.5"), **rate)
    days = {"drawn_on": date(2020, 11, 1), "due_on": date(2022, 11, 1)}
    loans.enter_loan(
        actor=office, record_id=row.pk, lender="甲银行", contract="1号", principal=Decimal(10**6), at=NOW, **days
    )
    return office, row


def give(office: Actor, row: Record, number: int) -> Any:
    """Ten days each, every one sharing days with its neighbours."""
    first = date(2020, 11, 1) + timedelta(days=5 * number)
    last = first + timedelta(days=10)
    return subsidies.release(actor=office, record_id=row.pk, from_on=first, to_on=last, at=NOW)


def shared() -> int:
    """Days that two standing 贴息 of one firm both count."""
    seen: list[date] = []
    for row in Subsidy.objects.all():
        seen += [row.from_on + timedelta(days=n) for n in range((row.to_on - row.from_on).days)]
    return len(seen) - len(set(seen))


def test_spans_asked_for_at_once_share_no_day(transactional_db: None, gazette: None) -> None:
    office, row = lent()
    outcomes = together(8, lambda number: give(office, row, number))
    assert all(isinstance(one, Subsidy | Conflict | Refused) for one in outcomes), outcomes
    assert Subsidy.objects.count() >= 1 and shared() == 0


@pytest.mark.control("test_spans_asked_for_at_once_share_no_day")
def test_without_the_lock_on_the_firm_a_day_is_given_twice(
    transactional_db: None, gazette: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have looked before either has written; the number tells only two of the same moment apart."""
    office, row = lent()
    unlock(monkeypatch, Record, SubsidyRate)
    wait_after(monkeypatch, subsidies, "_require_apart")
    with without(Subsidy, "one_subsidy_per_number"):
        outcomes = together(2, lambda number: give(office, row, number))
        assert all(isinstance(one, Subsidy) for one in outcomes), outcomes
        assert shared() == 5
