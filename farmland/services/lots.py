"""入库 of accepted lots (第四、五条) and what may still be written about them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from farmland import access
from farmland.enums import DOCUMENT, Builder, EntryKind, MoneyKind, RateKind
from farmland.models import Lot
from farmland.queries import tables
from farmland.queries.money import standing, total
from farmland.rules.fees import rates_on, require_rate
from farmland.rules.limits import require_acceptance_day, require_area, require_not_below_paid, require_not_too_large
from farmland.rules.places import require_town
from farmland.rules.rewards import require_profit
from farmland.services.ledger import Move, append, lock_pool
from miyun_kpi.acts.acting import acting
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, FieldError, Refused
from miyun_kpi.organisations.enums import Category
from miyun_kpi.organisations.queries import resolve


@dataclass(frozen=True)
class NewLot:
    record_number: str
    name: str
    town: str
    builder: str
    mining: bool
    area: Decimal
    accepted_on: date
    acceptance_number: str
    builder_name: str = ""
    cost: Decimal | None = None
    profit: Decimal | None = None
    quality: str = ""
    paddy: Decimal | None = None
    capacity: str = ""
    coordination: str = ""


def checked_lot(new: NewLot, at: datetime) -> dict[str, object]:
    town = resolve(new.town)
    if town is None or town.category != Category.TOWNSHIP:
        raise Refused("unknown-town", f"没有叫“{new.town.strip()[:30]}”的镇，没有保存。请写镇的名称。")
    require_town(town.name, new.coordination)
    if not new.record_number.strip():
        raise Refused("no-record-number", "没有农村土地整治监测监管系统的备案号，没有入库。请补填备案号。", "21·第四条")
    if not new.acceptance_number.strip():
        raise Refused("not-accepted", "没有市规自委的验收文号，没有入库。经验收的新增耕地才纳入指标库。", "21·第五条")
    if not new.name.strip():
        raise Refused("not-filled", "请填批次名称，没有保存。")
    if new.accepted_on > at.astimezone().date():
        raise Refused("future-day", f"验收日期 {new.accepted_on} 晚于今天，没有保存。请核对日期。")
    require_acceptance_day(new.accepted_on)
    require_area(new.area, "验收面积")
    if new.paddy is not None and not 0 <= new.paddy <= new.area:
        raise Refused("bad-paddy", f"水田面积不能超过验收面积 {new.area:.4f} 亩，没有保存。请核对面积。")
    if new.builder == Builder.SOE and not new.builder_name.strip():
        raise Refused("no-builder", "区管国企实施的请写企业名称，没有保存。", "21·第四条")
    require_costs(new.builder, new.cost, new.profit, new.accepted_on)
    given = {key: value.strip() if isinstance(value, str) else value for key, value in new.__dict__.items()}
    return given | {"town": town}


def require_costs(builder: str, cost: Decimal | None, profit: Decimal | None, day: date) -> None:
    """第十条. Before the rule there is no cap for the day; that of its first day is asked for."""
    for what, value in (("成本", cost), ("利润", profit)):
        if value is not None and value < 0:
            raise Refused("bad-money", f"{what}不能小于 0，没有保存。请核对金额。")
        if value is not None:
            require_not_too_large(value, what)
    if profit is None:
        return
    if builder != Builder.SOE:
        raise Refused("profit-of-town", "利润只对区管国企实施的批次，没有保存。请删去利润。", "21·第十条")
    if cost is None:
        raise Refused("no-cost", "有利润没有成本，没有保存。请先填成本。", "21·第十条")
    rates = tables.rates()
    held = rates_on(rates, day)
    if RateKind.PROFIT_CAP not in held:
        first = min((one.first for one in rates if one.kind == RateKind.PROFIT_CAP), default=day)
        held = rates_on(rates, max(day, first))
    require_profit(cost, profit, require_rate(held, RateKind.PROFIT_CAP, day).value)


def put_lot(actor: Actor, given: dict[str, object], at: datetime) -> Lot:
    """The row without its area in the pool; the caller holds the lock and writes the entry."""
    if Lot.objects.filter(record_number=given["record_number"], struck_at__isnull=True).exists():
        raise Conflict(
            "record-number-taken", f"备案号“{given['record_number']}”已经入库，没有保存。请核对备案号。", "21·第四条"
        )
    return Lot.objects.create(**given, created_at=at, created_by=actor.label, changed_at=at, changed_by=actor.label)


def accept_lot(*, actor: Actor, new: NewLot, at: datetime) -> Lot:
    """验收入库."""
    access.require_pool(actor)
    given = checked_lot(new, at)
    with acting(actor, at) as act:
        pool = lock_pool()
        lot = put_lot(actor, given, at)
        reason = f"市规自委 {lot.accepted_on} 验收（{lot.acceptance_number}），备案号 {lot.record_number}"
        append(
            actor=actor,
            pool=pool,
            at=at,
            moves=[Move(lot, EntryKind.ACCEPT, lot.area, reason, f"{DOCUMENT}·第五条")],
        )
        act.record(
            "farmland.lot.accepted", f"farmland-lot:{lot.pk}", record_number=lot.record_number, area=f"{lot.area:.4f}"
        )
    return Lot.objects.select_related("town").get(pk=lot.pk)


def amend_lot(
    *,
    actor: Actor,
    lot_id: int,
    version: int,
    cost: Decimal | None,
    profit: Decimal | None,
    quality: str,
    paddy: Decimal | None,
    capacity: str,
    builder_name: str,
    at: datetime,
) -> Lot:
    """What does not touch the ledger. Town, area and dates are corrected by a reversal and a new 入库."""
    access.require_pool(actor)
    lot = access.visible_lot(actor, lot_id)
    require_costs(lot.builder, cost, profit, lot.accepted_on)
    if paddy is not None and not 0 <= paddy <= lot.area:
        raise Refused("bad-paddy", f"水田面积不能超过验收面积 {lot.area:.4f} 亩，没有保存。请核对面积。")
    with acting(actor, at) as act:
        # Not the lot: whoever moves quota or money holds the pool when it writes into a lot, and would wait for this act.
        lock_pool()
        row = Lot.objects.get(pk=lot_id)
        if row.struck_at is not None:
            raise Conflict("struck", "这一批次的入库已经冲正，没有保存。请把正确的重新入库。", "21·第四条")
        if row.version != version:
            current = {"value": {"changed_by": row.changed_by}, "version": row.version}
            raise Conflict(
                "stale",
                f"这一批次刚被{row.changed_by}改过，没有保存。请刷新后看过再改。",
                errors=[FieldError("刚被改过。", "stale", current=current)],
            )
        paid = standing(row.payments.all())
        for kind, amount, what in ((MoneyKind.OUT_SOE_COST, cost, "成本"), (MoneyKind.OUT_SOE_PROFIT, profit, "利润")):
            require_not_below_paid(amount or Decimal("0.00"), total(paid, kind), what, "21·第十条")
        row.cost, row.profit, row.paddy = cost, profit, paddy
        row.quality, row.capacity, row.builder_name = quality.strip(), capacity.strip(), builder_name.strip()
        row.version, row.changed_at, row.changed_by = row.version + 1, at, actor.label
        row.save(
            update_fields=[
                "cost",
                "profit",
                "paddy",
                "quality",
                "capacity",
                "builder_name",
                "version",
                "changed_at",
                "changed_by",
            ]
        )
        act.record("farmland.lot.amended", f"farmland-lot:{row.pk}", version=row.version)
    return row
