"""Watches every test: no service writes outside an act, and every act takes its locks in the one order.

What breaks a rule fails where it happens, with the stack of the act that did it.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from threading import local
from types import FrameType
from typing import Any
from weakref import WeakKeyDictionary

from django.db.models import Model, QuerySet
from django.db.models.sql import compiler

from miyun_kpi.acts import acting, order

ROOT = Path(__file__).resolve().parent.parent
# What writes without being anybody's act, with the reason; the floors below the acts write for them.
BESIDE = {
    "miyun_kpi/audit/": "the audit itself",
    "miyun_kpi/jobs/": "the queue and the slots of the clock",
    "miyun_kpi/api/": "keys of requests and the feed",
    "miyun_kpi/inbox/": "notices that acts and the clock send, and what a person has read",
    "miyun_kpi/drafts/": "what a person has typed and not stored, of which no trail tells",
    "miyun_kpi/gazette/": "documents are loaded, in one transaction with its own entry",
    "miyun_kpi/operations/": "the site, before anybody may act in it, and what looks after it",
    "miyun_kpi/registers/services/saved_views.py": "a view that a person keeps for itself",
    "evaluation/engine/services.py": "a number that follows from the inputs",
    "evaluation/demo/": "the demonstration is put there",
}
_held = local()


class OutsideAnAct(AssertionError):
    """A service has written without the kernel of acts."""


class Inverted(AssertionError):
    """An act takes a lock that stands before one it holds already."""


def places(frame: FrameType | None) -> Iterator[str]:
    """The files of the product on the stack, the innermost first, as their paths in the tree."""
    while frame is not None:
        path = frame.f_code.co_filename
        if path.startswith(f"{ROOT}/"):
            inside = path[len(str(ROOT)) + 1 :]
            if not inside.startswith((".venv/", "tests/")):
                yield inside
        frame = frame.f_back


def _in_an_act() -> bool:
    return acting._kept.get() is not None


def check_writer(frame: FrameType | None) -> None:
    """Refuses where what writes, or what called it, is a service and no act runs."""
    found = list(places(frame))
    if _in_an_act() or not found or found[0].startswith(tuple(BESIDE)):
        return
    service = next((one for one in found if "/services/" in one or one.endswith("/services.py")), "")
    if service and not service.startswith(tuple(BESIDE)):
        raise OutsideAnAct(f"{service} writes outside an act")


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
        # Who skips what is held waits for nobody.
        if new and self.query.select_for_update and not self.query.select_for_update_skip_locked:
            for row in self._result_cache:
                if isinstance(row, Model):
                    hear(type(row), order.place_of(type(row), row.pk))

    QuerySet._fetch_all = fetch_all


def _watch(kind: Any) -> None:
    plain = kind.execute_sql

    def execute_sql(self: Any, *args: Any, **options: Any) -> Any:
        if not _in_an_act():
            check_writer(sys._getframe(1))
        return plain(self, *args, **options)

    kind.execute_sql = execute_sql
