"""What was done since an act to the same things: whoever asks for the same act again is told (docs/decisions/0135, 0138).

The audit knows both: what a request did it did under the number of that request.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from miyun_kpi.audit.models import AuditEntry, Result

# How an act is called that only reads: what was done stands as before it.
READINGS = (".exported", ".listed", ".shown", ".viewed", "audit.entry.opened")
# What the lines of an act on many reports are.
REPORT = "duty-period:"


def followed_by(requests: Collection[str], since: datetime, *, own: bool) -> AuditEntry | None:
    """The newest act, through whatever door, on what these requests did since `since`; None where it stands as they left it.

    `own`: also whatever the same person did in the same subject, for an act on many or on the whole is undone at its parts.
    """
    acts = _acts(since)
    did = list(acts.filter(request_id__in=requests).order_by("seq"))
    hands = {(one.actor_user_id, one.stream) for one in did} if own else set()
    touched = [_touched(one) for one in did]
    things = {thing for one in touched for thing in one.things}
    if not did:
        return None
    later = acts.filter(seq__gt=did[-1].seq).exclude(request_id__in=requests).order_by("-seq")
    if not own and not any(one.startswith(REPORT) for one in things):
        # A day of a busy site is long: nothing else can be about these.
        later = later.filter(subject__in=things)
    for one in later:
        if one.action.endswith(READINGS):
            continue
        if (one.actor_user_id, one.stream) in hands or any(_touched(one).meets(other) for other in touched):
            return one
    return None


def requests_at(moment: datetime, user_id: int | None) -> set[str]:
    """The numbers of the requests whose acts this person dated so: an act and what it asks for have one moment."""
    found = _acts(moment).filter(at=moment, actor_user_id=user_id).exclude(request_id="")
    return set(found.values_list("request_id", flat=True))


def _acts(since: datetime) -> QuerySet[AuditEntry]:
    # What the server does by itself follows from an act, and takes nothing back.
    return AuditEntry.objects.filter(at__gte=since, actor_user_id__isnull=False).exclude(result=Result.REFUSED)


@dataclass(frozen=True)
class _Touched:
    """What an act was done to. `cells`: the units whose cells of a sheet it wrote; none is all of it."""

    things: frozenset[str]
    cells: frozenset[str]

    def meets(self, other: "_Touched") -> bool:
        apart = self.cells and other.cells and self.cells.isdisjoint(other.cells)
        return not apart and not self.things.isdisjoint(other.things)


def _touched(entry: AuditEntry) -> _Touched:
    data = json.loads(entry.data)
    # Elsewhere it says how many.
    lines, rows = (data.get(name) if isinstance(data.get(name), list) else [] for name in ("lines", "rows"))
    reports = (f"{REPORT}{pk}" for pk in lines if isinstance(pk, int))
    cells = [str(row.get("organisation", "")) for row in rows if isinstance(row, dict)]
    return _Touched(frozenset((entry.subject, *reports)), frozenset(cells) if all(cells) else frozenset())
