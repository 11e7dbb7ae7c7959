"""What 区财政局 has to pay out, to take back and to give back, and how much of it is not decided yet. Derived, never stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from farmland.enums import BACK_OF, OUT_OF_PART, REFUND_OF, Builder, Choice, MoneyKind, RateKind, RewardPart, State
from farmland.models import Application, Event, Fee, Lot, Transfer, Warrant
from farmland.models.work import FEES_SETTLED, FOUND_ANEW
from farmland.queries import rewards, tables
from farmland.queries.money import over_of, paid_of, unequal_fees
from farmland.queries.rewards import UseLine
from farmland.rules.fees import rates_on
from farmland.rules.rewards import maintenance_of

ZERO = Decimal("0.00")
REFUND_OF_FEE = {fee: kind for kind, fee in REFUND_OF.items()}


@dataclass(frozen=True)
class Payable:
    """`amount`: the most that may be decided now. `what`: project and lot, or the other thing it is for; `ground` of a 追回."""

    kind: str
    amount: Decimal
    what: str
    payee: str
    entry: int | None = None
    lot: int | None = None
    transfer: int | None = None
    fee: int | None = None
    town: str = ""
    ground: str = ""

    @property
    def words(self) -> str:
        return str(MoneyKind(self.kind).label)

    @property
    def key(self) -> str:
        """Of what only one decision may wait."""
        return (
            f"farmland-{self.kind}:{self.entry or 0}.{self.lot or 0}.{self.transfer or 0}.{self.fee or 0}.{self.town}"
        )


def taken(rows: Iterable[Warrant], without: int = 0) -> Decimal:
    """Paid on them, or decided and not paid yet; `without`: the key of one that is not asked about."""
    return sum((row.amount for row in rows if row.cancelled_at is None and row.pk != without), ZERO)


def of_uses(lines: Sequence[UseLine]) -> list[Payable]:
    found = []
    for line in lines:
        lot = line.entry.lot
        for part in RewardPart.values:
            held, out = line.part(part), OUT_OF_PART[part]
            what, town, entry = f"{line.what}，{lot.name}", lot.town.name, line.entry.pk
            if held.payable:
                found.append(Payable(out, held.payable, what, town, entry))
            if held.claimable:
                found.append(Payable(BACK_OF[out], held.claimable, what, town, entry, ground=held.ground))
    return found


def of_lot(lot: Lot, day: date, without: int = 0) -> list[Payable]:
    """第十条: cost, profit, and 管护费 by the price and the reading of the day."""
    if lot.builder != Builder.SOE or lot.struck_at is not None:
        return []
    rows = list(lot.warrants.all())
    done = {
        kind: taken((row for row in rows if row.kind == kind), without)
        for kind in (MoneyKind.OUT_SOE_COST, MoneyKind.OUT_SOE_PROFIT, MoneyKind.OUT_MAINTENANCE)
    }
    whole = {
        MoneyKind.OUT_SOE_COST: (lot.cost or ZERO) - done[MoneyKind.OUT_SOE_COST],
        MoneyKind.OUT_SOE_PROFIT: (lot.profit or ZERO) - done[MoneyKind.OUT_SOE_PROFIT],
    }
    rate = rates_on(tables.rates(), day).get(RateKind.MAINTENANCE)
    if lot.mining and rate is not None:
        due = maintenance_of(lot.builder, lot.mining, lot.area, rate.value)
        once = tables.choices(day)[Choice.MAINTENANCE_ONCE]
        whole[MoneyKind.OUT_MAINTENANCE] = due - done[MoneyKind.OUT_MAINTENANCE] if once else due
    return [
        Payable(kind, amount, lot.name, lot.builder_name or lot.name, lot=lot.pk)
        for kind, amount in whole.items()
        if amount > 0
    ]


def of_transfer(row: Transfer, without: int = 0) -> list[Payable]:
    """第九条（三）: what was agreed, to any town whose lots went; one row a town, each up to the whole rest."""
    if row.reward is None or row.reversed_at is not None:
        return []
    paid = (one for one in row.warrants.all() if one.kind == MoneyKind.OUT_REWARD_TRANSFER)
    left = row.reward - taken(paid, without)
    towns = {entry.lot.town.name for entry in row.entries.all()}
    return [
        Payable(MoneyKind.OUT_REWARD_TRANSFER, left, f"转让{row.district}", town, transfer=row.pk, town=town)
        for town in sorted(towns)
        if left > 0
    ]


def of_fee(fee: Fee, without: int = 0) -> list[Payable]:
    """待退: paid above the fee as it was put right, waived or settled to be given back."""
    ordered = taken((one for one in fee.warrants.all() if one.money_id is None), without)
    left = over_of(fee) - ordered
    row = fee.application
    what = f"{row.name}{fee.get_kind_display()}"
    return [Payable(REFUND_OF_FEE[fee.kind], left, what, row.applicant, fee=fee.pk)] if left > 0 else []


def still_due(row: Warrant, day: date) -> Decimal:
    """What may be paid on a 核定 now; of rewards it lapses by itself as soon as less is due."""
    if row.entry_id is not None:
        return row.amount
    found = of_lot(row.lot, day, row.pk) if row.lot else []
    found += of_transfer(row.transfer, row.pk) if row.transfer else []
    found += of_fee(row.fee, row.pk) if row.fee else []
    return max((one.amount for one in found if one.kind == row.kind), default=ZERO)


def everything(day: date) -> list[Payable]:
    found = of_uses(rewards.lines(of=rewards.unsettled()))
    lots = Lot.objects.filter(builder=Builder.SOE, struck_at__isnull=True).prefetch_related("warrants")
    for lot in lots:
        found += of_lot(lot, day)
    for transfer in Transfer.objects.prefetch_related("warrants", "entries__lot__town"):
        found += of_transfer(transfer)
    paid = Fee.objects.filter(pk__in=unequal_fees()).select_related("application").order_by("pk")
    for fee in paid.prefetch_related("payments", "warrants"):
        found += of_fee(fee)
    return found


def open_warrants() -> list[Warrant]:
    """Decided, and waiting for their voucher."""
    rows = Warrant.objects.filter(money__isnull=True, cancelled_at__isnull=True)
    return list(rows.select_related("entry__lot", "entry__application", "lot", "transfer", "fee__application", "town"))


@dataclass(frozen=True)
class Ordered:
    """核定 that wait for their voucher: how many, and in 元 what is to be paid and what is to come back."""

    number: int
    paid: Decimal
    received: Decimal


def ordered() -> Ordered:
    rows = Warrant.objects.filter(money__isnull=True, cancelled_at__isnull=True)
    back = Q(kind__startswith="in_")
    sums = rows.order_by().aggregate(
        number=Count("pk"), out=Sum("amount", filter=~back), back=Sum("amount", filter=back)
    )
    return Ordered(sums["number"], sums["out"] or ZERO, sums["back"] or ZERO)


def short_fees() -> list[tuple[Fee, Decimal]]:
    """待补缴: of projects that were posted, fees of which more is owed than was paid, with what is lacking."""
    rows = Fee.objects.filter(pk__in=unequal_fees(), application__state__in=[State.POSTED, State.RECLAIMED])
    rows = rows.select_related("application")
    lacking = [(fee, fee.owed - paid_of(fee)) for fee in rows.prefetch_related("payments")]
    return [(fee, amount) for fee, amount in lacking if amount > 0]


def to_settle() -> QuerySet[Application]:
    """费用处理 that is open: taken back for 不可抗力, something was charged, and nobody has said since what goes back of it."""
    charged = Fee.objects.filter(application=OuterRef("pk"), amount__gt=F("waived"))
    said = Event.objects.filter(application=OuterRef("pk"), act__in=[FOUND_ANEW, FEES_SETTLED]).order_by("-pk")
    rows = Application.objects.filter(Exists(charged), state=State.RECLAIMED, force_majeure=True)
    rows = rows.annotate(last=Coalesce(Subquery(said.values("act")[:1]), Value("")))
    return rows.exclude(last=FEES_SETTLED).order_by("number")
