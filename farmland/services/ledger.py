"""The one way into the ledger: lock the pool, move the balances, write the entries. A check replays everything from zero."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F, Q

from farmland import access
from farmland.enums import DOCUMENT, POOL_OFFICE, EntryKind, RewardCause, State
from farmland.models import Application, Check, Entry, Lot, LotUse, Money, Pool, Transfer, Warrant
from farmland.queries import pool as pools
from farmland.queries.money import standing
from farmland.rules.ledger import EFFECT, Buckets
from farmland.services import settling
from miyun_kpi.acts.acting import acting, lock_all, locked
from miyun_kpi.acts.days import day_of_act
from miyun_kpi.duties.services.reminders import office_of
from miyun_kpi.inbox.services import Message
from miyun_kpi.jobs.clock import Run, timed
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import NotAllowed, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.routes import to

# What no later act of its own can take back.
REVERSIBLE = (
    EntryKind.ACCEPT,
    EntryKind.OPENING,
    EntryKind.OPENING_USED,
    EntryKind.OPENING_TRANSFERRED,
    EntryKind.POST,
    EntryKind.TRANSFER,
)


@dataclass(frozen=True)
class Move:
    """`undoes`: the entry a reversal takes back; `kind` is then REVERSAL."""

    lot: Lot
    kind: str
    area: Decimal
    reason: str
    clause: str
    undoes: Entry | None = None


def lock_pool() -> Pool:
    """Everybody who moves quota waits here for whoever came before; held until commit."""
    Pool.objects.get_or_create(pk=Pool.ONLY)
    return locked(Pool.objects.all(), Pool.ONLY)


def append(
    *,
    actor: Actor,
    pool: Pool,
    moves: Sequence[Move],
    at: datetime,
    application: Application | None = None,
    transfer: Transfer | None = None,
    on: date | None = None,
    late: str = "",
) -> list[Entry]:
    """Write the entries and the balances beside them; the caller holds the lock and has read the lots under it.

    `on`: the day of the paper, by default that of the registration; `late`: 补登 in words.
    """
    Pool.objects.filter(pk=pool.pk).update(last_number=F("last_number") + len(moves))
    first = Pool.objects.values_list("last_number", flat=True).get(pk=pool.pk) - len(moves) + 1
    last = Entry.objects.filter(number=first - 1).first()
    pool_free = last.pool_free if last else Decimal("0.0000")
    balances: dict[int, Buckets] = {}
    made = []
    for number, move in enumerate(moves, start=first):
        before = balances.get(move.lot.pk, move.lot.buckets)
        kind = move.undoes.kind if move.undoes else move.kind
        after = before.moved(kind, move.area, back=move.undoes is not None)
        if not after.sound:
            rests = _resting_on(move.lot) if move.undoes else ""
            said = f"{move.lot.name}可用 {before.free:.4f} 亩，不够这次的 {move.area:.4f} 亩"
            end = f"：{rests}用着它，没有执行。请先撤回预留、冲正核销或转让" if rests else "，没有执行。请刷新后再看"
            raise Refused("below-zero", f"{said}{end}。", move.clause)
        pool_free += after.free - before.free
        balances[move.lot.pk] = after
        made.append(
            Entry(
                number=number,
                act=first,
                lot=move.lot,
                application=application,
                transfer=transfer,
                kind=move.kind,
                area=move.area,
                change=after.free - before.free,
                lot_free=after.free,
                pool_free=pool_free,
                reverses=move.undoes.number if move.undoes else None,
                reason=move.reason[:500],
                clause=move.clause,
                done_on=day_of_act(on, at),
                late=late,
                at=at,
                by=actor.label[:200],
                by_id=actor.user_id,
            )
        )
    for lot_id, after in balances.items():
        Lot.objects.filter(pk=lot_id).update(
            accepted=after.accepted, reserved=after.reserved, used=after.used, transferred=after.transferred
        )
    _hold(moves, application, transfer)
    return Entry.objects.bulk_create(made)


def _hold(moves: Sequence[Move], application: Application | None, transfer: Transfer | None) -> None:
    """What the project, the transfer or the time before go-live holds of each lot, beside the balances of the lots."""
    own = LotUse.objects.filter(application=application, transfer=transfer, lot__in=[move.lot.pk for move in moves])
    rows = {row.lot_id: row for row in own}
    for move in moves:
        kind, back = (move.undoes.kind, True) if move.undoes else (move.kind, False)
        if any(EFFECT[kind][1:]):
            row = rows.setdefault(move.lot.pk, LotUse(lot=move.lot, application=application, transfer=transfer))
            after = row.buckets.moved(kind, move.area, back=back)
            row.reserved, row.used, row.transferred = after.reserved, after.used, after.transferred
    kept = [row for row in rows.values() if row.buckets != Buckets()]
    LotUse.objects.bulk_update([row for row in kept if row.pk], ["reserved", "used", "transferred"])
    LotUse.objects.bulk_create([row for row in kept if not row.pk])
    own.filter(lot__in=[pk for pk, row in rows.items() if row.pk and row not in kept]).delete()


def _resting_on(lot: Lot) -> str:
    """The projects and transfers that hold area of a lot, in words."""
    live = Application.objects.filter(entries__lot=lot, state__in=[State.RESERVED, State.POSTED]).distinct()
    names = [f"“{row.name}”（{row.get_state_display()}）" for row in live.order_by("number")]
    gone = Transfer.objects.filter(entries__lot=lot, reversed_at__isnull=True).distinct()
    names += [f"转让{row.district}" for row in gone.order_by("number")]
    return "、".join(names)


def check_ledger(*, actor: Actor, at: datetime) -> Check:
    """Replay from zero; if it differs from the stored balances, 区规自分局 is told and its pages turn red."""
    if actor is not SYSTEM and not access.is_office(actor):
        raise NotAllowed("not-the-office", "核对账本由区规自分局、区财政局办理，没有执行。请由他们的主管岗位办理。")
    with acting(actor, at) as act:
        lock_pool()
        done, differences = pools.replayed()
        names = dict(Lot.objects.values_list("pk", "name"))
        said = [*done.problems]
        said += [f"{names.get(d.lot, d.lot)} {d.what}：存 {d.stored:.4f}，重放 {d.replayed:.4f}" for d in differences]
        row = Check.objects.create(
            at=at, by=actor.label[:200], entries=done.count, equal=not said, findings="\n".join(said[:200])
        )
        if said:
            office = Organisation.objects.get(code=POOL_OFFICE)
            title = f"耕地占补账本核对不一致：{len(said)} 处"
            act.tell(
                [
                    Message(
                        key=f"farmland-check:{row.pk}",
                        organisation_id=office.pk,
                        title=title,
                        body="；".join(said)[:500],
                        url=to("farmland:index"),
                        clause="21·第七条",
                    )
                ]
            )
        if actor is not SYSTEM or said:
            act.record("farmland.ledger.checked", "farmland-ledger", entries=done.count, equal=row.equal)
    return row


@timed("farmland.check_ledger", "耕地占补账本每日核对", tells=lambda: office_of(DOCUMENT))
def check_nightly(run: Run) -> None:
    """Once a day however often it runs, from the first entry on; after an outage that day's is all there is to check."""
    if Pool.objects.filter(last_number__gt=0).exists():
        day = run.at.astimezone().date().isoformat()
        run.do(day, lambda: bool(check_ledger(actor=SYSTEM, at=run.at)), what="耕地占补账本没有核对成")


