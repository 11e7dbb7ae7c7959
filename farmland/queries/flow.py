"""Every 亩 from its lot to where it is now: a project, another district, a reservation, or free."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max

from farmland.enums import EntryKind, State
from farmland.models import Entry, Lot

ZERO = Decimal("0.0000")


@dataclass(frozen=True)
class Part:
    """`kind`: used, held, out, past (used before go-live) or free. `goal` names what the area went to."""

    lot: int
    kind: str
    goal: str
    area: Decimal


def parts_of(lots: Sequence[Lot], near: frozenset[int] | None = None) -> list[Part]:
    """The parts of each lot add up to what was accepted. `near`: applications that may be named (None: all)."""
    rows = Entry.objects.filter(lot__in=[lot.pk for lot in lots]).select_related("application", "transfer")
    ordered = list(rows.order_by("number"))
    gone = {row.reverses for row in ordered if row.reverses}
    reserved = Entry.objects.filter(kind=EntryKind.RESERVE, application__state=State.RESERVED)
    last = dict(reserved.values_list("application_id").annotate(Max("act")).order_by())
    held: dict[tuple[int, str, str], Decimal] = {}
    for row in ordered:
        named = _goal(row, gone, near, last)
        if named is not None:
            key = (row.lot_id, *named)
            held[key] = held.get(key, ZERO) + row.area
    found = [Part(*key, area) for key, area in held.items() if area]
    return [*found, *(Part(lot.pk, "free", "库中可用", lot.free) for lot in lots if lot.free)]


def _goal(
    row: Entry, gone: set[int], near: frozenset[int] | None, last: dict[int | None, int]
) -> tuple[str, str] | None:
    if row.number in gone:
        return None
    if row.kind == EntryKind.OPENING_USED:
        return "past", "上线前已使用"
    if row.kind == EntryKind.OPENING_TRANSFERRED:
        return "out", "上线前已转让"
    if row.kind == EntryKind.TRANSFER and row.transfer is not None:
        return "out", f"转让{row.transfer.district}" if near is None else "转让外区"
    one = row.application
    if one is None:
        return None
    name = one.name if near is None or one.pk in near else "其他镇的项目"
    if row.kind == EntryKind.POST and one.state == State.POSTED:
        return "used", name
    if row.kind == EntryKind.RESERVE and one.state == State.RESERVED and last.get(one.pk) == row.act:
        return "held", f"预留 {name}"
    return None
