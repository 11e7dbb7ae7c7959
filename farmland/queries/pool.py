"""Balances, the lots as the rule of allocation sees them, and the replay from zero."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from farmland.models import Application, Check, Entry, Lot
from farmland.rules.allocation import Allocation, LotFacts, allocate
from farmland.rules.ledger import Buckets, Difference, Line, Replay, compare, replay

ZERO = Decimal("0.0000")


def facts_of(lot: Lot, free: Decimal | None = None) -> LotFacts:
    available = lot.free if free is None else free
    return LotFacts(lot.pk, lot.name, lot.town.code, lot.town.name, lot.accepted_on, available)


def standing(demo: bool) -> list[Lot]:
    return list(Lot.objects.filter(demo=demo, struck_at__isnull=True).select_related("town"))


def totals(demo: bool) -> Buckets:
    found = Lot.objects.filter(demo=demo).aggregate(
        a=Sum("accepted"), r=Sum("reserved"), u=Sum("used"), t=Sum("transferred")
    )
    return Buckets(*(found[key] if found[key] is not None else ZERO for key in "arut"))


@dataclass(frozen=True)
class TownLine:
    code: str
    name: str
    lots: int
    buckets: Buckets


def by_town(lots: Iterable[Lot]) -> list[TownLine]:
    """Sums by town, in the order of 附件1."""
    found: dict[str, tuple[int, str, list[Lot]]] = {}
    for lot in lots:
        found.setdefault(lot.town.code, (lot.town.order, lot.town.name, []))[2].append(lot)
    return [
        TownLine(code, name, len(own), summed(own))
        for code, (_, name, own) in sorted(found.items(), key=lambda item: item[1][0])
    ]


def summed(lots: Sequence[Lot]) -> Buckets:
    return Buckets(
        sum((one.accepted for one in lots), ZERO),
        sum((one.reserved for one in lots), ZERO),
        sum((one.used for one in lots), ZERO),
        sum((one.transferred for one in lots), ZERO),
    )


def lines(demo: bool, before: int | None = None) -> list[Line]:
    rows = Entry.objects.filter(demo=demo).order_by("number")
    if before is not None:
        rows = rows.filter(number__lt=before)
    columns = ("number", "lot_id", "kind", "area", "change", "reverses")
    return [Line(*row) for row in rows.values_list(*columns)]


def replayed(demo: bool) -> tuple[Replay, Sequence[Difference]]:
    """The whole ledger from zero, and where it differs from the stored balances."""
    done = replay(lines(demo))
    return done, compare(done, {lot.pk: lot.buckets for lot in Lot.objects.filter(demo=demo)})


def last_check(demo: bool) -> Check | None:
    return Check.objects.filter(demo=demo).first()


@dataclass(frozen=True)
class Proof:
    """The allocation worked out again on the ledger as it stood before its first entry. `agrees`: with what was written."""

    allocation: Allocation
    entries: Sequence[Entry]
    agrees: bool
    number: int


def proof_of(application: Application) -> Proof | None:
    """Of the reservation that stands, or stood last. None before the first."""
    last = application.entries.filter(kind="reserve").order_by("-number").first()
    if last is None:
        return None
    entries = list(application.entries.filter(act=last.act).select_related("lot__town").order_by("number"))
    again = replay(lines(application.demo, before=last.act))
    lots = Lot.objects.filter(pk__in=again.buckets).select_related("town")
    facts = [facts_of(lot, again.buckets[lot.pk].free) for lot in lots]
    area = sum((one.area for one in entries), ZERO)
    found = allocate(area, application.town.code, application.town.name, facts)
    written = [(one.lot_id, one.area) for one in entries]
    return Proof(found, entries, written == [(s.lot.lot_id, s.taken) for s in found.steps], last.act)


def trial_allocation(area: Decimal, town: str, town_name: str, demo: bool) -> Allocation:
    """On the pool as it is now, nothing is written."""
    return allocate(area, town, town_name, [facts_of(lot) for lot in standing(demo)])
