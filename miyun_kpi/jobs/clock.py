"""The frame of everything that the clock does (engine 25): due things are done once, one failure stops nothing else.

A timed task looks at the database for what is due, so a call may be late, doubled or missing. A slot is (task, key of the
thing due): its row is written with the effect, in one transaction, and only where something was done, has failed or was
made up. What fails is told to its office once, and tried again, ever more seldom.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction

from miyun_kpi.jobs.enums import SlotState
from miyun_kpi.jobs.models import Slot, TimedTask
from miyun_kpi.lib.errors import Refused

logger = logging.getLogger(__name__)
R = TypeVar("R")
T = TypeVar("T")
# (organisation id, role): who hears of a failure.
Offices = Iterable[tuple[int, str]]
# Of a task that runs every few seconds the sign of life is written so often.
SEEN_EVERY = timedelta(seconds=60)
LONGEST_PAUSE = timedelta(hours=1)
# A thing done so long after its moment was missed at first; tasks that run more seldom have twice their interval.
LEAST_GRACE = timedelta(minutes=10)
WHOLE = "*"
# The row of the scheduler itself among those of its tasks.
BEAT = "beat"


@dataclass(frozen=True)
class Timed:
    """`beat`: the entry of the schedule that calls it; several services may share one."""

    name: str
    label: str
    tells: Callable[[], Offices]
    beat: str

    @property
    def interval(self) -> timedelta:
        entry = settings.CELERY_BEAT_SCHEDULE.get(self.beat, {})
        return timedelta(seconds=float(str(entry.get("schedule", 0))))

    @property
    def grace(self) -> timedelta:
        return max(2 * self.interval, LEAST_GRACE)


def beat_lives(at: datetime) -> None:
    """A sign of life of beat; those of its tasks come from the workers that take them."""
    TimedTask.objects.update_or_create(name=BEAT, defaults={"seen_at": at})


@dataclass(frozen=True)
class Failure:
    """What an office is told: once for each thing and cause."""

    key: str
    title: str
    body: str
    url: str
    offices: tuple[tuple[int, str], ...]


_timed: dict[str, Timed] = {}
_tellers: list[Callable[[Failure, datetime], None]] = []


def register_teller(tell: Callable[[Failure, datetime], None]) -> None:
    """Notices stand above this app."""
    if tell not in _tellers:
        _tellers.append(tell)


def timed_tasks() -> list[Timed]:
    return list(_timed.values())


def nobody() -> Offices:
    return ()


class Run:
    """One call of a timed task. `at` is the only clock that its body knows; `done` counts what it did."""

    def __init__(self, timed: Timed, at: datetime) -> None:
        self.timed, self.at, self.done = timed, at, 0
        self._failing: set[str] | None = None

    def seen(self) -> None:
        """A sign of life; one from the future was kept from a clock that ran ahead and is written over."""
        row, new = TimedTask.objects.get_or_create(name=self.timed.name, defaults={"seen_at": self.at})
        if not new and not timedelta(0) <= self.at - row.seen_at < SEEN_EVERY:
            TimedTask.objects.filter(name=self.timed.name).update(seen_at=self.at)

    def do(
        self,
        key: str,
        act: Callable[[], Any],
        *,
        due: datetime | None = None,
        what: str = "",
        url: str = "",
        offices: Offices | None = None,
    ) -> bool:
        """One thing that is due, exactly once. `act` returns whether, or how much, it did; nothing leaves no row.

        Two calls at the same moment meet at the unique slot: the second waits and finds it done.
        """
        try:
            with transaction.atomic():
                done = self._claimed(key, act, due)
        except Exception as error:
            self._failed(key, error, what=what, url=url, offices=offices, due=due, once=True)
            return False
        if done:
            self._count(done)
        return bool(done)

    def guard(
        self, key: str, act: Callable[[], T], *, what: str = "", url: str = "", offices: Offices | None = None
    ) -> T | None:
        """A part of the call that may be done again and again; it fails alone, and None is what is left of it."""
        try:
            with transaction.atomic():
                result = act()
        except Exception as error:
            self._failed(key, error, what=what, url=url, offices=offices)
            return None
        self._mended(key)
        return result

    def gather(
        self,
        rows: Iterable[R],
        make: Callable[[R], Iterable[T]],
        *,
        key: Callable[[R], str],
        what: str = "",
        offices: Callable[[R], Offices] | None = None,
    ) -> list[T]:
        """What `make` reads off each row, of all rows of which it can be read; the others are told of one by one."""
        found: list[T] = []
        for row in rows:
            try:
                found += make(row)
            except Exception as error:
                self._failed(key(row), error, what=what, offices=offices(row) if offices else None)
            else:
                self._mended(key(row))
        return found

    def did(self, keys: Iterable[str], due: Mapping[str, datetime] | None = None, count: int | None = None) -> None:
        """Slots of things done together, in the caller's transaction; `count` where one slot stands for several."""
        moments = due or {}
        slots = [
            Slot(
                task=self.timed.name,
                key=key,
                state=SlotState.DONE,
                due_at=moments.get(key),
                done_at=self.at,
                made_up=self._is_late(moments.get(key)),
            )
            for key in keys
        ]
        Slot.objects.bulk_create(slots, ignore_conflicts=True, batch_size=500)
        if slots:
            self._count(len(slots) if count is None else count)

    def _claimed(self, key: str, act: Callable[[], Any], due: datetime | None) -> int:
        slot, new = Slot.objects.select_for_update().get_or_create(
            task=self.timed.name,
            key=key,
            defaults={"state": SlotState.DONE, "due_at": due, "done_at": self.at, "made_up": self._is_late(due)},
        )
        if not new and (slot.state == SlotState.DONE or not slot.may_retry(self.at, LONGEST_PAUSE)):
            return 0
        with transaction.atomic():
            done = int(act() or 0)
        if new and not done:
            slot.delete()
        elif not new:
            slot.state, slot.done_at, slot.made_up = SlotState.DONE, self.at, True
            slot.save()
        return done

    def _is_late(self, due: datetime | None) -> bool:
        return due is not None and self.at - due > self.timed.grace

    def _count(self, done: int) -> None:
        self.done += done
        TimedTask.objects.filter(name=self.timed.name).update(done_at=self.at)

    def _mended(self, key: str) -> None:
        if self._failing is None:
            failing = Slot.objects.filter(task=self.timed.name, state=SlotState.FAILED)
            self._failing = set(failing.values_list("key", flat=True))
        if key in self._failing:
            failed = Slot.objects.filter(task=self.timed.name, key=key, state=SlotState.FAILED)
            failed.update(state=SlotState.DONE, done_at=self.at, made_up=True)

    def _failed(
        self,
        key: str,
        error: Exception,
        *,
        what: str = "",
        url: str = "",
        offices: Offices | None = None,
        due: datetime | None = None,
        once: bool = False,
    ) -> None:
        refused = isinstance(error, Refused)
        cause = error.code if isinstance(error, Refused) else type(error).__name__
        words = (
            error.message
            if isinstance(error, Refused)
            else f"程序出错（{cause}），没有办成；会自动再试。原因在日志里，请告诉系统管理员。"
        )
        title = what or f"“{self.timed.label}”没有办成"
        with transaction.atomic():
            slot, new = Slot.objects.select_for_update().get_or_create(
                task=self.timed.name,
                key=key,
                defaults={"state": SlotState.FAILED, "due_at": due, "failed_at": self.at, "attempts": 0},
            )
            if once and not new and slot.state == SlotState.DONE:
                return  # another call did it in the meantime
            known = not new and slot.state == SlotState.FAILED and slot.cause == cause
            slot.state, slot.failed_at, slot.attempts = SlotState.FAILED, self.at, slot.attempts + 1
            slot.cause, slot.message = cause, f"{title}：{words}"
            slot.save()
            TimedTask.objects.filter(name=self.timed.name).update(failed_at=self.at)
            if known:
                return
            logger.log(
                logging.WARNING if refused else logging.ERROR,
                "%s, %s: %s",
                self.timed.name,
                key,
                words if refused else cause,
                exc_info=None if refused else error,
            )
        self._tell(key, cause, title, words, url, offices)

    def _tell(self, key: str, cause: str, title: str, words: str, url: str, offices: Offices | None) -> None:
        try:
            told = tuple(self.timed.tells() if offices is None else offices)
            failure = Failure(f"clock/{self.timed.name}/{key}/{cause}/{self.at:%Y%m%d}", title, words, url, told)
            with transaction.atomic():
                for tell in _tellers:
                    tell(failure, self.at)
        except Exception:
            logger.exception("%s, %s: the office was not told", self.timed.name, key)


def timed(
    name: str, label: str, *, tells: Callable[[], Offices] = nobody, beat: str = ""
) -> Callable[[Callable[[Run], None]], Callable[..., int]]:
    """Make `body(run)` a timed service: `service(at=now)` runs what is due and returns how much it did."""

    def frame(body: Callable[[Run], None]) -> Callable[..., int]:
        entry = _timed[name] = Timed(name, label, tells, beat or name)

        @wraps(body)
        def service(*, at: datetime) -> int:
            run = Run(entry, at)
            run.seen()
            try:
                body(run)
            except Exception as error:
                run._failed(WHOLE, error)
            else:
                run._mended(WHOLE)
            return run.done

        return service

    return frame
