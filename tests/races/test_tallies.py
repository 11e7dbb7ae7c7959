"""Two change one settled period at the same moment: it is taken out of its tally once, on real connections."""

import threading
from typing import Any

import pytest

from miyun_kpi.duties import models
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.duties.queries.reports import tally_faults
from miyun_kpi.duties.services.settling import settle
from tests.clock import now
from tests.races.test_reviews import at_once

pytestmark = pytest.mark.postgres


def changed_by_two(monkeypatch: Any) -> DutyPeriod:
    """Both have read it as settled before either counts, as far as the lock lets them."""
    DutyPeriod.objects.update(state="accepted", locks_at=now())
    assert settle(now()) > 20
    row = DutyPeriod.objects.filter(settled=True).order_by("pk")[0]
    gate, count = threading.Barrier(2, timeout=1.5), models._count

    def waiting(rows: Any, by: int) -> None:
        try:
            gate.wait()
        except threading.BrokenBarrierError:
            pass
        count(rows, by)

    monkeypatch.setattr(models, "_count", waiting)
    outcomes = at_once([lambda: DutyPeriod.objects.filter(pk=row.pk).update(late=True)] * 2)
    monkeypatch.undo()
    assert outcomes == [1, 1], outcomes
    return DutyPeriod.objects.get(pk=row.pk)


def test_it_is_taken_out_once(live_demo: None, monkeypatch: Any) -> None:
    assert changed_by_two(monkeypatch).settled is False
    assert not list(tally_faults())


@pytest.mark.control("test_it_is_taken_out_once")
def test_without_the_lock_it_is_taken_out_twice(live_demo: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(models.DutyPeriods, "select_for_update", lambda self, **options: self)
    changed_by_two(monkeypatch)
    assert list(tally_faults())
