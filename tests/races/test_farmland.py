"""Two thousand allocations at once on real connections over-allocate nothing; without the lock the same code does."""

import threading
from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from django.db import connections

from farmland.models import Application, Entry, Lot, Pool
from farmland.queries import pool as pools
from farmland.services import applications, ledger
from miyun_kpi.acts.acting import acting, lock_one
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.queries import resolve
from tests.farmland.conftest import put, rate, settled, somebody
from tests.races.control import deadlocked, until_somebody_waits, wait_for
from tests.races.test_reviews import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]
AT = datetime.fromisoformat("2020-10-19T10:00:00+08:00")
THREADS = 8


@pytest.fixture
def office(transactional_db: None, gazette: None) -> Actor:
    return somebody("区规自分局", "register_office", 31)


def asked(number: int, area: str) -> list[Application]:
    """Applications as they stand before a reservation, each for the same area."""
    town = resolve("十里堡镇")
    facts = {
        "applicant": "某公司",
        "investor": "social",
        "commercial": True,
        "district_pays": False,
        "public": False,
        "town": town,
        "area": D(area),
        "approval_number": "批",
        "approval_on": date(2020, 10, 1),
        "created_at": AT,
        "created_by": "甲",
        "changed_at": AT,
        "changed_by": "甲",
    }
    return Application.objects.bulk_create(
        Application(number=n, name=f"项目{n}", **facts) for n in range(1, number + 1)
    )


def all_at_once(office: Actor, rows: list[Application]) -> tuple[int, int]:
    """Every row reserved once, shared out over the threads; returns how many were done and how many refused."""
    gate, done, refused = threading.Barrier(THREADS), [], []
    wrong: list[Exception] = []

    def run(own: list[Application]) -> None:
        try:
            gate.wait(30)
            for row in own:
                try:
                    applications.reserve(actor=office, application_id=row.pk, version=1, at=AT)
                    done.append(row.pk)
                except Refused as refusal:
                    assert refusal.code == "pool-short", refusal
                    refused.append(row.pk)
        except Exception as error:
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(rows[n::THREADS],)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(150)
    assert not wrong, wrong[:2]
    return len(done), len(refused)


def test_two_thousand_allocations_over_allocate_nothing(office):
    for name, town, area in (
        ("甲", "十里堡镇", "100.0001"),
        ("乙", "河南寨镇", "60.0002"),
        ("丙", "北庄镇", "39.9999"),
    ):
        put(office, name, town, area, date(2020, 5, 1))
    # 200.0002 亩 for 2,000 times 0.2500: 800 fit, 0.0002 remain.
    assert all_at_once(office, asked(2_000, "0.2500")) == (800, 1_200)
    totals = pools.totals()
    assert (totals.reserved, totals.free) == (D("200.0000"), D("0.0002"))
    numbers = list(Entry.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert ledger.check_ledger(actor=office, at=AT).equal


@pytest.mark.control("test_two_thousand_allocations_over_allocate_nothing")
def test_the_control_arm_without_the_lock_gives_away_more_than_there_is(office, monkeypatch):
    lot = put(office, "甲", "十里堡镇", "10.0000", date(2020, 5, 1))
    # The rest of the pool has room, so that no check of the totals stands in for the lock.
    put(office, "乙", "北庄镇", "100.0000", date(2020, 5, 2))
    monkeypatch.setattr(applications, "lock_pool", Pool.objects.get)
    together, read = threading.Barrier(THREADS), pools.standing

    def read_and_wait() -> list[Lot]:
        found = read()
        try:
            together.wait(2)
        except threading.BrokenBarrierError:
            pass
        return found

    monkeypatch.setattr(pools, "standing", read_and_wait)
    done, _ = all_at_once(office, asked(THREADS, "6.0000"))
    given = sum((e.area for e in Entry.objects.filter(lot=lot, kind="reserve")), D(0))
    assert done > 1 and given > D("10.0000"), (done, given)
    monkeypatch.undo()
    assert not ledger.check_ledger(actor=office, at=AT).equal, "the replay has to see it"


def reversed_while_its_application_is_held(office: Actor) -> list[Any]:
    """An act holds the application and wants the pool; 冲正 of its 核销 wants both."""
    purse = somebody("区财政局", "register_office", 32)
    put(office, "甲", "十里堡镇", "10.0000", date(2020, 5, 1))
    rate(purse)
    row = settled(office, purse, area=D("6.0000"))
    entry = Entry.objects.get(kind="post")
    held: list[int] = []

    def act() -> None:
        with acting(SYSTEM, AT):
            lock_one(Application.objects.filter(pk=row.pk))
            held.append(row.pk)
            until_somebody_waits()
            ledger.lock_pool()

    def reverse() -> int:
        wait_for(lambda: bool(held))
        return len(ledger.reverse_act(actor=office, number=entry.act, reason="登记错了", at=AT))

    return at_once([act, reverse])


def test_a_reversal_waits_for_the_application_before_it_takes_the_pool(office):
    assert reversed_while_its_application_is_held(office) == [None, 1]


@pytest.mark.control("test_a_reversal_waits_for_the_application_before_it_takes_the_pool")
def test_a_reversal_that_takes_the_pool_first_deadlocks(office, monkeypatch):
    monkeypatch.setattr(ledger, "_hold_what_it_undoes", lambda number: None)
    assert deadlocked(reversed_while_its_application_is_held(office)) == ["40P01"]
