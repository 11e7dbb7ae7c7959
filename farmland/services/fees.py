"""核费, 减免 and the tables behind them: by 区财政局."""

from datetime import date, datetime
from decimal import Decimal

from farmland import access
from farmland.enums import RATE_UNITS, Choice, EntryKind, FeeKind, RateKind, State
from farmland.models import Application, Entry, Fee, Rate, RulePeriod, Setting
from farmland.queries import tables
from farmland.queries.money import paid_of
from farmland.rules.fees import FeeLine, fee_lines, require_computed, waived_amount
from farmland.rules.limits import LARGEST_RATE, require_not_too_large
from farmland.services.applications import acting_on, event
from farmland.services.ledger import lock_pool
from miyun_kpi.acts.acting import acting
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, NotFound, Refused


def lines_of(row: Application, on: date) -> list[FeeLine]:
    return fee_lines(row.nature, row.decided, row.area, on, tables.rates(), tables.spans())


def _require_meant(row: Application, on: date) -> None:
    """The day of assessment chooses rule and price (第八、十六条): it is not put before the approval or the reservation."""
    reserved = Entry.objects.filter(application=row, kind=EntryKind.RESERVE).order_by("-number").first()
    first = max(filter(None, [row.approval_on, reserved.at.astimezone().date() if reserved else None]), default=None)
    if first is not None and on < first:
        raise Refused(
            "too-early",
            f"核费日期 {on} 早于批准或预留的日期 {first}，没有核费：适用哪一天的规则和单价由核费日期定，不能倒填。请改日期。",
            "21·第八条（四）",
        )


def assess_fees(*, actor: Actor, application_id: int, version: int, on: date, at: datetime) -> list[Fee]:
    """Both fees of a reserved application on a day; once a ticket is recorded they stay as they are."""
    access.require_money(actor)
    if on > at.astimezone().date():
        raise Refused("future-day", f"核费日期 {on} 晚于今天，没有核费。请核对日期。")
    with acting_on(
        actor, application_id, version, at, act="核费", states=(State.RESERVED,), action="farmland.fees.assessed"
    ) as (row, _):
        if any(paid_of(fee) > 0 for fee in row.fees.all()):
            raise Conflict("paid", "已经登记缴费票据，不能重新核费，没有执行。请先冲正票据。")
        _require_meant(row, on)
        lines = lines_of(row, on)
        require_computed(lines)
        made = []
        for line in lines:
            # Under the lock of the pool, which every act on fees takes: no lock of its own after it.
            fee = row.fees.filter(kind=line.duty.kind).first() or Fee(application=row, kind=line.duty.kind)
            fee.area, fee.rate, fee.amount = line.area, line.rate, line.amount or Decimal("0.00")
            fee.waived, fee.waiver_number, fee.waiver_on = Decimal("0.00"), "", None
            fee.reason, fee.clause = line.reason[:300], line.duty.clause
            fee.assessed_on, fee.at, fee.by = on, at, actor.label[:200]
            fee.save()
            made.append(fee)
        event(actor, row, "核费", "；".join(f"{fee.get_kind_display()} {fee.amount:,.2f} 元" for fee in made), at)
    return made


def waive_fee(
    *,
    actor: Actor,
    application_id: int,
    version: int,
    amount: Decimal,
    approval_number: str,
    approval_on: date,
    at: datetime,
) -> Fee:
    """第八条（二）: the compensation fee, with 区政府's approval, before it is paid."""
    access.require_money(actor)
    if approval_on > at.astimezone().date():
        raise Refused("future-day", f"批准日期 {approval_on} 晚于今天，没有减免。请核对日期。")
    with acting_on(
        actor, application_id, version, at, act="减免", states=(State.RESERVED,), action="farmland.fee.waived"
    ) as (row, _):
        fee = row.fees.filter(kind=FeeKind.COMPENSATION).first()
        if fee is None:
            raise Refused("not-assessed", "耕地保护补偿费还没有核定，没有减免。请先核费。", "21·第八条（二）")
        if fee.amount == 0:
            raise Refused("nothing-due", "这个项目不缴耕地保护补偿费，没有可以减免的。", "21·第八条（二）")
        left = waived_amount(fee.amount, amount, approval_number)
        if paid_of(fee) > left:
            raise Conflict(
                "paid", f"已经登记票据 {paid_of(fee):,.2f} 元，超过减免后的 {left:,.2f} 元，没有减免。请先冲正票据。"
            )
        fee.waived, fee.waiver_number, fee.waiver_on = amount, approval_number.strip(), approval_on
        fee.save(update_fields=["waived", "waiver_number", "waiver_on"])
        event(actor, row, "减免补偿费", f"{amount:,.2f} 元，批准文号 {fee.waiver_number}", at)
    return fee


