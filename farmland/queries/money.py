"""What was paid, and what remains: balances are derived from the rows, never stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from farmland.enums import FEE_OF, REFUND_OF, MoneyKind
from farmland.models import Fee, Money

ZERO = Decimal("0.00")
FUND_IN = (MoneyKind.IN_COMPENSATION, MoneyKind.IN_TRANSFER)
FUND_USES = (MoneyKind.USE_FARMLAND, MoneyKind.USE_AGRICULTURE, MoneyKind.USE_CITY, MoneyKind.USE_ECOLOGY)
FUND_OUT = (*FUND_USES, MoneyKind.REFUND_COMPENSATION)
TOWN_IN = (MoneyKind.OUT_REWARD_FIRST, MoneyKind.OUT_REWARD_SECOND, MoneyKind.OUT_REWARD_TRANSFER)
TOWN_BACK = (MoneyKind.IN_BACK_FIRST, MoneyKind.IN_BACK_SECOND)
TOWN_OUT = (
    MoneyKind.TOWN_RECULTIVATION,
    MoneyKind.TOWN_AGRICULTURE,
    MoneyKind.TOWN_PUBLIC,
    MoneyKind.TOWN_ECOLOGY,
)


def standing(rows: Iterable[Money]) -> list[Money]:
    """Without reversals and what they took back."""
    every = list(rows)
    gone = {row.reverses for row in every if row.reverses}
    return [row for row in every if not row.reverses and row.number not in gone]


def total(rows: Iterable[Money], *kinds: str) -> Decimal:
    return sum((row.amount for row in rows if not kinds or row.kind in kinds), ZERO)


def paid_of(fee: Fee) -> Decimal:
    """Tickets recorded for a fee, less those that were 冲正 and what was given back of it."""
    rows = standing(fee.payments.all())
    return total(rows, *FEE_OF) - total(rows, *REFUND_OF)


def over_of(fee: Fee) -> Decimal:
    """Paid above the fee as it was put right, waived or settled to be given back: 待退."""
    return max(paid_of(fee) - fee.owed, ZERO)


def short_of(fee: Fee) -> Decimal:
    """Paid below it: 待补缴, once the quota was used."""
    return max(fee.owed - paid_of(fee), ZERO)


@dataclass(frozen=True)
class KindLine:
    kind: str
    words: str
    number: int
    amount: Decimal


def in_force(found: QuerySet[Money]) -> QuerySet[Money]:
    """As `standing`, for the database to sum: a reversal and what it takes back are of one kind, fee and town."""
    taken_back = Money.objects.filter(reverses=OuterRef("number"))
    return found.filter(~Exists(taken_back), reverses__isnull=True).order_by()


def by_kind(found: QuerySet[Money]) -> list[KindLine]:
    rows = in_force(found).values_list("kind").annotate(Count("pk"), Sum("amount"))
    sums = {kind: (number, amount) for kind, number, amount in rows}
    return [KindLine(kind, str(MoneyKind(kind).label), *sums.get(kind, (0, ZERO))) for kind in MoneyKind.values]


def fund() -> Decimal:
    """第十三条: 耕地保护补偿费 that came in, less what it was used for and given back."""
    sums = {one.kind: one.amount for one in by_kind(Money.objects.filter(kind__in=[*FUND_IN, *FUND_OUT]))}
    return sum((sums[kind] for kind in FUND_IN), ZERO) - sum((sums[kind] for kind in FUND_OUT), ZERO)


def unequal_fees() -> list[int]:
    """Fees of which more or less was paid than is owed: keys alone, of two sums; the rest is settled and history."""
    rows = in_force(Money.objects.filter(fee__isnull=False)).values_list("fee", "kind").annotate(Sum("amount"))
    paid: dict[int, Decimal] = {}
    for fee, kind, amount in rows:
        sign = 1 if kind in FEE_OF else -1 if kind in REFUND_OF else 0
        paid[fee] = paid.get(fee, ZERO) + sign * amount
    fees = Fee.objects.order_by().values_list("pk", "amount", "waived", "returned")
    return [pk for pk, amount, *less in fees if paid.get(pk, ZERO) != max(amount - sum(less), ZERO)]


def by_town(towns: Iterable[int]) -> dict[int, dict[str, Decimal]]:
    """Town → kind → sum of everything that moves the rewards of the towns."""
    rows = Money.objects.filter(kind__in=[*TOWN_IN, *TOWN_BACK, *TOWN_OUT], town__in=list(towns))
    found: dict[int, dict[str, Decimal]] = {}
    for town, kind, amount in in_force(rows).values_list("town", "kind").annotate(Sum("amount")):
        found.setdefault(town or 0, {})[kind] = amount
    return found


def total_of(sums: Mapping[str, Decimal], *kinds: str) -> Decimal:
    return sum((sums.get(kind, ZERO) for kind in kinds), ZERO)


def town_fund(sums: Mapping[str, Decimal]) -> Decimal:
    """第十二条: rewards a town was paid, less what it gave back and what it used. `sums`: its row of `by_town`."""
    return total_of(sums, *TOWN_IN) - total_of(sums, *TOWN_BACK) - total_of(sums, *TOWN_OUT)
