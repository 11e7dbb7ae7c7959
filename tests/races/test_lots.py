"""A lot is put right while its quota is reserved or its cost is paid: nobody waits for ever, and nothing is undone unsaid.

Whoever writes into a lot holds the pool (records are held before it, so that the lot itself is not locked).
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from farmland.models import Lot, Pool
from farmland.services import applications, ledger, lots, warrants
from miyun_kpi.acts.acting import locked
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused
from tests.farmland.conftest import AT, DAY, apply, granted, put, somebody
from tests.races.control import deadlocked, somebody_waits, wait_for
from tests.races.test_reviews import at_once, wait_after

pytestmark = pytest.mark.postgres
WHOLE = {"builder": "soe", "builder_name": "某公司", "cost": D(1000), "profit": D(100)}


@pytest.fixture
def office(transactional_db: None, gazette: None) -> Actor:
    return somebody("区规自分局", "register_office", 31)


@pytest.fixture
def lot(office: Actor) -> Lot:
    return put(office, "甲", "十里堡镇", "10.0000", date(2020, 5, 1), **WHOLE)


def amend(office: Actor, lot: Lot, cost: str = "1100", quality: str = "七等") -> Lot:
    given = {"profit": D(100), "quality": quality, "paddy": None, "capacity": "", "builder_name": "某公司"}
    return lots.amend_lot(actor=office, lot_id=lot.pk, version=1, cost=D(cost), at=AT, **given)


def paused_after(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, goes_on: Callable[[], bool]) -> list[str]:
    """The act stops once behind this step of it, until it may go on; what is answered fills when it has come there."""
    come, step = list[str](), getattr(module, name)

    def done(*given: Any, **more: Any) -> Any:
        found = step(*given, **more)
        if not come:
            come.append(name)
            wait_for(goes_on)
        return found

    monkeypatch.setattr(module, name, done)
    return come


def amended_while_it_is_reserved(office: Actor, lot: Lot, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The reservation holds the pool and has chosen the lot, which it has not written into yet."""
    row = apply(office, area=D("6.0000"))
    come = paused_after(monkeypatch, applications, "allocate", somebody_waits)

    def reserve() -> Any:
        return applications.reserve(actor=office, application_id=row.pk, version=1, at=AT)

    def put_right() -> Lot:
        wait_for(lambda: bool(come))
        return amend(office, lot)

    return at_once([reserve, put_right])


def test_a_lot_that_is_being_reserved_is_put_right_afterwards(office, lot, monkeypatch):
    found, amended = amended_while_it_is_reserved(office, lot, monkeypatch)
    assert not found.short and amended.cost == D(1100), (found, amended)
    lot.refresh_from_db()
    assert (lot.accepted, lot.reserved, lot.free, lot.cost, lot.quality) == (D(10), D(6), D(4), D(1100), "七等")
    assert ledger.check_ledger(actor=office, at=AT).equal


@pytest.mark.control("test_a_lot_that_is_being_reserved_is_put_right_afterwards")
def test_a_lot_that_is_held_before_the_pool_waits_for_ever(office, lot, monkeypatch):
    def lot_first() -> Pool:
        locked(Lot.objects.all(), lot.pk)
        return ledger.lock_pool()

    monkeypatch.setattr(lots, "lock_pool", lot_first)
    assert deadlocked(amended_while_it_is_reserved(office, lot, monkeypatch)) == ["40P01"]


