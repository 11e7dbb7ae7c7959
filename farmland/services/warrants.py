"""付款核定: for what, to whom and how much is decided by two persons of 区财政局 (farmland/deciding.py); a voucher carries it out."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from farmland import access
from farmland.enums import BY_WARRANT, REFUND_OF, REWARD_OF, EntryKind, MoneyKind
from farmland.models import Entry, Fee, Lot, Money, Transfer, Warrant
from farmland.queries import money as sums
from farmland.queries import payable, rewards
from farmland.queries.payable import Payable
from farmland.services.hands import CLAUSE, require_other
from farmland.services.ledger import lock_pool
from farmland.services.money import require_after, require_free_ticket, write_money
from miyun_kpi.acts.acting import acting
from miyun_kpi.acts.days import IN_TIME, Late, late_words
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, NotFound, Refused
from miyun_kpi.lib.reading import read_reason, require_past
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolve

ZERO = Decimal("0.00")


def payable_of(
    kind: str,
    *,
    entry_id: int | None,
    lot_id: int | None,
    transfer_id: int | None,
    fee_id: int | None,
    town: str,
    day: date,
) -> Payable:
    """What may be decided of this kind for this thing now; refused where nothing is."""
    if kind not in BY_WARRANT:
        raise Refused("unknown-kind", "请选付款或追回的类别，没有执行。")
    if sum(one is not None for one in (entry_id, lot_id, transfer_id, fee_id)) != 1:
        raise Refused("one-thing", "一项核定只对一笔核销、一个批次、一件转让或一项费用，没有执行。请从应付款页重新选。")
    found: Sequence[Payable] = []
    if entry_id is not None:
        rows = Entry.objects.filter(pk=entry_id, kind=EntryKind.POST).select_related(
            "lot__town", "application", "transfer"
        )
        found = payable.of_uses(rewards.lines(of=list(rows)))
    elif lot_id is not None:
        found = [one for lot in Lot.objects.filter(pk=lot_id or 0) for one in payable.of_lot(lot, day)]
    elif transfer_id is not None:
        found = [one for row in Transfer.objects.filter(pk=transfer_id or 0) for one in payable.of_transfer(row)]
    elif fee_id is not None:
        found = [one for row in Fee.objects.filter(pk=fee_id or 0) for one in payable.of_fee(row)]
    own = [one for one in found if one.kind == kind and town in ("", one.town, one.payee)]
    if len(own) > 1:
        raise Refused("which-town", "这件转让用了几个镇的批次，没有执行。请写付给哪个镇。", "21·第九条（三）")
    if not own:
        word = "追回" if kind in REWARD_OF else "付"
        raise Refused(
            "nothing-due", f"这一项现在没有可{word}的“{MoneyKind(kind).label}”，没有执行。请刷新后再看。", CLAUSE
        )
    return own[0]


def fee_for(kind: str, application_id: int | None) -> int | None:
    """The fee of a project that a refund of this kind gives back."""
    found = Fee.objects.filter(application_id=application_id or 0, kind=REFUND_OF.get(kind, ""))
    return found.values_list("pk", flat=True).first()


def name_of(
    kind: str, *, entry_id: int | None, lot_id: int | None, transfer_id: int | None, fee_id: int | None, town: str
) -> str:
    """What it is for and to whom, whether or not anything may still be decided."""
    entry = Entry.objects.filter(pk=entry_id or 0).select_related("lot__town", "application").first()
    lot = Lot.objects.filter(pk=lot_id or 0).first()
    transfer = Transfer.objects.filter(pk=transfer_id or 0).first()
    fee = Fee.objects.filter(pk=fee_id or 0).select_related("application").first()
    if entry is not None:
        project = entry.application.name if entry.application else ""
        return f"{project}，{entry.lot.town.name}{entry.lot.name}，{MoneyKind(kind).label}"
    if lot is not None:
        return f"{lot.builder_name or lot.name}，{lot.name}，{MoneyKind(kind).label}"
    if transfer is not None:
        return f"{town or '各镇'}，转让{transfer.district}，{MoneyKind(kind).label}"
    if fee is not None:
        return f"{fee.application.applicant}，{fee.application.name}，{MoneyKind(kind).label}"
    raise NotFound


def issue(
    *,
    actor: Actor,
    kind: str,
    amount: Decimal,
    entry_id: int | None,
    lot_id: int | None,
    transfer_id: int | None,
    fee_id: int | None,
    town: str,
    note: str,
    at: datetime,
) -> Warrant:
    """No more than is due and not decided yet; to whom follows from the thing."""
    access.require_money(actor)
    if amount <= 0:
        raise Refused("bad-money", "金额须大于 0 元，没有执行。请核对金额。")
    ids = {"entry_id": entry_id, "lot_id": lot_id, "transfer_id": transfer_id, "fee_id": fee_id}
    with acting(actor, at) as act:
        lock_pool()
        most = payable_of(kind, **ids, town=town, day=act.today)
        apart = _apart(actor, Warrant(**ids), act.today)
        if amount > most.amount:
            raise Refused(
                "too-much",
                f"{most.what}的“{most.words}”还可核定 {most.amount:,.2f} 元，这次是 {amount:,.2f} 元，没有执行。请核对金额。",
                CLAUSE,
            )
        row = Warrant.objects.create(
            kind=kind,
            amount=amount,
            payee=most.payee,
            town=_town_of(most),
            note=note.strip()[:300],
            at=at,
            by=actor.label[:200],
            **ids,
        )
        act.record("farmland.warrant.issued", f"farmland-warrant:{row.pk}", kind=kind, amount=f"{amount:.2f}", **apart)
    return row


def _apart(actor: Actor, row: Warrant, today: date) -> dict[str, str]:
    """For the audit."""
    said = require_other(actor, row.entry, row.lot, row.transfer, today)
    return {"apart": said} if said else {}


def _town_of(most: Payable) -> Organisation | None:
    if most.entry is not None:
        return Entry.objects.select_related("lot__town").get(pk=most.entry).lot.town
    return resolve(most.town) if most.town else None


def _open(warrant_id: int) -> Warrant:
    row = Warrant.objects.filter(pk=warrant_id).select_related("entry", "lot", "transfer", "fee__application").first()
    if row is None:
        raise NotFound
    if row.money_id is not None:
        raise Conflict("paid", "这项核定已经登记凭证，没有执行。请刷新后再看。", CLAUSE)
    if row.cancelled_at is not None:
        raise Conflict("cancelled", "这项核定已经撤销，没有执行。请重新核定。", CLAUSE)
    return row


def _require_in_fund(row: Warrant) -> None:
    """第十三条: what is given back comes out of the 补偿费 that came in and was not used."""
    if row.kind != MoneyKind.REFUND_COMPENSATION or row.amount <= (there := sums.fund()):
        return
    raise Refused(
        "fund-short",
        f"耕地保护补偿费余额 {there:,.2f} 元，至多退还 {max(there, ZERO):,.2f} 元，这项核定是 {row.amount:,.2f} 元，没有登记。"
        "请等补偿费再有收入，或者冲正登记错的用途，或者撤销这项核定、按余额以内的金额重新核定。",
        "21·第十三条",
    )


def cancel(*, actor: Actor, warrant_id: int, reason: str, at: datetime) -> Warrant:
    """While nothing is paid on it; the amount may be decided anew."""
    access.require_money(actor)
    said = read_reason(reason, "撤销核定要写原因", most=300)
    with acting(actor, at) as act:
        lock_pool()
        row = _open(warrant_id)
        row.cancelled_at, row.cancelled_by, row.cancelled_for = at, actor.label[:200], said
        row.save(update_fields=["cancelled_at", "cancelled_by", "cancelled_for"])
        act.record("farmland.warrant.revoked", f"farmland-warrant:{row.pk}", reason=said)
    return row


def record_voucher(
    *,
    actor: Actor,
    warrant_id: int,
    ticket: str,
    day: date,
    at: datetime,
    note: str = "",
    late: Late = IN_TIME,
) -> Money:
    """One voucher carries out one 核定: payee and amount are taken from it; by one hand, under a number of its own.

    Nothing is paid before it was decided: no earlier paper than the 核定 is its voucher.
    """
    access.require_money(actor)
    require_past(day, at.astimezone().date(), "日期")
    words = late_words(day, at, late, what="日期", clause=CLAUSE)
    with acting(actor, at) as act:
        pool = lock_pool()
        row = _open(warrant_id)
        require_after(day, row.at.astimezone().date(), "核定")
        require_free_ticket(row.kind, ticket)
        left = payable.still_due(row, row.at.astimezone().date())
        if row.amount > left:
            raise Conflict(
                "no-longer-due",
                f"核定 {row.amount:,.2f} 元以后应付数已变，现在至多 {left:,.2f} 元，没有登记。请撤销这项核定，重新核定。",
                CLAUSE,
            )
        _require_in_fund(row)
        apart = _apart(actor, row, act.today)
        facts: dict[str, object] = {"fee": row.fee, "lot": row.lot, "transfer": row.transfer, "town": row.town}
        if row.fee is not None:
            facts["application"] = row.fee.application
        said = note.strip() or f"付款核定第 {row.pk} 号，{row.payee}"
        made = write_money(actor, pool, row.kind, row.amount, day, ticket, said, at, late=words, **facts)
        row.money = made
        row.save(update_fields=["money"])
        told = {"kind": made.kind, "amount": f"{made.amount:.2f}"} | apart
        act.record("farmland.money.recorded", f"farmland-money:{made.number}", **told)
    return made
