"""Two change one settled period at the same moment: it is taken out of its tally once, on real connections."""

import threading
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count

from miyun_kpi.acts.acting import acting
from miyun_kpi.duties import models
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.duties.queries.reports import tally_faults
from miyun_kpi.duties.services import settling
from miyun_kpi.duties.services.settling import settle
from miyun_kpi.lib.actors import SYSTEM
from tests.clock import now
from tests.races.control import Meeting
from tests.races.test_reviews import at_once

pytestmark = pytest.mark.postgres


def changed_by_two(monkeypatch: Any) -> DutyPeriod:
    """Both have read it as settled before either counts, as far as the lock lets them."""
    DutyPeriod.objects.update(state="accepted", locks_at=now())
    assert settle(now()) > 20
    row = DutyPeriod.objects.filter(settled=True).order_by("pk")[0]
    meeting, count = Meeting(), models._count

    def waiting(rows: Any, by: int) -> None:
        meeting.wait()
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


def settled_beside_an_act(monkeypatch: Any) -> tuple[list[Any], bool]:
    """An act takes one period of a unit out of its tally and goes on to the next, while the night settles that one: who
    was ended by the database, and whether the night came to its rows while the act held the tally."""
    DutyPeriod.objects.update(state="accepted", locks_at=now())
    assert settle(now()) > 20
    first, second = DutyPeriod.objects.filter(unit=unit_of_many(), settled=True).order_by("pk")[:2]
    DutyPeriod.objects.filter(pk=second.pk).update(late=True)
    counted, held = threading.Event(), threading.Event()
    real = settling.lock_free

    def hold(found: Any) -> Any:
        rows = real(found)
        held.set()
        return rows

    def act() -> None:
        with transaction.atomic():
            DutyPeriod.objects.filter(pk=first.pk).update(late=True)
            counted.set()
            went_on.append(held.wait(3))
            DutyPeriod.objects.filter(pk=second.pk).update(missed=True)

    went_on: list[bool] = []
    monkeypatch.setattr(settling, "lock_free", hold)
    outcomes = at_once([act, lambda: counted.wait(5) and settle(now())])
    monkeypatch.undo()
    return [one for one in outcomes if isinstance(one, Exception)], went_on == [True]


def unit_of_many() -> int:
    found = DutyPeriod.objects.filter(settled=True).values("unit").annotate(many=Count("pk"))
    return int(found.filter(many__gt=1).order_by("unit").values_list("unit", flat=True)[0])


def test_the_night_and_an_act_over_several_periods_do_not_wait_for_each_other(
    live_demo: None, monkeypatch: Any
) -> None:
    assert settled_beside_an_act(monkeypatch) == ([], True)
    assert not list(tally_faults())


@pytest.mark.control("test_the_night_and_an_act_over_several_periods_do_not_wait_for_each_other")
def test_with_the_periods_held_first_they_do(live_demo: None, monkeypatch: Any) -> None:
    def periods_first(unit_id: int, at: Any) -> int:
        with acting(SYSTEM, at):
            held = settling.lock_free(settling._final(at).filter(unit=unit_id))
            models.DutyTally.objects.bulk_create([models.DutyTally(unit_id=unit_id)], ignore_conflicts=True)
            return settling._final(at).filter(pk__in=[row.pk for row in held]).settle()

    monkeypatch.setattr(settling, "_settled", periods_first)
    ended, _ = settled_beside_an_act(monkeypatch)
    assert ended, "one of the two was ended by the database"
