"""Balances, the lots as the rule of allocation sees them, and the replay from zero."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from farmland.enums import EntryKind
from farmland.models import Application, Check, Entry, Lot
from farmland.rules.allocation import Allocation, LotFacts, allocate
from farmland.rules.ledger import Buckets, Difference, Line, Replay, compare, replay

ZERO = Decimal("0.0000")


def facts_of(lot: Lot, free: Decimal | None = None) -> LotFacts:
    available = lot.free if free is None else free
    return LotFacts(lot.pk, lot.name, lot.town.code, lot.town.name, lot.accepted_on, available)


def standing() -> list[Lot]:
    return list(Lot.objects.filter(struck_at__isnull=True).select_related("town"))


def totals() -> Buckets:
    found = Lot.objects.aggregate(a=Sum("accepted"), r=Sum("reserved"), u=Sum("used"), t=Sum("transferred"))
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


def lines() -> list[Line]:
    columns = ("number", "lot_id", "kind", "area", "change", "reverses")
    return [Line(*row) for row in Entry.objects.order_by("number").values_list(*columns)]


def replayed() -> tuple[Replay, Sequence[Difference]]:
    """The whole ledger from zero, and where it differs from the stored balances."""
    done = replay(lines())
    return done, compare(done, {lot.pk: lot.buckets for lot in Lot.objects.all()})


def last_check() -> Check | None:
    return Check.objects.first()


@dataclass(frozen=True)
class Proof:
    """The allocation worked out again on the ledger as it stood before its first entry. `agrees`: with what was written."""

    allocation: Allocation
    entries: Sequence[Entry]
    agrees: bool
    number: int


def proofs_of(applications: Sequence[Application]) -> dict[int, Proof]:
    """Of the reservation of each that stands, or stood last, with one replay for all."""
    if not applications:
        return {}
    rows = Entry.objects.filter(application__in=[one.pk for one in applications], kind=EntryKind.RESERVE)
    written: dict[int, list[Entry]] = {}
    for entry in rows.select_related("lot__town").order_by("number"):
        own = written.setdefault(entry.application_id or 0, [])
        if own and own[0].act != entry.act:
            own.clear()
        own.append(entry)
    again = replay(lines(), frozenset(own[0].act for own in written.values()))
    lots = {lot.pk: lot for lot in Lot.objects.select_related("town")}
    found = {}
    for one in applications:
        if one.pk in written:
            own = written[one.pk]
            eve = again.eves[own[0].act]
            facts = [facts_of(lots[pk], buckets.free) for pk, buckets in eve.items()]
            area = sum((entry.area for entry in own), ZERO)
            steps = allocate(area, one.town.code, one.town.name, facts)
            agrees = [(e.lot_id, e.area) for e in own] == [(s.lot.lot_id, s.taken) for s in steps.steps]
            found[one.pk] = Proof(steps, own, agrees, own[0].act)
    return found


def proof_of(application: Application) -> Proof | None:
    """None before the first reservation."""
    return proofs_of([application]).get(application.pk)


def trial_allocation(area: Decimal, town: str, town_name: str) -> Allocation:
    """On the pool as it is now, nothing is written."""
    return allocate(area, town, town_name, [facts_of(lot) for lot in standing()])
