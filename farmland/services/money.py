"""收支 (第十一至十三条): recorded by 区财政局 alone, row after row; a correction is a reversal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F, QuerySet

from farmland import access
from farmland.enums import BY_WARRANT, FEE_OF, PART_OF, MoneyKind, State
from farmland.models import Application, Fee, Money, Pool, Transfer
from farmland.queries import money as sums
from farmland.queries import rewards, town_rewards
from farmland.rules.limits import require_not_too_large
from farmland.services import settling
from farmland.services.applications import assessed_now, place_named
from farmland.services.ledger import lock_pool
from miyun_kpi.acts.acting import acting
from miyun_kpi.acts.days import IN_TIME, Late, late_words
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.numbering import folded, require_plain
from miyun_kpi.lib.reading import read_reason

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Movement:
    kind: str
    amount: Decimal
    day: date
    ticket: str
    application_id: int | None = None
    transfer_id: int | None = None
    town: str = ""
    note: str = ""
    late: Late = IN_TIME


def record_money(*, actor: Actor, movement: Movement, at: datetime) -> Money:
    """One movement, never more than what is due or there."""
    access.require_money(actor)
    if movement.kind not in MoneyKind.values:
        raise Refused("unknown-kind", "请选收支类别，没有保存。")
    if movement.amount <= 0:
        raise Refused("bad-money", "金额须大于 0 元，没有保存。请核对金额。")
    require_not_too_large(movement.amount, "金额")
    if movement.kind in BY_WARRANT:
        raise Refused(
            "needs-warrant",
            "这类付款和追回先由两人核定，再登记凭证，没有保存。请在“应付和待退”办理；金额和收款单位从核定带出。",
            "21·第十一条",
        )
    if movement.day > at.astimezone().date():
        raise Refused("future-day", f"日期 {movement.day} 晚于今天，没有保存。请核对日期。")
    words = late_words(movement.day, at, movement.late, what="日期", clause="21·第八条（四）")
    with acting(actor, at) as act:
        pool = lock_pool()
        require_free_ticket(movement.kind, movement.ticket)
        facts, most, what, rests_on = _limit(actor, movement)
        _require_none_beside(movement, facts)
        require_after(movement.day, *rests_on)
        most = max(most, ZERO)
        if movement.amount > most:
            raise Refused(
                "too-much", f"{what}还可登记 {most:,.2f} 元，这次是 {movement.amount:,.2f} 元，没有保存。请核对金额。"
            )
        row = write_money(
            actor,
            pool,
            movement.kind,
            movement.amount,
            movement.day,
            movement.ticket,
            movement.note,
            at,
            late=words,
            **facts,
        )
        act.record("farmland.money.recorded", f"farmland-money:{row.number}", kind=row.kind, amount=f"{row.amount:.2f}")
    return row


def _require_none_beside(movement: Movement, facts: Mapping[str, object]) -> None:
    """What the kind does not belong to is not dropped unsaid: the row is never changed afterwards."""
    given = {"application": movement.application_id, "transfer": movement.transfer_id, "town": movement.town.strip()}
    words = {"application": "项目", "transfer": "转让", "town": "镇"}
    beside = [words[name] for name, value in given.items() if value and name not in facts]
    if beside:
        kind = MoneyKind(movement.kind).label
        raise Refused("not-of-this-kind", f"“{kind}”不写{'、'.join(beside)}，没有保存。请清空这一栏，或改选类别。")


def require_after(day: date, first: date | None, what: str) -> None:
    """Money does not move before the fact that it rests on."""
    if first is not None and day < first:
        raise Refused(
            "too-early", f"日期 {day} 早于{what}的日期 {first}，没有保存。请照票据核对日期。", "21·第八条（四）"
        )


def require_free_ticket(kind: str, ticket: str) -> None:
    """A ticket counts once for its kind, however it is typed; a voucher of a payment once for all payments."""
    require_plain(ticket, "票据或凭证号")
    said, key = ticket.strip(), folded(ticket)
    if not key or len(said) > 60:
        raise Refused("no-ticket-number", "没有填票据或凭证号（1 至 60 字），没有保存。请补填票号。", "21·第八条（四）")
    kinds = BY_WARRANT if kind in BY_WARRANT else [kind]
    # The pool is held, so that nobody else writes one; what is written is never changed, so that no key is kept beside it.
    same = next((row for row in sums.standing(Money.objects.filter(kind__in=kinds)) if folded(row.ticket) == key), None)
    if same is not None:
        raise Conflict(
            "ticket-taken", f"票据“{said[:30]}”已经登记过（第 {same.number} 笔“{same.ticket}”），没有保存。请核对票号。"
        )


def write_money(
    actor: Actor,
    pool: Pool,
    kind: str,
    amount: Decimal,
    day: date,
    ticket: str,
    note: str,
    at: datetime,
    **facts: object,
) -> Money:
    Pool.objects.filter(pk=pool.pk).update(last_money=F("last_money") + 1)
    number = Pool.objects.values_list("last_money", flat=True).get(pk=pool.pk)
    return Money.objects.create(
        number=number,
        kind=kind,
        amount=amount,
        day=day,
        ticket=ticket.strip(),
        note=note.strip()[:300],
        at=at,
        by=actor.label[:200],
        **facts,
    )


# What it belongs to, the most it may be, how that is said, and the fact it rests on with its day.
Limit = tuple[dict[str, object], Decimal, str, tuple[date | None, str]]


def _limit(actor: Actor, one: Movement) -> Limit:
    """What the movement belongs to, the most it may be, and what it may not come before."""
    if one.kind in FEE_OF:
        return _of_fee(actor, one)
    if one.kind == MoneyKind.IN_TRANSFER:
        return _of_transfer(actor, one)
    if one.kind in sums.FUND_USES:
        return {}, sums.fund(), "耕地保护补偿费", (_first_of(Money.objects.filter(kind__in=sums.FUND_IN)), "收入补偿费")
    town = place_named(one.town)
    first = _first_of(Money.objects.filter(kind__in=sums.TOWN_IN, town=town))
    return {"town": town}, town_rewards.town_free(town.pk), f"{town.name}奖励资金", (first, "付给该镇奖励")


def _first_of(rows: QuerySet[Money]) -> date | None:
    """The day on which there was anything to spend."""
    return min((row.day for row in sums.standing(rows)), default=None)


# Where a fee is paid: once it is reserved; afterwards what a 勘正 left open of it.
CHARGED = (State.RESERVED, State.POSTED, State.RECLAIMED)


def _of_fee(actor: Actor, one: Movement) -> Limit:
    row = Application.objects.filter(pk=one.application_id or 0).first()
    if row is None:
        raise Refused("no-application", "请写这笔缴费属于哪件申请，没有保存。")
    if row.state not in CHARGED:
        raise Conflict(
            "wrong-state",
            f"这件申请现在是“{row.get_state_display()}”，不登记缴费票据，没有保存。缴费在预留、核费以后登记。",
            "21·第八条（四）",
        )
    fee = Fee.objects.filter(application=row, kind=FEE_OF[one.kind]).first()
    if fee is None or row.state == State.RESERVED and not assessed_now(row):
        raise Refused("not-assessed", "这件申请的费用还没有核定，或要重新核定，没有保存。请先核费。", "21·第八条（四）")
    left, what = fee.owed - sums.paid_of(fee), f"{row.name}{fee.get_kind_display()}"
    return {"fee": fee, "application": row}, left, what, (fee.assessed_on, "核费")


def _of_transfer(actor: Actor, one: Movement) -> Limit:
    row = Transfer.objects.filter(pk=one.transfer_id or 0, reversed_at__isnull=True).first()
    if row is None:
        raise Refused("no-transfer", "请写这笔收支属于哪件转让，没有保存。", "21·第九条（三）")
    done = sums.total(sums.standing(row.payments.filter(kind=one.kind)))
    return {"transfer": row}, row.amount - done, f"转让{row.district}", (row.approval_on, "区政府批准转让")


def reverse_money(*, actor: Actor, number: int, reason: str, at: datetime) -> Money:
    """冲正 of one row; what it carried no longer counts, and the 核定 of a payment is open again."""
    access.require_money(actor)
    said = read_reason(reason, "冲正要写原因", most=300)
    with acting(actor, at) as act:
        pool = lock_pool()
        first = Money.objects.filter(number=number).select_related("application").first()
        if first is None:
            raise Refused("unknown-entry", f"没有第 {number} 笔收支，没有冲正。请核对笔号。")
        if first.reverses:
            raise Conflict(
                "reversal", f"第 {number} 笔是对第 {first.reverses} 笔的冲正，不能再冲正，没有执行。请重新登记。"
            )
        if Money.objects.filter(reverses=number).exists():
            raise Conflict("reversed", f"第 {number} 笔已经冲正，没有再执行。")
        _require_reversible(first)
        row = write_money(
            actor,
            pool,
            first.kind,
            first.amount,
            at.astimezone().date(),
            first.ticket,
            said,
            at,
            reverses=number,
            fee=first.fee,
            lot=first.lot,
            application=first.application,
            transfer=first.transfer,
            town=first.town,
        )
        settling.reopen(actor, first, said, at)
        act.record("farmland.money.reversed", f"farmland-money:{number}", reason=said)
    return row


def _require_reversible(first: Money) -> None:
    """A ticket stays under a posted use; income stays as long as it is spent."""
    if first.kind in FEE_OF and first.application is not None and first.application.state == State.POSTED:
        raise Conflict("posted", "这件申请已经核销，票据不能冲正，没有执行。请先冲正核销。", "21·第八条（四）")
    if first.kind in sums.FUND_IN and sums.fund() < first.amount:
        raise Refused("spent", "冲正后补偿费余额会小于 0，没有执行。请先冲正用途。", "21·第十三条")
    if first.kind in FEE_OF and first.fee is not None and sums.paid_of(first.fee) < first.amount:
        raise Refused("refunded", "这笔费用已经退还，票据不能冲正，没有执行。请先冲正退还的那一笔。", "21·第八条（四）")
    if first.kind not in sums.TOWN_IN or not first.town_id:
        return
    for warrant in first.warrants.select_related("entry"):
        if warrant.entry is None:
            continue
        held = rewards.held([warrant.entry])[warrant.entry.pk, PART_OF[warrant.kind]]
        if held.kept < warrant.amount:
            raise Refused("taken-back", "这笔奖励已经追回，没有冲正。请先冲正追回的那一笔。", "21·第十四条")
    moved = sums.by_town([first.town_id or 0]).get(first.town_id or 0, {})
    if sums.town_fund(moved) < first.amount:
        raise Refused("spent", "冲正后该镇奖励资金余额会小于 0，没有执行。请先冲正用途。", "21·第十二条")
