"""费用处理 of a project that was taken back (第八条（三）): 不可抗力 found or withdrawn afterwards, and what goes back of its fees."""

from datetime import datetime
from decimal import Decimal

from farmland import access
from farmland.enums import FeeKind, State
from farmland.models import Fee
from farmland.models.work import FEES_SETTLED
from farmland.queries.money import over_of, short_of
from farmland.rules.fees import require_returnable
from farmland.services.applications import acting_on, event
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused


def settle(
    *,
    actor: Actor,
    application_id: int,
    version: int,
    force_majeure: bool,
    coordination: str,
    reclamation: Decimal,
    compensation: Decimal,
    at: datetime,
) -> None:
    """第十四条: whether it was 不可抗力, and in 元 what 区规自分局 and 区财政局 settled to give back of each fee.

    Nothing moves by it: what was paid above what is left is 待退, by 付款核定 and voucher; where a finding is withdrawn,
    what was given back is 待补缴. Each time says the whole: 0 takes back what stood there before.
    """
    access.require_money(actor)
    said = coordination.strip()
    if not said:
        raise Refused("no-coordination", "没有写协调意见，没有保存。请填文号或会议和结论。", "21·第十四条")
    wanted = {FeeKind.RECLAMATION: reclamation, FeeKind.COMPENSATION: compensation}
    with acting_on(
        actor,
        application_id,
        version,
        at,
        act="登记费用处理",
        states=(State.RECLAIMED,),
        action="farmland.application.settled",
    ) as (row, _):
        fees = {fee.kind: fee for fee in row.fees.all()}
        for kind, amount in wanted.items():
            charged = fees[kind].amount - fees[kind].waived if kind in fees else Decimal("0.00")
            require_returnable(str(kind.label), amount, charged, force_majeure=force_majeure)
        row.force_majeure = force_majeure
        for fee in fees.values():
            fee.returned = wanted[FeeKind(fee.kind)]
            fee.return_note = said if fee.returned else ""
            fee.save(update_fields=["returned", "return_note"])
        found = "属于不可抗力" if force_majeure else "不属于不可抗力，已缴费用不退"
        event(actor, row, FEES_SETTLED, "；".join([f"{found}：{said}", *(_words(fee) for fee in fees.values())]), at)


def _words(fee: Fee) -> str:
    over, short = over_of(fee), short_of(fee)
    rest = f"，待退 {over:,.2f} 元" if over else f"，待补缴 {short:,.2f} 元" if short else ""
    return f"{fee.get_kind_display()}退还 {fee.returned:,.2f} 元{rest}"
