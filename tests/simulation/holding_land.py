"""21号: the pool, its money, and what a reward once due was worth."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Sum

from farmland.enums import Builder, EntryKind, FeeKind, MoneyKind, RateKind, State
from farmland.models import Application, Entry, Fee, Lot, Money, Pool, Rate, RulePeriod, Setting
from farmland.queries import payable, rewards
from farmland.queries import pool as pools
from tests.simulation.holding import Seen, holds

ZERO = Decimal(0)
GROWS = (EntryKind.ACCEPT, EntryKind.OPENING)


@holds("what is reserved and used is what projects reserve and use, and nothing is given twice", "21号第九条（二）")
def the_pool_balances(seen: Seen) -> Iterator[str]:
    held: dict[str, Decimal] = defaultdict(Decimal)
    for state, area in Application.objects.values_list("state").annotate(Sum("area")):
        held[state] += area
    lots = list(Lot.objects.order_by("pk"))
    sums = {name: sum((getattr(one, name) for one in lots), ZERO) for name in ("reserved", "used", "accepted")}
    if sums["reserved"] != held[State.RESERVED]:
        yield f"{sums['reserved']} 亩 reserved in lots, {held[State.RESERVED]} by projects"
    opening = Entry.objects.filter(kind=EntryKind.OPENING_USED).aggregate(sum=Sum("area"))["sum"] or ZERO
    if sums["used"] != held[State.POSTED] + opening:
        yield f"{sums['used']} 亩 used in lots, {held[State.POSTED]} by projects and {opening} before"
    for lot in lots:
        if min(lot.accepted, lot.reserved, lot.used, lot.transferred) < 0:
            yield f"{lot.name}: a part below zero"
        if lot.accepted < lot.reserved + lot.used + lot.transferred:
            yield f"{lot.name}: {lot.reserved}+{lot.used}+{lot.transferred} given of {lot.accepted}"
    last, numbers = Entry.objects.order_by("-number").first(), Entry.objects.count()
    free = sum((one.accepted - one.reserved - one.used - one.transferred for one in lots), ZERO)
    if last is not None and (last.pool_free != free or last.number != numbers):
        yield f"entry {last.number} of {numbers} leaves {last.pool_free} free where {free} is"
    pool = Pool.objects.first()
    if pool is not None and pool.last_number != numbers:
        yield f"the pool is at {pool.last_number}, its ledger at {numbers}"


@holds(
    "the ledger from zero gives the stored balances, and every allocation follows the rule",
    "21号第九条（二）",
    whole=True,
)
def the_pool_replays(seen: Seen) -> Iterator[str]:
    done, differences = pools.replayed()
    yield from (str(one) for one in (*done.problems, *differences))
    rows = list(Application.objects.filter(state__in=[State.RESERVED, State.POSTED]).order_by("pk"))
    for pk, proof in pools.proofs_of(rows).items():
        if not proof.agrees:
            yield f"project {pk}: its allocation does not follow from the ledger before it"


@holds("nothing is paid for a fee above what is owed, nothing is spent that did not come in", "21号第十三条")
def money_of_land_covers_itself(seen: Seen) -> Iterator[str]:
    rows = list(Money.objects.order_by("number"))
    gone = {row.reverses for row in rows if row.reverses}
    rows = [row for row in rows if not row.reverses and row.number not in gone]
    paid: dict[int, Decimal] = defaultdict(Decimal)
    fund = ZERO
    for row in rows:
        if row.fee_id:
            paid[row.fee_id] += row.amount
        if row.kind in (MoneyKind.IN_COMPENSATION, MoneyKind.IN_TRANSFER):
            fund += row.amount
        elif row.kind.startswith("use_"):
            fund -= row.amount
    if fund < 0:
        yield f"the fund of 补偿费 stands at {fund}"
    # What was put right since (a price, a period, a reading struck, a later waiver) may leave 待退 on its page.
    struck = any(one.objects.filter(struck_at__isnull=False).exists() for one in (Rate, RulePeriod, Setting))
    for fee in Fee.objects.filter(pk__in=paid):
        listed = (struck or fee.waived > 0) and payable.of_fee(fee)
        if paid[fee.pk] > fee.amount - fee.waived and not listed:
            yield f"fee {fee.pk}: {paid[fee.pk]} paid of {fee.amount - fee.waived}"
    posted = Application.objects.filter(state=State.POSTED).values("pk")
    for fee in Fee.objects.filter(application__in=posted, kind__in=FeeKind.values):
        if paid[fee.pk] < fee.amount - fee.waived:
            yield f"project {fee.application_id} is 核销 with {paid[fee.pk]} paid of {fee.amount - fee.waived} {fee.kind}"


@holds(
    "a reward once due keeps its amount, whatever rate or setting is entered later", "21号第九条、第十四条", whole=True
)
def a_reward_due_is_never_priced_anew(seen: Seen) -> Iterator[str]:
    """For every use that stands, with （二） fixed or not: what was due then is due now."""
    before, now = seen.kept("rewards due"), {}
    for line in rewards.lines():
        if line.stands and line.first.fixed:
            now[line.entry.pk, line.second.fixed] = (line.applied, line.first.whole, line.second.whole)
    for key, amounts in now.items():
        if key in before and before[key] != amounts:
            yield f"entry {key[0]}: {before[key][0]} was due and {amounts[0]} is"
    seen.memory["rewards due"] = now


def unused(rate: Rate) -> bool:
    """Nothing was charged by it, no lot or use rests on it."""
    fees = Fee.objects.filter(rate__isnull=False, kind=rate.kind, assessed_on__gte=rate.starts_on)
    if rate.kind in (RateKind.RECLAMATION, RateKind.COMPENSATION):
        return not fees.exists()
    if rate.kind in (RateKind.REWARD_FIRST, RateKind.REWARD_SECOND):
        return not Entry.objects.filter(kind=EntryKind.POST, at__date__gte=rate.starts_on).exists()
    return not Lot.objects.filter(builder=Builder.SOE).exists()
