"""第九条: what each use brought its town, as it was fixed when it fell due, and what was paid of it, by project and lot."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Q, QuerySet, Sum, When

from farmland.enums import PART_OF, REWARD_OF, EntryKind, FeeKind, RewardCause, RewardPart, State
from farmland.models import Application, Entry, Fee, Reward, Warrant
from farmland.queries import tables
from farmland.rules.rewards import RewardLine, Use, reward_of

ZERO = Decimal("0.00")
PARTS = tuple(RewardPart.values)


def compensation_state(fee: Fee | None) -> str:
    """Of a use that was posted, so with all its tickets: what is due since by a price put right changes nothing of it."""
    if fee is None:
        return "none"
    if fee.void:
        return "paid"
    if fee.amount == 0:
        return "exempt"
    return "waived" if fee.owed == 0 else "paid"


def uses(town_id: int = 0) -> list[Entry]:
    """Lines of 核销 and 转让, also those that were taken back, with lot, town and project."""
    found = Entry.objects.filter(kind__in=[EntryKind.POST, EntryKind.TRANSFER])
    if town_id:
        found = found.filter(lot__town_id=town_id)
    return list(found.select_related("lot__town", "transfer", "application").order_by("number"))


def lowered() -> list[Entry]:
    """Uses whose reward was lowered after it fell due, or fixed at an upgrade: of no other can a town hold too much.

    A payment never goes beyond what is due (services/warrants.py), so that only a difference below 0 leaves more than that.
    """
    lines = Reward.objects.filter(Q(amount__lt=0) | Q(cause=RewardCause.CARRIED))
    found = Entry.objects.filter(pk__in=lines.order_by().values("entry"))
    return list(found.select_related("lot__town", "transfer", "application").order_by("number"))


def kept_of(use: Any) -> QuerySet[Any, Any]:
    """Of the use given (an OuterRef): what was paid and not taken back, as one row with `sum`; none, no row."""
    rows = Warrant.objects.filter(
        entry=use, kind__in=list(PART_OF), money__isnull=False, cancelled_at__isnull=True
    ).order_by()
    back = Case(When(kind__in=list(REWARD_OF), then=-F("amount")), default=F("amount"), output_field=BigIntegerField())
    return rows.values("entry").annotate(sum=Sum(back))


# What is due less what was paid and not taken back, by use and part: one pass over both ledgers. As subqueries of one another
# each use would be looked up by itself.
_UNEQUAL = """
    SELECT DISTINCT entry_id FROM (
        SELECT entry_id, part, amount FROM farmland_reward
        UNION ALL
        SELECT entry_id,
               CASE WHEN kind IN (%s, %s) THEN %s ELSE %s END,
               CASE WHEN kind IN (%s, %s) THEN amount ELSE -amount END
        FROM farmland_warrant
        WHERE entry_id IS NOT NULL AND money_id IS NOT NULL AND cancelled_at IS NULL
    ) AS moved
    GROUP BY entry_id, part HAVING SUM(amount) <> 0
