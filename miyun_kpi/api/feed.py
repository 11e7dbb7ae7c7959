"""The feed of what has changed, for clients that keep a copy: numbered in the order of commits, never lost, never repeated.

A change takes its number under the lock of one row that is held until commit. So the number after it is given only when it
is there for all to read, and a reader that has come to a number has seen everything up to it. It is taken last of all in a
transaction, after the audit: every act takes the two locks in that order, and holds this one for the shortest time.
Nothing goes in that any token may not see: codes, ids and days, no marks and no ranks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from miyun_kpi.acts.acting import at_the_end
from miyun_kpi.api.enums import ChangeKind
from miyun_kpi.api.models import Change, ChangeHead
from miyun_kpi.lib.errors import Malformed

DEFAULT_SIZE, MOST = 100, 200


def announce(*, kind: ChangeKind, data: Mapping[str, Any], at: datetime) -> None:
    """One change by the act that runs, appended when all else of it is written."""
    at_the_end(lambda: append(kind=kind, data=data, at=at))


def append(*, kind: ChangeKind, data: Mapping[str, Any], at: datetime) -> int:
    """Append one change inside the caller's transaction. Returns its number."""
    with transaction.atomic():
        ChangeHead.objects.get_or_create(pk=1)
        head = ChangeHead.objects.select_for_update().get(pk=1)
        head.last_seq += 1
        Change.objects.create(seq=head.last_seq, kind=kind, data=dict(data), at=at)
        head.save()
    return head.last_seq


@dataclass(frozen=True)
class Page:
    """`next` is the cursor to ask with the next time; `more` whether that would give something now."""

    changes: Sequence[Change]
    next: str
    more: bool


def changes_after(cursor: str, *, kind: str = "", size: int = DEFAULT_SIZE) -> Page:
    """What came after a cursor, oldest first."""
    after = _read(cursor)
    # The head first: every row up to it is committed, so a filter that finds none may pass over them.
    head = ChangeHead.objects.filter(pk=1).values_list("last_seq", flat=True).first() or 0
    if after > head:
        raise Malformed("bad-cursor", f"游标 {cursor} 在最后一条之后，不是这里给出的。请从头取一遍，再用返回的 next。")
    found = Change.objects.filter(seq__gt=after, seq__lte=head).order_by("seq")
    if kind:
        found = found.filter(kind=kind)
    rows = list(found[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return Page(rows, str(rows[-1].seq if more else head), more)


def _read(cursor: str) -> int:
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 16):
        raise Malformed("bad-cursor", "游标读不懂。请用上一次回答里的 next；第一次不写 after。")
    return int(cursor)
