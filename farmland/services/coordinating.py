"""协调意见 (第十四条): what 区规自分局 and 区财政局 settled where the text leaves it open."""

from datetime import datetime

from farmland import access
from farmland.enums import State
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
    """第十四条: what 区规自分局 and 区财政局 settled, by either of them, before a fee is paid."""
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
        row.coordination, row.coordinated_compensation = said, coordinated_compensation
        event(actor, row, "登记协调意见", said, at)
