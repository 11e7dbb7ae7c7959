"""What waits on “my desk”: milestones of one's own stations that are due. Never a name."""

from collections.abc import Sequence
from datetime import datetime

from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib.actors import Actor
from postdoc import access
from postdoc.enums import APP, DOCUMENT
from postdoc.queries.stays import line_of, with_milestones

MOST = 500


def desk_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    return _milestones(actor, at) if access.enters(actor) else []


def _milestones(actor: Actor, at: datetime) -> list[DeskItem]:
    """Of the people whom the actor's unit reports for."""
    today = at.astimezone().date()
    open_ = access.visible_stays(actor).filter(left_on__isnull=True, station__keeper_id=actor.organisation_id or 0)
    return [
        DeskItem(
            group="late" if one.state == "overdue" else "due-soon", subject=APP,
            state="overdue" if one.state == "overdue" else "due", title=f"{one.title}：在站第 {line.row.number} 号",
            context=f"{line.row.station.name} · {one.by}", url=f"/postdoc/stays/{line.row.pk}/", action="登记",
            document=DOCUMENT, clause=one.clause,
        )
        for line in (line_of(row, today) for row in with_milestones(open_)[:MOST])
        for one in line.open
    ]  # fmt: skip
