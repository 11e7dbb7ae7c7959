"""协调意见 (第十四条): what 区规自分局 and 区财政局 settled where the text leaves it open."""

from datetime import datetime

from farmland import access
from farmland.enums import FeeKind, State
from farmland.models import Fee
from farmland.rules.fees import ZERO, Duty, compensation_duty
from farmland.services.applications import acting_on, event, has_paid
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused


def coordinate(
    *,
    actor: Actor,
    application_id: int,
    version: int,
    coordination: str,
    coordinated_compensation: bool | None,
    at: datetime,
) -> None:
    """第十四条: what 区规自分局 and 区财政局 settled, by either of them, before a fee is paid.

    Where it changes whether the compensation fee is due, one that was assessed is void and assessed anew.
    """
    access.require_office(actor)
    said = coordination.strip()
    if not said:
        raise Refused("no-coordination", "没有写协调意见，没有保存。请填文号或会议和结论。", "21·第十四条")
    with acting_on(
        actor,
        application_id,
        version,
        at,
        act="登记协调意见",
        states=(State.REGISTERED, State.RESERVED),
        action="farmland.application.coordinated",
    ) as (row, _):
        if has_paid(row):
            raise Conflict("paid", "已经登记缴费票据，不能再改协调意见，没有保存。请先冲正票据。", "21·第十四条")
        before = compensation_duty(row.nature, row.decided)
        row.coordination, row.coordinated_compensation = said, coordinated_compensation
        now = compensation_duty(row.nature, row.decided)
        fee = row.fees.filter(kind=FeeKind.COMPENSATION).first()
        anew = fee is not None and row.state == State.RESERVED and now.due != before.due
        if fee is not None and anew:
            _void(fee, now)
        event(actor, row, "登记协调意见", f"{said}，耕地保护补偿费待重新核费" if anew else said, at)


def _void(fee: Fee, now: Duty) -> None:
    """As a 勘正 leaves a fee that has lost its ground: nothing is due until it is assessed anew."""
    fee.void, fee.rate, fee.amount, fee.waived = True, None, ZERO, ZERO
    fee.reason = now.reason[:300]
    fee.save(update_fields=["void", "rate", "amount", "waived", "reason"])
