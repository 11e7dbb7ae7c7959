"""A project that was taken back (第八条（三）): 不可抗力 found or withdrawn afterwards, by 区规自分局 whose finding it is, and
what goes back of its fees, by 区财政局. So a refund has a hand of both offices of 第十四条 (0144).
"""

from datetime import datetime
from decimal import Decimal

from farmland import access
from farmland.enums import FeeKind, State
from farmland.models import Fee, Warrant
from farmland.models.work import FEES_SETTLED, FOUND_ANEW
from farmland.queries.money import over_of, short_of
from farmland.rules.fees import require_force_majeure, require_returnable
from farmland.services.applications import acting_on, event
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused


def find_force_majeure(
    *, actor: Actor, application_id: int, version: int, force_majeure: bool, coordination: str, at: datetime
) -> None:
    """The finding of the 收回 is turned. 无偿收回 gives nothing back: what had been given back is 待补缴 then."""
    access.require_pool(actor)
    said = _opinion(coordination)
    with acting_on(
        actor,
        application_id,
        version,
        at,
        act="改认定",
        states=(State.RECLAIMED,),
        action="farmland.application.found",
    ) as (row, _):
        found = "属于不可抗力" if force_majeure else "不属于不可抗力，已缴费用不退"
        if row.force_majeure == force_majeure:
            raise Conflict("nothing-changed", f"这件现在就是“{found}”，没有保存。认定没有变的不用再登记。")
        row.force_majeure = force_majeure
        gone = [] if force_majeure else list(row.fees.exclude(returned=0).order_by("pk"))
        for fee in gone:
            fee.returned, fee.return_note = Decimal("0.00"), ""
            fee.save(update_fields=["returned", "return_note"])
        # What was decided to be given back and has no voucher yet is not given back any more.
        Warrant.objects.filter(fee__in=gone, money__isnull=True, cancelled_at__isnull=True).update(
            cancelled_at=at, cancelled_by=actor.label[:200], cancelled_for=f"改认定：{said}"[:300]
        )
        event(actor, row, FOUND_ANEW, "；".join([f"{found}：{said}", *map(_words, gone)]), at)


def settle(
    *,
    actor: Actor,
    application_id: int,
    version: int,
    coordination: str,
    reclamation: Decimal,
    compensation: Decimal,
    at: datetime,
) -> None:
    """第十四条: of 不可抗力, in 元 what 区规自分局 and 区财政局 settled to give back of each fee.

    Nothing moves by it: what was paid above what is left is 待退, by 付款核定 and voucher. Each time says the whole: 0 takes
    back what stood there before.
    """
    access.require_money(actor)
    said = _opinion(coordination)
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
        require_force_majeure(row.force_majeure)
        fees = {fee.kind: fee for fee in row.fees.all()}
        for kind, amount in wanted.items():
            charged = fees[kind].amount - fees[kind].waived if kind in fees else Decimal("0.00")
            require_returnable(str(kind.label), amount, charged)
        for fee in fees.values():
            fee.returned = wanted[FeeKind(fee.kind)]
            fee.return_note = said if fee.returned else ""
            fee.save(update_fields=["returned", "return_note"])
        event(actor, row, FEES_SETTLED, "；".join([said, *map(_words, fees.values())]), at)


def _opinion(coordination: str) -> str:
    said = coordination.strip()
    if not said:
        raise Refused("no-coordination", "没有写协调意见，没有保存。请填文号或会议和结论。", "21·第十四条")
    return said


def _words(fee: Fee) -> str:
    over, short = over_of(fee), short_of(fee)
    rest = f"，待退 {over:,.2f} 元" if over else f"，待补缴 {short:,.2f} 元" if short else ""
    return f"{fee.get_kind_display()}退还 {fee.returned:,.2f} 元{rest}"
