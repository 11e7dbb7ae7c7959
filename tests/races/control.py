"""Control arms: the guard of a race taken out, so that the race shows the harm it would do.

A control is marked with the tests it is the control of: `@pytest.mark.control("test_…")`. A race whose guard is shown
elsewhere, or has none to take out, says so: `@pytest.mark.no_control("why")`. tests/house/test_races.py asks for one of both.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection, models

from miyun_kpi.db.asked import Asked


def unlock(monkeypatch: pytest.MonkeyPatch, *unlocked: type[models.Model]) -> None:
    """Rows of these are read as if nobody had thought of locking them."""
    real = models.QuerySet.select_for_update

    def read(self: Any, *args: Any, **kwargs: Any) -> Any:
        return self.all() if self.model in unlocked else real(self, *args, **kwargs)

    monkeypatch.setattr(models.QuerySet, "select_for_update", read)
    ask_anew(monkeypatch)


def ask_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions whose text is kept are put together each time, with what was taken out of them."""
    monkeypatch.setattr(Asked, "texts", property(lambda self: {}, lambda self, texts: None), raising=False)


def meet(barrier: threading.Barrier) -> None:
    """Whoever cannot come is not waited for for ever."""
    try:
        barrier.wait(3)
    except threading.BrokenBarrierError:
        pass


class Meeting:
    """The moment at which two are to be: who comes first waits until the other is there, or waits for a lock of this one.

    However slow the machine: nobody goes on because a time is over, but for one that would wait for ever. Who comes there several
    times meets the other as often.
    """

    def __init__(self) -> None:
        self.comings: dict[threading.Thread, int] = {}
        self.off = False
        self.changed = threading.Condition()

    def abort(self) -> None:
        """Nobody is waited for."""
        self.off = True

    def reset(self) -> None:
        self.off, self.comings = False, {}

    def wait(self) -> None:
        own = threading.current_thread()
        with self.changed:
            times = self.comings[own] = self.comings.get(own, 0) + 1
            self.changed.notify_all()
        until(lambda: self._met(own, times))

    def _met(self, own: threading.Thread, times: int) -> bool:
        """Both go on in the same moment."""
        with self.changed:
            return self.changed.wait_for(
                lambda: self.off or any(many >= times or not one.is_alive() for one, many in self._others(own)), 0.01
            )

    def _others(self, own: threading.Thread) -> list[tuple[threading.Thread, int]]:
        return [pair for pair in list(self.comings.items()) if pair[0] is not own]


def until(condition: Callable[[], bool]) -> None:
    """Until it is so, or somebody waits for a lock of ours and so can never make it so."""
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline and not somebody_waits():
        time.sleep(0.01)


def wait_for(condition: Callable[[], bool], otherwise: str = "it does not come") -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.01)


def somebody_waits() -> bool:
    """For a lock that another connection to this database holds: beside it another worker has one of its own. In SQLite one writes
    at a time: whoever else would write waits."""
    if connection.vendor != "postgresql":
        time.sleep(0.5)
        return True
    with connection.cursor() as cursor:
        # What a transaction has seen of the activity once it would see for ever.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


def until_somebody_waits() -> None:
    wait_for(somebody_waits, "nobody waits for a lock")


def deadlocked(outcomes: list[Any]) -> list[str]:
    """What the store said to those it stopped: 40P01 is a deadlock."""
    return [one.__cause__.pgcode for one in outcomes if isinstance(one, OperationalError)]


def meet_before_saving(monkeypatch: pytest.MonkeyPatch, model: type[models.Model], parties: int = 2) -> None:
    """All have read before the first writes."""
    barrier, save = threading.Barrier(parties), model.save

    def meet_and_save(self: Any, *args: Any, **kwargs: Any) -> None:
        meet(barrier)
        save(self, *args, **kwargs)

    monkeypatch.setattr(model, "save", meet_and_save)


@contextmanager
def without(model: type[models.Model], *names: str) -> Iterator[None]:
    """The store as it would be without these constraints; what they would have refused is gone before they return."""
    constraints = [one for one in model._meta.constraints if one.name in names]
    assert len(constraints) == len(names)
    with connection.schema_editor() as editor:
        for one in constraints:
            editor.remove_constraint(model, one)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'TRUNCATE "{model._meta.db_table}" CASCADE')
        with connection.schema_editor() as editor:
            for one in constraints:
                editor.add_constraint(model, one)