@dataclass(frozen=True)
class Bar:
    """Why an act cannot be reversed, and what to do instead: a page says it, the act is refused with it."""

    code: str
    why: str
    how: str
    clause: str | None = None

    @property
    def refusal(self) -> Refused:
        return Refused(self.code, f"{self.why}，没有执行。{self.how}", self.clause)


def bar_of(entries: Sequence[Entry]) -> Bar | None:
    """Of the lines of one act, in the order of their numbers."""
    one, kinds = entries[0], {entry.kind for entry in entries}
    if EntryKind.RESERVE in kinds:
        return Bar("not-reversible", "预留不用冲正", "预留要撤的，在项目页用“撤回预留”。")
    if not kinds <= set(REVERSIBLE):
        called = "、".join(sorted(str(EntryKind(kind).label) for kind in kinds - set(REVERSIBLE)))
        return Bar("not-reversible", f"“{called}”不能冲正", "办错了的，重新办理。")
    back = Entry.objects.filter(reverses__in=[entry.number for entry in entries]).order_by("number").first()
    if back is not None:
        return Bar("reversed", f"第 {one.number} 笔起的办理已经由第 {back.number} 笔冲正", "不能再冲正。")
    if _paid(entries):
        return Bar("paid", "这次办理已经登记了收支", "请先由区财政局冲正有关收支。", "21·第十一条")
    if EntryKind.POST in kinds and (one.application is None or one.application.state != State.POSTED):
        return Bar("wrong-state", "这个项目不在“已核销”", "请刷新后再看。")
    return None