"""


def _unequal() -> set[int]:
    """Uses of which more or less is paid than is due, of one part or the other."""
    first = [kind for kind, part in PART_OF.items() if part == RewardPart.FIRST]
    given = [*first, RewardPart.FIRST, RewardPart.SECOND, *REWARD_OF]
    with connection.cursor() as cursor:
        cursor.execute(_UNEQUAL, [str(one) for one in given])
        return {entry for (entry,) in cursor.fetchall()}


def unsettled() -> list[Entry]:
    """Uses of which something is still to be fixed, paid, carried out or claimed: the database sums, then only these are read."""
    keys = _unequal()
    waiting = Warrant.objects.filter(entry__isnull=False, money__isnull=True, cancelled_at__isnull=True).order_by()
    keys |= {entry or 0 for entry in waiting.values_list("entry", flat=True)}
    uses = Entry.objects.filter(kind__in=[EntryKind.POST, EntryKind.TRANSFER])
    unfixed = uses.filter(~Exists(Reward.objects.filter(entry=OuterRef("pk"))), application__isnull=False)
    keys |= set(unfixed.order_by().values_list("pk", flat=True))
    found = uses.filter(pk__in=keys).select_related("lot__town", "transfer", "application")
    return list(found.order_by("number"))


def standing(rows: Sequence[Entry]) -> set[int]:
    """Keys of those that stand: neither reversed nor reclaimed."""
    numbers = [row.number for row in rows]
    gone = set(Entry.objects.filter(reverses__in=numbers).values_list("reverses", flat=True))
    return {
        row.pk
        for row in rows
        if row.number not in gone and (row.application is None or row.application.state == State.POSTED)
    }


def use_of(row: Entry, fee: Fee | None) -> Use:
    lot = row.lot
    common = (lot.pk, lot.name, lot.town.code, lot.builder, lot.accepted_on, row.area, row.done_on)
    if row.application is not None:
        own = row.application
        return Use(*common, own.name, own.nature, compensation_state(fee), own.pk)
    return Use(*common, f"转让{row.transfer.district}" if row.transfer else "转让外区")


def compensation_fees(applications: Iterable[int]) -> dict[int, Fee]:
    found = Fee.objects.filter(kind=FeeKind.COMPENSATION, application_id__in=list(applications))
    return {fee.application_id: fee for fee in found}


def fresh(rows: Sequence[Entry]) -> dict[int, RewardLine]:
    """What each use is due by the tables and fees of this moment; what was fixed has to equal it."""
    now = tables.read()
    fees = compensation_fees(row.application_id for row in rows if row.application_id)
    return {
        row.pk: reward_of(use_of(row, fees.get(row.application_id or 0)), now.rates, now.choices_on(row.done_on))
        for row in rows
    }


@dataclass
class Held:
    """One part of one use. `due`: what was fixed with all differences; `ordered`, `claimed`: 核定 that wait for their voucher.

    `ground`: why less is due than once.
    """

    whole: Decimal = ZERO
    due: Decimal = ZERO
    paid: Decimal = ZERO
    back: Decimal = ZERO
    ordered: Decimal = ZERO
    claimed: Decimal = ZERO
    rate: Decimal | None = None
    adds_up: bool = True
    fixed: bool = False
    reason: str = ""
    ground: str = ""

    @property
    def kept(self) -> Decimal:
        return self.paid - self.back

    @property
    def left(self) -> Decimal:
        """Due and not paid."""
        return max(self.due - self.kept, ZERO)

    @property
    def over(self) -> Decimal:
        """Paid above what is due: 待追回."""
        return max(self.kept - self.due, ZERO)

    @property
    def payable(self) -> Decimal:
        return max(self.due - self.kept - self.ordered, ZERO)

    @property
    def claimable(self) -> Decimal:
        return max(self.kept - self.due - self.claimed, ZERO)


@dataclass(frozen=True)
class UseLine:
    """The reward of one use: a lot and a project. `problem`: why nothing is fixed yet."""

    entry: Entry
    stands: bool
    first: Held
    second: Held
    problem: str = ""

    @property
    def what(self) -> str:
        if self.entry.application is not None:
            return self.entry.application.name
        return f"转让{self.entry.transfer.district}" if self.entry.transfer else "转让外区"

    @property
    def reason(self) -> str:
        if self.entry.application is None:
            return "转让外区：奖励由区政府单独议定（第九条（三））"
        return self.first.ground or self.second.ground or self.second.reason

    @property
    def applied(self) -> Decimal:
        return self.first.due + self.second.due

    @property
    def other(self) -> Decimal:
        """Under the reading that does not apply."""
        one, two = self.first.whole, self.second.whole
        return (two or one) if self.first.adds_up else one + two

    @property
    def over(self) -> Decimal:
        return self.first.over + self.second.over

    @property
    def left(self) -> Decimal:
        return self.first.left + self.second.left

    @property
    def kept(self) -> Decimal:
        return self.first.kept + self.second.kept

    def part(self, part: str) -> Held:
        return self.first if part == RewardPart.FIRST else self.second

    @property
    def parts(self) -> Sequence[tuple[str, Held]]:
        return [(str(RewardPart(part).label), self.part(part)) for part in PARTS]


def held(rows: Sequence[Entry]) -> dict[tuple[int, str], Held]:
    """What was fixed and paid of both parts of the uses."""
    keys = [row.pk for row in rows]
    found = {(key, part): Held() for key in keys for part in PARTS}
    for line in Reward.objects.filter(entry__in=keys).order_by("id"):
        one = found[line.entry_id, line.part]
        one.whole, one.due, one.fixed = one.whole + line.whole, one.due + line.amount, True
        one.rate, one.adds_up, one.reason = line.rate, line.adds_up, line.reason
        one.ground = line.reason if line.amount < 0 else ""
    for warrant in Warrant.objects.filter(entry__in=keys, cancelled_at__isnull=True):
        one = found[warrant.entry_id or 0, PART_OF[warrant.kind]]
        back = warrant.kind in REWARD_OF
        if warrant.money_id is None and back:
            one.claimed += warrant.amount
        elif warrant.money_id is None:
            one.ordered += warrant.amount
        elif back:
            one.back += warrant.amount
        else:
            one.paid += warrant.amount
    return found


def lines(town_id: int = 0, *, of: Sequence[Entry] | None = None) -> list[UseLine]:
    """Uses that stand, and those taken back of which a town still holds money; `of`: these uses alone, whatever became of them."""
    rows = uses(town_id) if of is None else of
    alive, sums = standing(rows), held(rows)
    open_ones = [
        row for row in rows if row.pk in alive and row.application_id and not sums[row.pk, RewardPart.FIRST].fixed
    ]
    problems = {pk: line.problem for pk, line in fresh(open_ones).items()}
    found = [
        UseLine(row, row.pk in alive, sums[row.pk, PARTS[0]], sums[row.pk, PARTS[1]], problems.get(row.pk, ""))
        for row in rows
    ]
    return found if of is not None else [one for one in found if one.stands or one.kept or one.left]


def lines_of(application: Application) -> list[UseLine]:
    """Of one project, also what was taken back and is still to be claimed."""
    rows = application.entries.filter(kind=EntryKind.POST).select_related("lot__town", "transfer", "application")
    return [one for one in lines(of=list(rows.order_by("number"))) if one.stands or one.kept]


def paid_for(row: Application) -> list[tuple[str, Decimal]]:
    """By town: what was paid, and not taken back, for the uses of a project that stand."""
    found: dict[str, Decimal] = {}
    for line in lines_of(row):
        if line.stands and line.kept > 0:
            name = line.entry.lot.town.name
            found[name] = found.get(name, ZERO) + line.kept
    return list(found.items())
