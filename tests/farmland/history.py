"""What the pages of 21号 said when they read the whole ledger at each visit: kept balances have to say the same."""

from decimal import Decimal

from django.db.models import Max

from farmland.enums import EntryKind, State
from farmland.models import Entry, Lot
from farmland.queries.pool import facts_of
from farmland.rules.allocation import allocate
from farmland.rules.ledger import Buckets

ZERO = Decimal("0.0000")


def parts_by_ledger(lots: list[Lot], near: frozenset[int] | None) -> dict[tuple[int, str, str], Decimal]:
    """(lot, kind, goal) → area, of every entry that stands."""
    ordered = list(Entry.objects.select_related("application", "transfer").order_by("number"))
    gone = {row.reverses for row in ordered if row.reverses}
    reserved = Entry.objects.filter(kind=EntryKind.RESERVE, application__state=State.RESERVED)
    last = dict(reserved.values_list("application_id").annotate(Max("act")).order_by())
    held: dict[tuple[int, str, str], Decimal] = {}
    for row in ordered:
        named = None if row.number in gone else _goal(row, near, last)
        if named is not None:
            held[row.lot_id, *named] = held.get((row.lot_id, *named), ZERO) + row.area
    return held | {(lot.pk, "free", "库中可用"): lot.free for lot in lots if lot.free}


def _goal(row: Entry, near: frozenset[int] | None, last: dict[int, int]) -> tuple[str, str] | None:
    if row.kind == EntryKind.OPENING_USED:
        return "past", "上线前已使用"
    if row.kind == EntryKind.OPENING_TRANSFERRED:
        return "out", "上线前已转让"
    if row.kind == EntryKind.TRANSFER and row.transfer is not None:
        return "out", f"转让{row.transfer.district}" if near is None else "转让外区"
    one = row.application
    if one is None:
        return None
    name = one.name if near is None or one.pk in near else "其他镇的项目"
    if row.kind == EntryKind.POST and one.state == State.POSTED:
        return "used", name
    if row.kind == EntryKind.RESERVE and one.state == State.RESERVED and last.get(one.pk) == row.act:
        return "held", f"预留 {name}"
    return None


def allocation_by_ledger(application):
    """The proof of a reservation on balances that were replayed from zero up to it."""
    rows = list(Entry.objects.filter(application=application, kind=EntryKind.RESERVE).order_by("number"))
    act = rows[-1].act
    buckets: dict[int, Buckets] = {}
    kinds: dict[int, str] = {}
    for number, lot, kind, area, reverses in (
        Entry.objects.filter(number__lt=act)
        .order_by("number")
        .values_list("number", "lot_id", "kind", "area", "reverses")
    ):
        own, back = (kinds[reverses], True) if reverses else (kind, False)
        kinds[number] = own
        buckets[lot] = buckets.get(lot, Buckets()).moved(own, area, back=back)
    lots = {lot.pk: lot for lot in Lot.objects.select_related("town")}
    facts = [facts_of(lots[pk], held.free) for pk, held in buckets.items()]
    area = sum((row.area for row in rows if row.act == act), ZERO)
    return allocate(area, application.town.code, application.town.name, facts)
