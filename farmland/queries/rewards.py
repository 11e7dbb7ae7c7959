"""第九条: what each town is due, from the ledger as it stands; both readings side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from farmland.enums import BACK_OF, EntryKind, FeeKind, MoneyKind, State
from farmland.models import Application, Entry, Lot, Money
from farmland.queries import money, tables
from farmland.rules.ledger import ZERO as NO_AREA
from farmland.rules.rewards import RewardLine, Use, over_note, reward_of

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


def uses(town_id: int = 0) -> list[Use]:
    """Uses that stand: posted and neither reversed nor reclaimed, and transfers that stand."""
    found = Entry.objects.filter(kind__in=[EntryKind.POST, EntryKind.TRANSFER])
    gone = set(Entry.objects.filter(reverses__isnull=False).values_list("reverses", flat=True))
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


def lines(town_id: int = 0) -> list[RewardLine]:
    rates, choices = tables.rates(), tables.choices()
    return [reward_of(use, rates, choices) for use in uses(town_id)]


@dataclass(frozen=True)
class TownReward:
    """`waiting`: area of the town's lots that is neither used nor transferred. `paid` and `taken_back` are both gross;
    `over` is what was paid above what is due, `left` what is due and not paid, each of （一） and （二） by itself.
    `fund`: what the town may still use (第十二条), `overspent`: uses recorded beyond it.
    """

    code: str
    name: str
    waiting: Decimal
    first: Decimal
    second: Decimal
    applied: Decimal
    other: Decimal
    paid: Decimal
    taken_back: Decimal
    left: Decimal
    over_first: Decimal
    over_second: Decimal
    fund: Decimal
    overspent: Decimal
    problems: int

    @property
    def over(self) -> Decimal:
        return self.over_first + self.over_second

    @property
    def over_words(self) -> str:
        return over_note(self.over) if self.over else ""


def by_town(lots: Sequence[Lot]) -> list[TownReward]:
    """Of the towns of the given lots (the caller's scope), in the order of 附件1."""
    towns = {lot.town.code: lot.town for lot in lots}
    every, moved = lines(), money.town_money()
    found = []
    for code, town in sorted(towns.items(), key=lambda item: item[1].order):
        own = [line for line in every if line.use.town == code]
        rows = [row for row in moved if row.town_id == town.pk]
        gaps = {kind: due_of(own, kind) - money.kept_of(rows, kind) for kind in BACK_OF}
        first, second = (max(-gap, ZERO) for gap in gaps.values())
        fund = money.town_fund(rows, town.pk) - first - second
        found.append(
            TownReward(
                code,
                town.name,
                sum((lot.accepted - lot.used - lot.transferred for lot in lots if lot.town.code == code), NO_AREA),
                sum((line.first for line in own), ZERO),
                sum((line.second for line in own), ZERO),
                sum((line.applied for line in own), ZERO),
                sum((line.other for line in own), ZERO),
                money.total(rows, *BACK_OF),
                money.total(rows, *money.TOWN_BACK),
                sum((max(gap, ZERO) for gap in gaps.values()), ZERO),
                first,
                second,
                max(fund, ZERO),
                max(-fund, ZERO),
                sum(bool(line.problem) for line in own),
            )
        )
    return found


def due_of(own: Sequence[RewardLine], kind: str) -> Decimal:
    """（一） or （二） under the present setting."""
    if kind == MoneyKind.OUT_REWARD_SECOND:
        return sum((line.second for line in own), ZERO)
    return sum((line.applied - line.second for line in own), ZERO)


def gap_of(town_id: int, kind: str) -> Decimal:
    """What a town is due of （一） or （二）, less what it was paid and kept; below 0 it was paid too much."""
    rows = [row for row in money.town_money() if row.town_id == town_id]
    return due_of(lines(town_id), kind) - money.kept_of(rows, kind)


def town_free(town_id: int) -> Decimal:
    """第十二条: what a town may still use. What it was paid too much is not its to use."""
    over = sum((max(-gap_of(town_id, kind), ZERO) for kind in BACK_OF), ZERO)
    return max(money.town_fund(money.town_money(), town_id) - over, ZERO)


def paid_for(row: Application) -> list[tuple[str, Decimal]]:
    """By town: how much of what was paid would be too much without this use. A payment names a town, not a use."""
    every = lines()
    codes = {line.use.town for line in every if line.use.application == row.pk}
    kinds = [*BACK_OF, *money.TOWN_BACK]
    moved = Money.objects.filter(kind__in=kinds, town__code__in=codes).select_related("town")
    kept = money.standing(moved.order_by("town__order", "number"))
    found: dict[str, Decimal] = {}
    for town in dict.fromkeys(one.town for one in kept if one.town):
        rows = [one for one in kept if one.town_id == town.pk]
        own = [line for line in every if line.use.town == town.code]
        rest = [line for line in own if line.use.application != row.pk]
        for kind in BACK_OF:
            held = money.kept_of(rows, kind)
            more = max(held - due_of(rest, kind), ZERO) - max(held - due_of(own, kind), ZERO)
            if more:
                found[town.name] = found.get(town.name, ZERO) + more
    return list(found.items())
