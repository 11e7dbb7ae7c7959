"""第十条: what is due to 区管国企 for each lot it made, and what was paid."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from farmland.enums import Builder, MoneyKind, RateKind
from farmland.models import Lot
from farmland.queries import money, tables
from farmland.rules.fees import FIRST_DAY, rates_on
from farmland.rules.rewards import maintenance_of

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class SoeLine:
    """`share`: profit in per cent of the cost, None without a cost; `maintenance` None: no rate for the day."""

    lot: Lot
    share: Decimal | None
    maintenance: Decimal | None
    paid: Decimal
    paid_maintenance: Decimal


def soe_lines(lots: QuerySet[Lot]) -> list[SoeLine]:
    rates = tables.rates()
    found = []
    for lot in lots.filter(builder=Builder.SOE).prefetch_related("payments"):
        kept = money.standing(lot.payments.all())
        rate = rates_on(rates, max(lot.accepted_on, FIRST_DAY)).get(RateKind.MAINTENANCE)
        share = lot.profit * 100 / lot.cost if lot.cost and lot.profit is not None else None
        due = None if rate is None else maintenance_of(lot.builder, lot.mining, lot.area, rate.value)
        found.append(
            SoeLine(
                lot,
                share,
                due,
                money.total(kept, MoneyKind.OUT_SOE_COST, MoneyKind.OUT_SOE_PROFIT),
                money.total(kept, MoneyKind.OUT_MAINTENANCE),
            )
        )
    return found
