"""第六条: the yearly plan of each town beside what was accepted and used in that year, in the scope of whoever looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Sum

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


def plan_lines_of(plans: Sequence[Record], lots: QuerySet[Lot], entries: QuerySet[Entry], year: int) -> list[PlanLine]:
    """A town without a plan has no planned figure, which is not 0. Lots count in the year of their acceptance."""
    columns = ("town__code", "town__order", "town__name")
    towns = {code: (order, name) for code, order, name in lots.order_by().values_list(*columns).distinct()}
    accepted = _sums(lots.filter(accepted_on__year=year), "town__code", "accepted")
    used = _sums(_uses(entries).filter(done_on__year=year), "lot__town__code", "area")
    plan = {}
    for one in plans:
        if one.values.get("year") == str(year) and one.owner is not None:
            plan[one.owner.code] = one.values
            towns[one.owner.code] = (one.owner.order, one.owner.name)
    found = []
    for code, (_, name) in sorted(towns.items(), key=lambda item: item[1][0]):
        values = plan.get(code)
        supply, use = (values.get("supply"), values.get("use")) if values else (None, None)
        planned = [Decimal(text) if text else None for text in (supply, use)]
        found.append(PlanLine(name, planned[0], planned[1], accepted.get(code, ZERO), used.get(code, ZERO)))
    return found


def _sums(found: QuerySet[Any], by: str, column: str) -> dict[str, Decimal]:
    return dict(found.order_by().values_list(by).annotate(Sum(column)))


def _uses(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Uses that stand: what was reclaimed is in the pool again."""
    taken_back = Entry.objects.filter(reverses=OuterRef("number"))
    return entries.filter(~Exists(taken_back), kind__in=USE).exclude(application__state=State.RECLAIMED)