def enter_rate(
    *, actor: Actor, kind: str, value: Decimal, starts_on: date, ends_on: date | None, basis: str, at: datetime
) -> Rate:
    """A new dated row; the one before it is found by its later start, so nothing already charged changes."""
    access.require_money(actor)
    if kind not in RateKind.values:
        raise NotFound("没有这张表。")
    if value <= 0:
        raise Refused("bad-rate", "数值须大于 0，没有保存。请核对。")
    require_not_too_large(value, "数值", LARGEST_RATE, RATE_UNITS[kind])
    if not basis.strip():
        raise Refused("no-basis", "没有写依据（文号或会议），没有保存。请补填依据。")
    if ends_on is not None and ends_on < starts_on:
        raise Refused("bad-days", f"止用日期 {ends_on} 早于起用日期 {starts_on}，没有保存。请核对日期。")
    with acting(actor, at) as act:
        lock_pool()
        if Rate.objects.filter(kind=kind, starts_on=starts_on).exists():
            raise Conflict(
                "rate-taken", f"“{RateKind(kind).label}”自 {starts_on} 起的一行已经录入，没有保存。请换起用日期。"
            )
        used = Fee.objects.filter(kind=kind, rate__isnull=False, assessed_on__gte=starts_on)
        if ends_on is not None:
            used = used.filter(assessed_on__lte=ends_on)
        if used.exists():
            raise Refused(
                "already-charged", f"{starts_on} 以后已经按原单价核费，不能追溯改单价，没有保存。请另定起用日期。"
            )
        row = Rate.objects.create(
            kind=kind,
            value=value,
            starts_on=starts_on,
            ends_on=ends_on,
            basis=basis.strip(),
            created_at=at,
            created_by=actor.label,
        )
        act.record("farmland.rate.entered", f"farmland-rate:{kind}", value=f"{value:.2f}", starts_on=str(starts_on))
    return row


def enter_period(*, actor: Actor, starts_on: date, ends_on: date, basis: str, at: datetime) -> RulePeriod:
    """The days of a successor rule (第十六条); they do not overlap others."""
    access.require_money(actor)
    if not basis.strip():
        raise Refused("no-basis", "没有写后续办法的文号，没有保存。请补填文号。", "21·第十六条")
    if ends_on < starts_on:
        raise Refused("bad-days", f"止日 {ends_on} 早于起日 {starts_on}，没有保存。请核对日期。")
    with acting(actor, at) as act:
        lock_pool()
        standing = RulePeriod.objects.filter(starts_on__lte=ends_on, ends_on__gte=starts_on)
        other = standing.first()
        if other is not None:
            raise Conflict(
                "overlaps",
                f"与 {other.starts_on} 至 {other.ends_on} 的规则期限重叠，没有保存。请改起止日期。",
                "21·第十六条",
            )
        row = RulePeriod.objects.create(
            starts_on=starts_on,
            ends_on=ends_on,
            basis=basis.strip(),
            created_at=at,
            created_by=actor.label,
        )
        act.record("farmland.period.entered", "farmland-period", starts_on=str(starts_on), ends_on=str(ends_on))
    return row


def choose(*, actor: Actor, key: str, value: bool, basis: str, at: datetime) -> Setting:
    """A reading that the text leaves open; the office says on what it rests."""
    access.require_office(actor)
    if key not in Choice.values:
        raise NotFound("没有这项设置。")
    if not basis.strip():
        raise Refused("no-basis", "改设置要写依据，没有保存。请补填依据。", "21·第十四条")
    with acting(actor, at) as act:
        row = Setting.objects.create(key=key, value=value, basis=basis.strip(), at=at, by=actor.label)
        act.record("farmland.setting.chosen", f"farmland-setting:{key}", value=value)
    return row
