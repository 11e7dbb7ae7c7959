"""How long a reservation holds the pool, from the lock to the commit; and that eight processes give away no more than there is."""

import multiprocessing
import statistics
import time
from datetime import date
from typing import Any

import pytest
from django.db import connections

from farmland.models import Application, Lot
from farmland.queries import pool as pools
from farmland.services import applications
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused
from tests.farmland.conftest import put, somebody
from tests.races.test_farmland import AT, asked

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
EACH = 150


def reserve(actor: Actor, keys: list[int], told: Any) -> None:
    """In a process of its own: seconds from the pool's lock to the end of the act."""
    connections.close_all()
    held, plain, locked = [], applications.lock_pool, [0.0]

    def lock_pool():
        found = plain()
        locked[0] = time.perf_counter()
        return found

    applications.lock_pool = lock_pool
    for pk in keys:
        try:
            applications.reserve(actor=actor, application_id=pk, version=1, at=AT)
        except Refused as refusal:
            assert refusal.code == "pool-short"
        held.append(time.perf_counter() - locked[0])
    told.send(held)


def together(actor: Actor, keys: list[int], processes: int) -> list[float]:
    connections.close_all()
    around = multiprocessing.get_context("fork")
    ends = [around.Pipe() for _ in range(processes)]
    running = [
        around.Process(target=reserve, args=(actor, keys[n::processes], told)) for n, (_, told) in enumerate(ends)
    ]
    for one in running:
        one.start()
    held = [seconds for own, _ in ends for seconds in own.recv()]
    for one in running:
        one.join(60)
        assert one.exitcode == 0
    return held


def test_ledger(gazette, measured):
    office = somebody("区规自分局", "register_office", 31)
    for name, town, area in (("甲", "十里堡镇", "100"), ("乙", "河南寨镇", "60"), ("丙", "北庄镇", "40")):
        put(office, name, town, area, date(2020, 5, 1))
    # 200 亩 for 1,250 times 0.2: 1,000 fit.
    keys = [row.pk for row in asked(1_250, "0.2000")]
    ratios = []
    for turn in range(3):
        held = sorted(together(office, keys[turn * 2 * EACH : (turn + 1) * 2 * EACH], 2))
        ratios.append(held[int(len(held) * 0.99)] / statistics.median(held))
    measured.values("ledger_hold", ratios, f"p50 {statistics.median(held) * 1000:.1f} ms")
    together(office, keys[6 * EACH :], 8)
    oversold = [one for one in Lot.objects.all() if not one.buckets.sound]
    assert Application.objects.filter(state="reserved").count() == 1_000 and pools.totals().free == 0
    measured.values("ledger_oversold", [len(oversold)])
