"""核费 and 减免: by 区财政局."""

from datetime import date, datetime
from decimal import Decimal

from farmland import access
from farmland.enums import EntryKind, FeeKind, RewardPart, State
from farmland.models import Application, Entry, Fee
from farmland.queries import tables
from farmland.queries.money import over_of, paid_of
from farmland.rules.fees import FeeLine, fee_lines, require_computed, waived_amount
from farmland.services import settling
from farmland.services.applications import acting_on, event
from farmland.services.days import day_and_words, noted
from miyun_kpi.acts.days import IN_TIME, Late
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused


def lines_of(row: Application, on: date) -> list[FeeLine]:
    return fee_lines(row.nature, row.decided, row.area, on, tables.rates(), tables.spans())


def _require_meant(row: Application, on: date) -> None:
    """The day of assessment chooses rule and price (第八、十六条): it is not put before the approval or the reservation."""
    reserved = Entry.objects.filter(application=row, kind=EntryKind.RESERVE).order_by("-number").first()
    first = max(filter(None, [row.approval_on, reserved.done_on if reserved else None]), default=None)
    if first is not None and on < first:
        raise Refused(
            "too-early",
            f"核费日期 {on} 早于批准或预留的日期 {first}，没有核费：适用哪一天的规则和单价由核费日期定，不能倒填。请改日期。",
            "21·第八条（四）",
        )


def assess_fees(
    *,
    actor: Actor,
    application_id: int,
    version: int,
    on: date,
    at: datetime,
    late: Late = IN_TIME,
    asked_on: date | None = None,
) -> list[Fee]:
    """Both fees of a reserved application on a day; once a ticket is recorded they stay as they are.

    A fee that a 勘正 has voided (a 协调意见 voids only what is unpaid) is assessed anew although it was paid: the ticket counts for it.
    """
    access.require_money(actor)
    if on > at.astimezone().date():
        raise Refused("future-day", f"核费日期 {on} 晚于今天，没有核费。请核对日期。")
    with acting_on(
        actor, application_id, version, at, act="核费", states=(State.RESERVED,), action="farmland.fees.assessed"
    ) as (row, _):
        if any(paid_of(fee) > 0 for fee in row.fees.all()) and not any(fee.void for fee in row.fees.all()):
            raise Conflict("paid", "已经登记缴费票据，不能重新核费，没有执行。请先冲正票据。")
        _require_meant(row, on)
        _, words = day_and_words(on, at, late, [], "21·第八条（四）", asked_on)
        lines = lines_of(row, on)
        require_computed(lines)
        made = [_assessed(row, line, on, actor, at) for line in lines]
        said = "；".join(f"{fee.get_kind_display()} {fee.amount:,.2f} 元" for fee in made)
        event(actor, row, "核费", noted(said, on, words, at), at)
    return made


def _assessed(row: Application, line: FeeLine, on: date, actor: Actor, at: datetime) -> Fee:
    """The fee as it is charged now; a waiver of what was charged before goes."""
    # Its application is held, so nobody else writes it; locked by itself it would be locked after the pool.
    fee = row.fees.filter(kind=line.duty.kind).first() or Fee(application=row, kind=line.duty.kind)
    fee.area, fee.rate, fee.amount = line.area, line.rate, line.amount or Decimal("0.00")
    fee.waived, fee.approved, fee.waiver_number, fee.waiver_on = Decimal("0.00"), Decimal("0.00"), "", None
    fee.void = False
    fee.reason, fee.clause = line.reason[:300], line.duty.clause
    fee.assessed_on, fee.at, fee.by = on, at, actor.label[:200]
    fee.save()
    return fee


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
    """第八条（二）: the compensation fee, with 区政府's approval. What was paid above what is left is 待退, also after the 核销;
    a reward that rests on the fee follows by difference.
    """
    access.require_money(actor)
    if approval_on > at.astimezone().date():
        raise Refused("future-day", f"批准日期 {approval_on} 晚于今天，没有减免。请核对日期。")
    with acting_on(
        actor,
        application_id,
        version,
        at,
        act="减免",
        states=(State.RESERVED, State.POSTED),
        action="farmland.fee.waived",
    ) as (row, _):
        fee = row.fees.filter(kind=FeeKind.COMPENSATION).first()
        if fee is None:
            raise Refused("not-assessed", "耕地保护补偿费还没有核定，没有减免。请先核费。", "21·第八条（二）")
        if fee.amount == 0:
            raise Refused("nothing-due", "这个项目不缴耕地保护补偿费，没有可以减免的。", "21·第八条（二）")
        waived_amount(fee.amount, amount, approval_number)
        fee.waived = fee.approved = amount
        fee.waiver_number, fee.waiver_on = approval_number.strip(), approval_on
        fee.save(update_fields=["waived", "approved", "waiver_number", "waiver_on"])
        told = f"{amount:,.2f} 元，批准文号 {fee.waiver_number}"
        event(actor, row, "减免补偿费", told + (f"，待退 {over_of(fee):,.2f} 元" if over_of(fee) else ""), at)
        rows = settling.uses_of(row)
        touched = [(one.pk, str(part)) for one in rows for part in RewardPart.values]
        settling.note_over(actor, settling.settle_difference(actor, rows, touched, f"减免补偿费{told}", at), at)
    return fee
