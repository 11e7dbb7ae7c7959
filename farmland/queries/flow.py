"""Every 亩 from its lot to where it is now: a project, another district, a reservation, or free."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from farmland.models import Lot, LotUse


@dataclass(frozen=True)
class Part:
    """`kind`: used, held, out, past (used before go-live) or free. `goal` names what the area went to."""

    lot: int
    kind: str
    goal: str
    area: Decimal


def parts_of(lots: Sequence[Lot], near: frozenset[int] | None = None) -> list[Part]:
    """The parts of each lot add up to what was accepted. `near`: applications that may be named (None: all)."""
    rows = LotUse.objects.filter(lot__in=[lot.pk for lot in lots]).select_related("application", "transfer")
    held: dict[tuple[int, str, str], Decimal] = {}
    for row in rows.order_by("pk"):
        for kind, goal, area in _goals(row, near):
            held[row.lot_id, kind, goal] = held.get((row.lot_id, kind, goal), Decimal(0)) + area
    found = [Part(*key, area) for key, area in held.items() if area]
    return [*found, *(Part(lot.pk, "free", "库中可用", lot.free) for lot in lots if lot.free)]


def _goals(row: LotUse, near: frozenset[int] | None) -> list[tuple[str, str, Decimal]]:
    if row.application is not None:
        name = row.application.name if near is None or row.application.pk in near else "其他镇的项目"
        return [("used", name, row.used), ("held", f"预留 {name}", row.reserved)]
    if row.transfer is not None:
        return [("out", f"转让{row.transfer.district}" if near is None else "转让外区", row.transferred)]
    return [("past", "上线前已使用", row.used), ("out", "上线前已转让", row.transferred)]