def _paid(entries: Sequence[Entry]) -> bool:
    """What money was recorded for is not taken from under it."""
    lots = [e.lot_id for e in entries if e.kind in (EntryKind.ACCEPT, EntryKind.OPENING)]
    rows = Money.objects.filter(
        Q(lot_id__in=lots) | Q(transfer_id__in=[e.transfer_id for e in entries if e.transfer_id])
    )
    return bool(standing(rows))


def _lapse_warrants(entries: Sequence[Entry], actor: Actor, said: str, at: datetime) -> None:
    """核定 of payments for a lot or a transfer that is taken back lapse; paid ones were asked for before."""
    lots = [e.lot_id for e in entries if e.kind in (EntryKind.ACCEPT, EntryKind.OPENING)]
    transfers = [e.transfer_id for e in entries if e.transfer_id]
    found = Warrant.objects.filter(Q(lot_id__in=lots) | Q(transfer_id__in=transfers))
    found.filter(money__isnull=True, cancelled_at__isnull=True).update(
        cancelled_at=at, cancelled_by=actor.label[:200], cancelled_for=f"冲正：{said}"[:300]
    )


def _hold_what_it_undoes(number: int) -> None:
    """The application or transfer goes back a state: like every act on it, this one holds it before the pool."""
    entries = Entry.objects.filter(act=number)
    lock_all(Application.objects.filter(pk__in=entries.values("application_id")))
    lock_all(Transfer.objects.filter(pk__in=entries.values("transfer_id")))


def reverse_act(*, actor: Actor, number: int, reason: str, at: datetime) -> list[Entry]:
    """冲正: take back a whole act by further entries. Only what no later act of its own can take back."""
    access.require_pool(actor)
    said = read_reason(reason, "冲正要写原因", most=300)
    with acting(actor, at) as act:
        _hold_what_it_undoes(number)
        pool = lock_pool()
        entries = list(Entry.objects.filter(act=number).select_related("lot__town", "application", "transfer"))
        if not entries:
            raise Refused("unknown-entry", f"账本没有从第 {number} 笔开始的办理，没有执行。请核对笔号。")
        kinds, one = {one.kind for one in entries}, entries[0]
        if (barred := bar_of(entries)) is not None:
            raise barred.refusal
        _lapse_warrants(entries, actor, said, at)
        moves = [
            Move(e.lot, EntryKind.REVERSED, e.area, f"冲正第 {e.number} 笔：{said}", e.clause, undoes=e)
            for e in reversed(entries)
        ]
        lots = {lot.pk: lot for lot in Lot.objects.filter(pk__in=[e.lot_id for e in entries])}
        moves = [Move(lots[m.lot.pk], m.kind, m.area, m.reason, m.clause, m.undoes) for m in moves]
        made = append(actor=actor, pool=pool, moves=moves, at=at, application=one.application, transfer=one.transfer)
        if EntryKind.POST in kinds:
            over = settling.take_back(actor, entries, RewardCause.REVERSED, f"冲正核销：{said}", at)
            settling.note_over(actor, over, at)
            Application.objects.filter(pk=one.application_id or 0).update(
                state="reserved", version=F("version") + 1, changed_at=at, changed_by=actor.label
            )
        if EntryKind.TRANSFER in kinds:
            Transfer.objects.filter(pk=one.transfer_id or 0).update(reversed_at=at, version=F("version") + 1)
        if EntryKind.ACCEPT in kinds or EntryKind.OPENING in kinds:
            Lot.objects.filter(pk__in=lots, accepted=0).update(struck_at=at, version=F("version") + 1)
        act.record("farmland.entry.reversed", f"farmland-entry:{number}", reason=said, count=len(made))
    return made
