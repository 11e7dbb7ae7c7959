"""第九条: what each town is due, from the ledger as it stands; both readings side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from farmland.enums import EntryKind, FeeKind, MoneyKind, State
from farmland.models import Application, Entry, Lot, Money
from farmland.queries import money, tables
from farmland.rules.ledger import ZERO as NO_AREA
from farmland.rules.rewards import RewardLine, Use, reward_of

ZERO = Decimal("0.00")


def compensation_state(row: Application) -> str:
    fee = next((one for one in row.fees.all() if one.kind == FeeKind.COMPENSATION), None)
    if fee is None:
        return "none"
    if fee.amount == 0:
        return "exempt"
    if fee.owed == 0:
        return "waived"
    return "paid" if money.paid_of(fee) >= fee.owed else "owed"


def uses(demo: bool, town_id: int = 0) -> list[Use]:
    """Uses that stand: posted and neither reversed nor reclaimed, and transfers that stand."""
    found = Entry.objects.filter(demo=demo, kind__in=[EntryKind.POST, EntryKind.TRANSFER])
    gone = set(Entry.objects.filter(demo=demo, reverses__isnull=False).values_list("reverses", flat=True))
    if town_id:
        found = found.filter(lot__town_id=town_id)
    rows = list(found.select_related("lot__town", "transfer", "application").order_by("number"))
    rows = [r for r in rows if r.number not in gone and (r.application is None or r.application.state == State.POSTED)]
    projects = Application.objects.filter(pk__in={r.application_id for r in rows if r.application_id})
    states = {one.pk: compensation_state(one) for one in projects.prefetch_related("fees__payments")}
    return [_use(row, states) for row in rows]


def _use(row: Entry, states: dict[int, str]) -> Use:
    lot = row.lot
    common = (lot.pk, lot.name, lot.town.code, lot.builder, lot.accepted_on, row.area, row.at.astimezone().date())
    if row.application is not None:
        return Use(
            *common, row.application.name, row.application.nature, states[row.application.pk], row.application.pk
        )
    return Use(*common, f"转让{row.transfer.district}" if row.transfer else "转让外区")


def lines(demo: bool, town_id: int = 0) -> list[RewardLine]:
    rates, choices = tables.rates(demo), tables.choices(demo)
    return [reward_of(use, rates, choices) for use in uses(demo, town_id)]


@dataclass(frozen=True)
class TownReward:
    """`waiting`: area of the town's lots that is neither used nor transferred."""

    code: str
    name: str
    waiting: Decimal
    first: Decimal
    second: Decimal
    applied: Decimal
    other: Decimal
    paid: Decimal
    problems: int

    @property
    def left(self) -> Decimal:
        return self.applied - self.paid


def by_town(demo: bool, lots: Sequence[Lot]) -> list[TownReward]:
    """Of the towns of the given lots (the caller's scope), in the order of 附件1."""
    towns = {lot.town.code: lot.town for lot in lots}
    every = lines(demo)
    paid = money.standing(
        Money.objects.filter(demo=demo, kind__in=[MoneyKind.OUT_REWARD_FIRST, MoneyKind.OUT_REWARD_SECOND])
    )
    found = []
    for code, town in sorted(towns.items(), key=lambda item: item[1].order):
        own = [line for line in every if line.use.town == code]
        found.append(
            TownReward(
                code, town.name,
                sum((lot.accepted - lot.used - lot.transferred for lot in lots if lot.town.code == code), NO_AREA),
                sum((line.first for line in own), ZERO), sum((line.second for line in own), ZERO),
                sum((line.applied for line in own), ZERO), sum((line.other for line in own), ZERO),
                sum((row.amount for row in paid if row.town_id == town.pk), ZERO),
                sum(bool(line.problem) for line in own),
            )
        )  # fmt: skip
    return found


def due_to(demo: bool, town_id: int, kind: str) -> Decimal:
    """What a town is due of （一） or （二） under the present setting."""
    own = lines(demo, town_id)
    if kind == MoneyKind.OUT_REWARD_SECOND:
        return sum((line.second for line in own), ZERO)
    return sum((line.applied - line.second for line in own), ZERO)
