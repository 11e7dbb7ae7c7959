"""收支 (第十一至十三条): recorded by 区财政局 alone, row after row; a correction is a reversal."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F

from farmland import access
from farmland.enums import BACK_OF, FEE_OF, REWARD_OF, Builder, Choice, MoneyKind, RateKind
from farmland.models import Application, Fee, Lot, Money, Pool, Transfer
from farmland.queries import money as sums
from farmland.queries import rewards, tables
from farmland.rules.fees import rates_on, require_rate
from farmland.rules.limits import require_not_too_large
from farmland.rules.rewards import maintenance_of
from farmland.services.ledger import lock_pool
from miyun_kpi.acts.acting import acting
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.organisations.models import Organisation

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Movement:
    kind: str
    amount: Decimal
    day: date
    ticket: str
    application_id: int | None = None
    lot_id: int | None = None
    transfer_id: int | None = None
    town: str = ""
    note: str = ""


def record_money(*, actor: Actor, movement: Movement, at: datetime) -> Money:
    """One movement, never more than what is due or there."""
    access.require_money(actor)
    if movement.kind not in MoneyKind.values:
        raise Refused("unknown-kind", "请选收支类别，没有保存。")
    if movement.amount <= 0:
        raise Refused("bad-money", "金额须大于 0 元，没有保存。请核对金额。")
    require_not_too_large(movement.amount, "金额")
    if not movement.ticket.strip():
        raise Refused("no-ticket-number", "没有填票据或凭证号，没有保存。请补填票号。", "21·第八条（四）")
    if movement.day > at.astimezone().date():
        raise Refused("future-day", f"日期 {movement.day} 晚于今天，没有保存。请核对日期。")
    with acting(actor, at) as act:
        pool = lock_pool()
        taken = Money.objects.filter(kind=movement.kind, ticket=movement.ticket.strip())
        if sums.standing(taken):
            raise Conflict("ticket-taken", f"票据“{movement.ticket.strip()[:30]}”已经登记过，没有保存。请核对票号。")
        facts, most, what = _limit(actor, movement)
        most = max(most, ZERO)
        if movement.amount > most:
            raise Refused(
                "too-much", f"{what}还可登记 {most:,.2f} 元，这次是 {movement.amount:,.2f} 元，没有保存。请核对金额。"
            )
        row = _write(
            actor, pool, movement.kind, movement.amount, movement.day, movement.ticket, movement.note, at, **facts
        )
        act.record("farmland.money.recorded", f"farmland-money:{row.number}", kind=row.kind, amount=f"{row.amount:.2f}")
    return row


def _write(
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


Limit = tuple[dict[str, object], Decimal, str]


def _limit(actor: Actor, one: Movement) -> Limit:
    """What the movement belongs to, and the most it may be."""
    kind = one.kind
    if kind in FEE_OF:
        return _of_fee(actor, one)
    if kind in (MoneyKind.IN_TRANSFER, MoneyKind.OUT_REWARD_TRANSFER):
        return _of_transfer(actor, one)
    if kind in (MoneyKind.OUT_SOE_COST, MoneyKind.OUT_SOE_PROFIT, MoneyKind.OUT_MAINTENANCE):
        return _of_lot(actor, one)
    if kind in sums.FUND_OUT:
        return {}, sums.fund(), "耕地保护补偿费"
    town = _town(one.town)
    if kind in sums.TOWN_OUT:
        return {"town": town}, rewards.town_free(town.pk), f"{town.name}奖励资金"
    gap = rewards.gap_of(town.pk, REWARD_OF.get(kind, kind))
    return {"town": town}, -gap if kind in REWARD_OF else gap, f"{town.name}{MoneyKind(kind).label[2:]}"


def _town(text: str) -> Organisation:
    from farmland.services.applications import place_named

    return place_named(text)


def _of_fee(actor: Actor, one: Movement) -> Limit:
    row = Application.objects.filter(pk=one.application_id or 0).first()
    if row is None:
        raise Refused("no-application", "请写这笔缴费属于哪件申请，没有保存。")
    fee = Fee.objects.filter(application=row, kind=FEE_OF[one.kind]).first()
    if fee is None:
        raise Refused("not-assessed", "这件申请的费用还没有核定，没有保存。请先核费。", "21·第八条（四）")
    return {"fee": fee, "application": row}, fee.owed - sums.paid_of(fee), f"{row.name}{fee.get_kind_display()}"


def _of_transfer(actor: Actor, one: Movement) -> Limit:
    row = Transfer.objects.filter(pk=one.transfer_id or 0, reversed_at__isnull=True).first()
    if row is None:
        raise Refused("no-transfer", "请写这笔收支属于哪件转让，没有保存。", "21·第九条（三）")
    done = sums.total(sums.standing(row.payments.filter(kind=one.kind)))
    if one.kind == MoneyKind.IN_TRANSFER:
        return {"transfer": row}, row.amount - done, f"转让{row.district}"
    town = _town(one.town)
    if not row.entries.filter(lot__town=town).exists():
        raise Refused(
            "not-its-town", f"转让{row.district}没有用{town.name}的批次，没有保存。请核对镇。", "21·第九条（三）"
        )
    if row.reward is None:
        raise Refused("no-reward", "这件转让还没有登记区政府单独议定的奖励，没有保存。", "21·第九条（三）")
    return {"transfer": row, "town": town}, row.reward - done, f"转让{row.district}奖励"


def _of_lot(actor: Actor, one: Movement) -> Limit:
    lot = Lot.objects.filter(pk=one.lot_id or 0, struck_at__isnull=True).first()
    if lot is None or lot.builder != Builder.SOE:
        raise Refused("not-soe", "成本、利润和管护费只付给区管国有企业实施的批次，没有保存。请选批次。", "21·第十条")
    done = sums.total(sums.standing(lot.payments.filter(kind=one.kind)))
    if one.kind == MoneyKind.OUT_SOE_COST:
        return {"lot": lot}, (lot.cost or ZERO) - done, f"{lot.name}成本"
    if one.kind == MoneyKind.OUT_SOE_PROFIT:
        return {"lot": lot}, (lot.profit or ZERO) - done, f"{lot.name}利润"
    if not lot.mining:
        raise Refused("not-mining", f"{lot.name}不在矿区内，没有管护费，没有保存。", "21·第十条")
    rate = require_rate(rates_on(tables.rates(), one.day), RateKind.MAINTENANCE, one.day)
    whole = maintenance_of(lot.builder, lot.mining, lot.area, rate.value)
    once = tables.choices()[Choice.MAINTENANCE_ONCE]
    return {"lot": lot}, whole - done if once else whole, f"{lot.name}管护费（{rate.value:,.2f} 元/亩）"


def reverse_money(*, actor: Actor, number: int, reason: str, at: datetime) -> Money:
    """冲正 of one row; what it carried no longer counts."""
    access.require_money(actor)
    said = read_reason(reason, "冲正要写原因", most=300)
    with acting(actor, at) as act:
        pool = lock_pool()
        first = Money.objects.filter(number=number).select_related("application").first()
        if first is None:
            raise Refused("unknown-entry", f"没有第 {number} 笔收支，没有冲正。请核对笔号。")
        if first.reverses or Money.objects.filter(reverses=number).exists():
            raise Conflict("reversed", f"第 {number} 笔已经冲正，没有再执行。")
        _require_reversible(first)
        row = _write(
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
        act.record("farmland.money.reversed", f"farmland-money:{number}", reason=said)
    return row


def _require_reversible(first: Money) -> None:
    """A ticket stays under a posted use; income stays as long as it is spent."""
    if first.kind in FEE_OF and first.application is not None and first.application.state == "posted":
        raise Conflict("posted", "这件申请已经核销，票据不能冲正，没有执行。请先冲正核销。", "21·第八条（四）")
    if first.kind in sums.FUND_IN and sums.fund() < first.amount:
        raise Refused("spent", "冲正后补偿费余额会小于 0，没有执行。请先冲正用途。", "21·第十三条")
    if first.kind not in sums.TOWN_IN or not first.town_id:
        return
    moved = [row for row in sums.town_money() if row.town_id == first.town_id]
    if first.kind in BACK_OF and sums.kept_of(moved, first.kind) < first.amount:
        raise Refused("taken-back", "这笔奖励已经追回，没有冲正。请先冲正追回的那一笔。", "21·第十四条")
    if sums.town_fund(moved, first.town_id) < first.amount:
        raise Refused("spent", "冲正后该镇奖励资金余额会小于 0，没有执行。请先冲正用途。", "21·第十二条")
