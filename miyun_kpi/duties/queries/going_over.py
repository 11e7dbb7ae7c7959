"""Which places of a duty others went over into, and what of their periods has been answered for already (0141)."""

from collections import defaultdict

from miyun_kpi.duties.models import DutyPeriod, DutyUnit
from miyun_kpi.duties.queries.reports import laid_down


def came_from(document: str) -> dict[int, set[int]]:
    """Of places that a merger or a 移交 has made or woken, by primary key: those that ended into it, however many changes ago.

    One act ends the one and begins the other, on one day and with one reason. A unit that had a place already goes on in its own.
    """
    ended: dict[tuple[object, ...], list[int]] = defaultdict(list)
    begun: dict[int, tuple[object, ...]] = {}
    places = DutyUnit.objects.filter(duty__document=document).exclude(since=None, ended_on=None).order_by("pk")
    for pk, duty_id, active, *days in places.values_list(
        "pk", "duty_id", "active", "since", "added_reason", "ended_on", "ended_reason"
    ):
        since, added_reason, ended_on, ended_reason = days
        begun[pk] = (duty_id, since, added_reason)
        if not active:
            ended[duty_id, ended_on, ended_reason].append(pk)
    found = {pk: _all_before(pk, begun, ended) for pk in begun}
    return {pk: before for pk, before in found.items() if before}


def _all_before(pk: int, begun: dict[int, tuple[object, ...]], ended: dict[tuple[object, ...], list[int]]) -> set[int]:
    found: set[int] = set()
    waiting = [pk]
    while waiting:
        new = set(ended.get(begun[waiting.pop()], ())) - found - {pk}
        found |= new
        waiting += new
    return found


def answered_for(document: str) -> set[tuple[int, str]]:
    """(place, period) that a place which ended into it has reported, or let pass while it stood: not owed a second time."""
    before = came_from(document)
    if not before:
        return set()
    held: dict[int, list[str]] = defaultdict(list)
    ended = {pk for several in before.values() for pk in several}
    rows = DutyPeriod.objects.filter(~laid_down(), unit__in=ended).order_by()
    for unit_id, period in rows.values_list("unit_id", "period"):
        held[unit_id].append(period)
    return {(pk, period) for pk, several in before.items() for one in several for period in held[one]}
