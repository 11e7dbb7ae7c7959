"""Watches every test: no service writes outside an act, and every act takes its locks in the one order.

What breaks a rule fails where it happens, with the stack of the act that did it.
"""

import sys
from pathlib import Path
from threading import local
from types import FrameType
from typing import Any
from weakref import WeakKeyDictionary

from django.db.models import Model, QuerySet
from django.db.models.sql import compiler

from miyun_kpi.acts import acting, order

ROOT = Path(__file__).resolve().parent.parent
# Floors below the acts write for them or for nobody: the audit, the queue, the keys of the API.
BELOW = ("miyun_kpi/audit/", "miyun_kpi/jobs/", "miyun_kpi/api/")
# Rooms whose services do not stand on the kernel yet.
NOT_YET: tuple[str, ...] = ("",)
_held = local()


class OutsideAnAct(AssertionError):
    """A service has written without the kernel of acts."""


class Inverted(AssertionError):
    """An act takes a lock that stands before one it holds already."""


def service_of(frame: FrameType | None) -> str:
    """The innermost file of a room of services on the stack, as its path in the tree; "" when there is none."""
    while frame is not None:
        path = frame.f_code.co_filename
        if path.startswith(f"{ROOT}/") and ("/services/" in path or path.endswith("/services.py")):
            inside = path[len(str(ROOT)) + 1 :]
            if not inside.startswith((".venv/", "tests/")):
                return inside
        frame = frame.f_back
    return ""


def check_writer(frame: FrameType | None, not_yet: tuple[str, ...] = NOT_YET) -> None:
    if acting.in_an_act():
        return
    found = service_of(frame)
    if found and not found.startswith(BELOW) and not found.startswith(not_yet):
        raise OutsideAnAct(f"{found} writes outside an act")


def hear(model: type[Model], place: order.Place) -> None:
    kept = acting._kept.get()
    if kept is None:
        return
    held: WeakKeyDictionary[Any, list[tuple[order.Place, type[Model]]]]
    held = _held.__dict__.setdefault("locks", WeakKeyDictionary())
    before = held.setdefault(kept, [])
    if place[0] == order.Rank.AUDIT:
        # Heads among each other: from the low floors up (tests/audit/test_guard.py).
        place = (place[0], 0, 0)
    if any(place == one for one, _ in before):
        return
    last = max(before, default=None, key=lambda one: one[0])
    if last is not None and place < last[0]:
        raise Inverted(f"{model.__name__} {place} is locked after {last[1].__name__} {last[0]}")
    before.append((place, model))


def install() -> None:
    _hear_locks()
    for one in (compiler.SQLInsertCompiler, compiler.SQLUpdateCompiler, compiler.SQLDeleteCompiler):
        _watch(one)


def _hear_locks() -> None:
    plain = QuerySet._fetch_all

    def fetch_all(self: Any) -> None:
        new = self._result_cache is None
        plain(self)
        if new and self.query.select_for_update:
            for row in self._result_cache:
                if isinstance(row, Model):
                    hear(type(row), order.place_of(type(row), row.pk))

    QuerySet._fetch_all = fetch_all  # type: ignore[method-assign]


def _watch(kind: Any) -> None:
    plain = kind.execute_sql

    def execute_sql(self: Any, *args: Any, **options: Any) -> Any:
        if not acting.in_an_act():
            check_writer(sys._getframe(1))
        return plain(self, *args, **options)

    kind.execute_sql = execute_sql
