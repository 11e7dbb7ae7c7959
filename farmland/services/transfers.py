"""有偿转让其他区: with approval and an agreed price (第八条（一）); the reward is agreed by itself (第九条（三）)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max

from farmland import access
from farmland.enums import DOCUMENT, EntryKind, MoneyKind
from farmland.models import Event, Transfer
from farmland.queries import pool as pools
from farmland.queries import tables
from farmland.queries.money import standing, total
from farmland.rules.allocation import allocate
from farmland.rules.fees import require_span
from farmland.rules.limits import require_area, require_not_below_paid, require_not_too_large
from farmland.services.days import day_and_words, noted
from farmland.services.ledger import Move, append, lock_pool
from miyun_kpi.acts.acting import acting, locked
from miyun_kpi.acts.days import IN_TIME, Late, day_of_act
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import half_up
from miyun_kpi.lib.errors import Conflict, FieldError, Refused


@dataclass(frozen=True)
class Deal:
    district: str
    area: Decimal
    price: Decimal
    agreement: str
    approval_number: str
    approval_on: date


def _checked(deal: Deal, on: date, at: datetime) -> Decimal:
    """The agreed fee of a deal that may be made on that day."""
    if not deal.district.strip() or not deal.agreement.strip():
        raise Refused("not-filled", "请填受让区和协议，没有转让。", "21·第八条（一）")
    if not deal.approval_number.strip():
        raise Refused(
            "no-approval", "没有区政府批准文号，没有转让。未经区政府批准不得交易指标，请填批准文号和日期。", "21·第七条"
        )
    if deal.approval_on > at.astimezone().date():
        raise Refused("future-day", f"批准日期 {deal.approval_on} 晚于今天，没有转让。请核对日期。")
    require_area(deal.area, "转让面积", "没有转让")
    if deal.price < 0:
        raise Refused("bad-money", "单价不能小于 0，没有转让。请核对单价。")
    require_not_too_large(deal.price, "单价", unit="元/亩", done="没有转让")
    amount = half_up(deal.area * deal.price, 2)
    require_not_too_large(amount, "补偿费总额（面积 × 单价）", done="没有转让")
    require_span(tables.spans(), on)
    return amount


# 推定: 第九条（二） orders only uses within the district; the same order here, so that nobody picks the town that is rewarded.
def transfer_out(
    *,
    actor: Actor,
    deal: Deal,
    at: datetime,
    on: date | None = None,
    late: Late = IN_TIME,
    asked_on: date | None = None,
) -> Transfer:
    """Lots go by the date of acceptance. `on` is not before the approval or the acceptance of a lot that goes."""
    access.require_pool(actor)
    amount = _checked(deal, day_of_act(on, at), at)
    with acting(actor, at) as act:
        pool = lock_pool()
        lots = {lot.pk: lot for lot in pools.standing()}
        found = allocate(deal.area, "", "", [pools.facts_of(lot) for lot in lots.values()])
        if found.short > 0:
            raise Refused(
                "pool-short", f"全区可用 {found.taken:.4f} 亩，不够转让 {deal.area:.4f} 亩，没有转让。请核对面积。"
            )
        used = [(step.lot.accepted_on, f"{step.lot.name}的验收日期") for step in found.steps]
        day, words = day_and_words(on, at, late, [(deal.approval_on, "批准日期"), *used], "21·第七条", asked_on)
        top = Transfer.objects.aggregate(top=Max("number"))["top"]
        row = Transfer.objects.create(
            number=(top or 0) + 1,
            district=deal.district.strip(),
            area=deal.area,
            price=deal.price,
            amount=amount,
            agreement=deal.agreement.strip(),
            approval_number=deal.approval_number.strip(),
            approval_on=deal.approval_on,
            created_at=at,
            created_by=actor.label,
        )
        reason = f"转让{row.district}，批准文号 {row.approval_number}，按验收时间先后（推定）"
        append(
            actor=actor,
            pool=pool,
            at=at,
            transfer=row,
            on=day,
            late=words,
            moves=[
                Move(lots[step.lot.lot_id], EntryKind.TRANSFER, step.taken, reason, f"{DOCUMENT}·第八条（一）")
                for step in found.steps
            ],
        )
        note = noted(f"{row.area:.4f} 亩", day, words, at)
        Event.objects.create(transfer=row, act="转让", note=note[:500], at=at, by=actor.label)
        act.record("farmland.transfer.made", f"farmland-transfer:{row.pk}", number=row.number, area=f"{row.area:.4f}")
    return row


def agree_reward(
    *, actor: Actor, transfer_id: int, version: int, reward: Decimal, reward_number: str, at: datetime
) -> Transfer:
    """第九条（三）: what 区政府 agreed, with the number of its decision."""
    access.require_money(actor)
    access.visible_transfer(actor, transfer_id)
    if not reward_number.strip():
        raise Refused("no-approval", "没有区政府议定文号，没有保存。请补填文号。", "21·第九条（三）")
    if reward <= 0:
        raise Refused("bad-money", "议定奖励须大于 0 元，没有保存。请核对金额。", "21·第九条（三）")
    require_not_too_large(reward, "议定奖励")
    with acting(actor, at) as act:
        row = locked(Transfer.objects.all(), transfer_id)
        lock_pool()
        if row.version != version:
            current = {"value": {"reward": str(row.reward)}, "version": row.version}
            raise Conflict(
                "stale",
                "这件转让刚被别人改过，没有保存。请刷新后看过再办。",
                errors=[FieldError("刚被改过。", "stale", current=current)],
            )
        if row.reversed_at is not None:
            raise Conflict("reversed", "这件转让已经冲正，没有保存。")
        paid = total(standing(row.payments.all()), MoneyKind.OUT_REWARD_TRANSFER)
        require_not_below_paid(reward, paid, "转让奖励", "21·第九条（三）")
        row.reward, row.reward_number, row.version = reward, reward_number.strip(), row.version + 1
        row.save(update_fields=["reward", "reward_number", "version"])
        Event.objects.create(
            transfer=row, act="议定奖励", note=f"{reward:,.2f} 元，{row.reward_number}", at=at, by=actor.label
        )
        act.record("farmland.transfer.rewarded", f"farmland-transfer:{row.pk}", reward=f"{reward:.2f}")
    return row
