"""第六条: the yearly plan of each town beside what was accepted and used in that year, in the scope of whoever looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from farmland.enums import State
from farmland.models import Entry, Lot
from miyun_kpi.registers.models import Record

ZERO = Decimal("0.0000")
USE = ("post", "opening_used")


@dataclass(frozen=True)
class PlanLine:
    town: str
    planned: Decimal | None
    planned_use: Decimal | None
    accepted: Decimal
    used: Decimal

    @property
    def left(self) -> Decimal | None:
        return None if self.planned is None else self.planned - self.accepted


def plan_lines_of(plans: Sequence[Record], lots: Sequence[Lot], entries: Sequence[Entry], year: int) -> list[PlanLine]:
    """A town without a plan has no planned figure, which is not 0. Lots count in the year of their acceptance."""
    towns = {lot.town.code: (lot.town.order, lot.town.name) for lot in lots}
    plan = {}
    for one in plans:
        if one.values.get("year") == str(year) and one.owner is not None:
            plan[one.owner.code] = one.values
            towns[one.owner.code] = (one.owner.order, one.owner.name)
    gone = {entry.reverses for entry in entries if entry.reverses}
    found = []
    for code, (_, name) in sorted(towns.items(), key=lambda item: item[1][0]):
        accepted = sum((lot.accepted for lot in lots if lot.town.code == code and lot.accepted_on.year == year), ZERO)
        used = sum(
            (
                e.area
                for e in entries
                if _counts(e) and e.number not in gone and e.lot.town.code == code and e.done_on.year == year
            ),
            ZERO,
        )
        values = plan.get(code)
        supply, use = (values.get("supply"), values.get("use")) if values else (None, None)
        found.append(PlanLine(name, Decimal(supply) if supply else None, Decimal(use) if use else None, accepted, used))
    return found


def _counts(entry: Entry) -> bool:
    """Uses that stand: what was reclaimed is in the pool again."""
    return entry.kind in USE and not (entry.application and entry.application.state == State.RECLAIMED)