def reserved_while_it_is_amended(office: Actor, lot: Lot, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The lot has been read and not been saved; two projects want more of it than there is."""
    rows = [apply(office, name=f"项目{n}", area=D("6.0000")) for n in range(2)]
    come = paused_after(monkeypatch, lots, "require_not_below_paid", somebody_waits)

    def reserve(pk: int) -> Any:
        wait_for(lambda: bool(come))
        return applications.reserve(actor=office, application_id=pk, version=1, at=AT)

    return at_once([lambda: amend(office, lot), *(lambda pk=row.pk: reserve(pk) for row in rows)])


def test_a_lot_that_is_being_put_right_is_not_given_away_twice(office, lot, monkeypatch):
    amended, *answers = reserved_while_it_is_amended(office, lot, monkeypatch)
    assert isinstance(amended, Lot), amended
    (refused,) = [one for one in answers if isinstance(one, Refused)]
    assert refused.code == "pool-short" and "4.0000 亩" in refused.message, refused.message
    lot.refresh_from_db()
    assert (lot.reserved, lot.free, lot.cost, lot.version) == (D(6), D(4), D(1100), 2)
    assert ledger.check_ledger(actor=office, at=AT).equal


@pytest.mark.control("test_a_lot_that_is_being_put_right_is_not_given_away_twice")
def test_put_right_without_the_pool_and_saved_whole_it_gives_back_what_was_reserved(office, lot, monkeypatch):
    """What the pool and the named columns keep away: the lot as it was read is written over its balances."""
    row = apply(office, area=D("6.0000"))
    done = list[Any]()
    monkeypatch.setattr(lots, "lock_pool", lambda: None)
    come = paused_after(monkeypatch, lots, "require_not_below_paid", lambda: bool(done))
    save = Lot.save
    monkeypatch.setattr(Lot, "save", lambda self, **given: save(self))

    def reserve() -> None:
        wait_for(lambda: bool(come))
        done.append(applications.reserve(actor=office, application_id=row.pk, version=1, at=AT))

    at_once([lambda: amend(office, lot), reserve])
    lot.refresh_from_db()
    assert (lot.reserved, lot.cost) == (D(0), D(1100))
    assert not ledger.check_ledger(actor=office, at=AT).equal


def lowered_while_it_is_paid(office: Actor, lot: Lot, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """1,000 元 of cost are being paid when the cost is put to 900."""
    purse = somebody("区财政局", "register_office", 32)
    warrant = granted(purse, "out_soe_cost", "1000", lot_id=lot.pk)
    ended = list[Any]()
    come = paused_after(monkeypatch, warrants, "require_free_ticket", lambda: bool(ended) or somebody_waits())

    def pay() -> Any:
        return warrants.record_voucher(actor=purse, warrant_id=warrant.pk, ticket="付1", day=DAY, at=AT)

    def lower() -> Lot:
        wait_for(lambda: bool(come))
        try:
            return amend(office, lot, cost="900", quality="")
        finally:
            ended.append(1)

    return at_once([pay, lower])


def test_a_cost_is_not_put_below_what_is_being_paid(office, lot, monkeypatch):
    paid, refused = lowered_while_it_is_paid(office, lot, monkeypatch)
    assert paid.amount == D(1000), paid
    assert refused.code == "below-paid" and "成本已付 1,000.00 元，不能改为 900.00 元" in refused.message
    lot.refresh_from_db()
    assert lot.cost == D(1000)


@pytest.mark.control("test_a_cost_is_not_put_below_what_is_being_paid")
def test_without_the_pool_more_stands_paid_than_the_lot_cost(office, lot, monkeypatch):
    monkeypatch.setattr(lots, "lock_pool", lambda: None)
    paid, amended = lowered_while_it_is_paid(office, lot, monkeypatch)
    assert (paid.amount, amended.cost) == (D(1000), D(900)), (paid, amended)


def amended_twice(office: Actor, lot: Lot) -> list[Any]:
    return at_once([lambda cost=cost: amend(office, lot, cost=cost) for cost in ("1100", "1200")])


def test_of_two_who_put_it_right_the_second_is_told(office, lot):
    outcomes = amended_twice(office, lot)
    (told,) = [one for one in outcomes if isinstance(one, Conflict)]
    assert told.code == "stale" and "请刷新后看过再改" in told.message
    lot.refresh_from_db()
    (stands,) = [one for one in outcomes if isinstance(one, Lot)]
    assert (lot.cost, lot.version) == (stands.cost, 2)


@pytest.mark.control("test_of_two_who_put_it_right_the_second_is_told")
def test_without_the_pool_the_first_is_written_over_and_nobody_told(office, lot, monkeypatch):
    monkeypatch.setattr(lots, "lock_pool", lambda: None)
    wait_after(monkeypatch, lots, "standing")
    assert all(isinstance(one, Lot) for one in amended_twice(office, lot))
    lot.refresh_from_db()
    assert lot.version == 2
