"""Balances, the lots as the rule of allocation sees them, and the replay from zero."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, When

from farmland.enums import EntryKind
from farmland.models import Application, Check, Entry, Lot, LotUse
from farmland.rules.allocation import Allocation, LotFacts, allocate
from farmland.rules.ledger import Buckets, Difference, Line, Replay, compare, replay

ZERO = Decimal("0.0000")


def facts_of(lot: Lot, free: Decimal | None = None) -> LotFacts:
    available = lot.free if free is None else free
    return LotFacts(lot.pk, lot.name, lot.town.code, lot.town.name, lot.accepted_on, available)


def standing() -> list[Lot]:
    return list(Lot.objects.filter(struck_at__isnull=True).select_related("town"))


SUMS = {"a": Sum("accepted"), "r": Sum("reserved"), "u": Sum("used"), "t": Sum("transferred")}
# Something of it is still free or reserved.
IN_USE = Q(accepted__gt=F("used") + F("transferred"))


def totals(found: QuerySet[Lot] | None = None) -> Buckets:
    sums = (Lot.objects.all() if found is None else found).order_by().aggregate(**SUMS)
    return Buckets(*(sums[key] if sums[key] is not None else ZERO for key in "arut"))


def in_use_first(found: QuerySet[Lot]) -> QuerySet[Lot]:
    """By the day of acceptance; behind them what is used up, the newest first: with the years only that grows."""
    used_up = Case(When(IN_USE, then=None), default=F("accepted_on"))
    return found.annotate(used_up=used_up).order_by(F("used_up").desc(nulls_first=True), "accepted_on", "pk")


@dataclass(frozen=True)
class TownLine:
    code: str
    name: str
    lots: int
    buckets: Buckets


def by_town(found: QuerySet[Lot]) -> list[TownLine]:
    """Sums by town, in the order of 附件1."""
    rows: QuerySet[Any, Any] = found.order_by("town__order", "town__code").values(
        "town__code", "town__name", "town__order"
    )
    return [
        TownLine(row["town__code"], row["town__name"], row["n"], Buckets(row["a"], row["r"], row["u"], row["t"]))
        for row in rows.annotate(n=Count("pk"), **SUMS)
    ]


def summed(lots: Sequence[Lot]) -> Buckets:
    return Buckets(
        sum((one.accepted for one in lots), ZERO),
        sum((one.reserved for one in lots), ZERO),
        sum((one.used for one in lots), ZERO),
        sum((one.transferred for one in lots), ZERO),
    )


def lines() -> Iterator[Line]:
    """Read once and not held: the ledger grows with the years."""
    columns = ("number", "lot_id", "kind", "area", "change", "reverses", "application_id", "transfer_id")
    rows = Entry.objects.order_by("number").values_list(*columns, "lot_free", "pool_free")
    return (Line(*row) for row in rows.iterator(chunk_size=2_000))


def replayed() -> tuple[Replay, Sequence[Difference]]:
    """The whole ledger from zero, and where it differs from the stored balances."""
    done = replay(lines())
    uses = {(row.lot_id, row.application_id, row.transfer_id): row.buckets for row in LotUse.objects.all()}
    return done, compare(done, {lot.pk: lot.buckets for lot in Lot.objects.all()}, uses)


def last_check() -> Check | None:
    return Check.objects.first()


@dataclass(frozen=True)
class Proof:
    """The allocation worked out again on what was free before its first entry. `agrees`: with what was written."""

    allocation: Allocation
    entries: Sequence[Entry]
    agrees: bool
    number: int


def proofs_of(applications: Sequence[Application]) -> dict[int, Proof]:
    """Of the reservation of each that stands, or stood last: what each lot had free then is on its entry before. Three queries.

    The entries say it as it was written; every replay holds it against the ledger.
    """
    if not applications:
        return {}
    rows = Entry.objects.filter(application__in=[one.pk for one in applications], kind=EntryKind.RESERVE)
    written: dict[int, list[Entry]] = {}
    for entry in rows.select_related("lot__town").order_by("number"):
        own = written.setdefault(entry.application_id or 0, [])
        if own and own[0].act != entry.act:
            own.clear()
        own.append(entry)
    lots = _before([own[0].act for own in written.values()])
    found = {}
    for one in applications:
        if one.pk in written:
            own = written[one.pk]
            eve = f"free_{own[0].act}"
            facts = [facts_of(lot, free) for lot in lots if (free := getattr(lot, eve))]
            area = sum((entry.area for entry in own), ZERO)
            steps = allocate(area, one.town.code, one.town.name, facts)
            agrees = [(e.lot_id, e.area) for e in own] == [(s.lot.lot_id, s.taken) for s in steps.steps]
            found[one.pk] = Proof(steps, own, agrees, own[0].act)
    return found


def _before(acts: Sequence[int]) -> list[Lot]:
    """Every lot with `free_<act>`, what was free of it before each act; None before its own first entry."""
    eves = {
        f"free_{act}": Subquery(
            Entry.objects.filter(lot=OuterRef("pk"), number__lt=act).order_by("-number").values("lot_free")[:1]
        )
        for act in acts
    }
    return list(Lot.objects.select_related("town").annotate(**eves))


def proof_of(application: Application) -> Proof | None:
    """None before the first reservation."""
    return proofs_of([application]).get(application.pk)


def trial_allocation(area: Decimal, town: str, town_name: str) -> Allocation:
    """On the pool as it is now, nothing is written."""
    return allocate(area, town, town_name, [facts_of(lot) for lot in standing()])
