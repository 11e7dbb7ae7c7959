"""What leaves no act behind and is evidence all the same: refused addresses, failed sign-ins, exports.

Counted in the process and written once a window, an entry for who, from where and what (8.1.4.3 of 等保): a thousand
refusals are one line, and nobody can fill the audit by asking. Best effort: what a killed process has not written yet is
lost, and `unwritten` says how much that would be.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction

from miyun_kpi.audit.models import Result
from miyun_kpi.audit.services import Event, record_each
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.lists import first

REFUSED, EXPORTED, FAILED = "audit.access.refused", "audit.access.exported", "audit.sign-in.failed"
# Whoever has not signed in bears this label, whatever name was typed.
NOBODY = Actor(label="未登录")
# Of one window in one process; what comes beyond is counted together.
MOST = 500
# Addresses told of one who asked for many.
TOLD = 20


@dataclass(frozen=True)
class Seen:
    """`what`: the address that was asked for; of a failed sign-in the name that was typed."""

    action: str
    actor: Actor
    address: str
    what: str
    status: int


@dataclass
class _Tally:
    number: int
    first: datetime
    last: datetime


_lock = threading.Lock()
_tallies: dict[Seen, _Tally] = {}


def note(seen: Seen, at: datetime) -> None:
    with _lock:
        if seen not in _tallies and len(_tallies) >= MOST:
            seen = Seen(seen.action, NOBODY, "", "", 0)
        tally = _tallies.setdefault(seen, _Tally(0, at, at))
        tally.number, tally.last = tally.number + 1, at


def unwritten() -> int:
    with _lock:
        return sum(tally.number for tally in _tallies.values())


def due(at: datetime) -> bool:
    """Whether a window is over since the first that was counted."""
    with _lock:
        first = min((tally.first for tally in _tallies.values()), default=None)
    return first is not None and at - first >= timedelta(seconds=settings.AUDIT_WINDOW_SECONDS)


def write(at: datetime) -> int:
    """An entry for each who, where from and kind; kept and tried again later while the store is busy. How many."""
    with _lock:
        taken = dict(_tallies)
        _tallies.clear()
    groups: dict[tuple[str, Actor, str], list[tuple[Seen, _Tally]]] = {}
    for seen, tally in taken.items():
        groups.setdefault((seen.action, seen.actor, seen.address), []).append((seen, tally))
    told = [
        (replace(actor, address=address), Event(action, "audit", _said(rows), _result(action)), at)
        for (action, actor, address), rows in groups.items()
    ]
    try:
        with _unhurried(), transaction.atomic():
            record_each(told)
    except (DatabaseError, InterfaceError, Refused):
        # Refused: under a key that is not the database's; what was asked for is answered all the same.
        with _lock:
            for seen, tally in taken.items():
                known = _tallies.setdefault(seen, _Tally(0, tally.first, tally.last))
                known.number, known.first = known.number + tally.number, min(known.first, tally.first)
        return 0
    return len(told)


def _result(action: str) -> Result:
    return Result.DONE if action == EXPORTED else Result.REFUSED


def _said(rows: list[tuple[Seen, _Tally]]) -> dict[str, Any]:
    told = first(sorted(rows, key=lambda row: -row[1].number), TOLD)
    listed = [{"what": seen.what, "status": seen.status, "times": tally.number} for seen, tally in told]
    return {
        "times": sum(tally.number for _, tally in rows),
        "since": min(tally.first for _, tally in rows).isoformat(timespec="seconds"),
        "until": max(tally.last for _, tally in rows).isoformat(timespec="seconds"),
        "rows": listed,
        "more": told.rest,
    }


@contextmanager
def _unhurried() -> Iterator[None]:
    """On SQLite it gives up at once while somebody else writes: nobody who asked for a page waits for a count."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 0")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {settings.DATABASES['default']['OPTIONS']['timeout'] * 1000}")
