"""What waits on “my desk”: milestones of one's own stations, applications to review, to pay, to pass on. Never a name."""

from collections.abc import Sequence
from datetime import datetime

from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib.actors import Actor
from postdoc import access
from postdoc.enums import APP, DOCUMENT, Phase
from postdoc.models import Application
from postdoc.queries.money import balance_of, waits_with_unit, with_lines
from postdoc.queries.stays import line_of, with_milestones
from postdoc.services.reminders import HELD_DAYS

MOST = 500


def desk_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    if actor.organisation_id is None:
        return []
    items = _milestones(actor, at) if access.enters(actor) else []
    return [*items, *_applications(actor, at)]


def _applications(actor: Actor, at: datetime) -> list[DeskItem]:
    handler, treasury = access.is_handler(actor), access.is_treasury(actor)
    if not (handler or treasury or access.enters(actor)):
        return []
    found = access.visible_applications(actor).filter(phase__in=[Phase.SUBMITTED, Phase.RETURNED, Phase.APPROVED])
    if not (handler or treasury):
        found = found.filter(station__keeper_id=actor.organisation_id or 0)
    items = []
    for row in with_lines(found)[:MOST]:
        now = balance_of(row)
        days = waits_with_unit(row, now, at.astimezone().date())
        if handler and row.phase == Phase.SUBMITTED and row.entered_by_id != actor.user_id:
            items.append(_item(row, "to-check", "submitted", "审核", "第二十四条（二）"))
        elif treasury and now.owed > 0:
            items.append(_item(row, "to-check", "overdue", "登记追回到账", "第二十六条", f"待追回 {now.owed:,.2f} 元"))
        elif treasury and row.phase == Phase.APPROVED and now.received < row.amount and not now.clawback:
            items.append(_item(row, "to-check", "submitted", "拨付", "第二十四条（三）"))
        elif access.may_enter(actor, row.station) and row.phase == Phase.RETURNED:
            items.append(_item(row, "returned", "returned", "补正", "第二十四条（一）"))
        elif access.may_enter(actor, row.station) and days is not None:
            group = "late" if days > HELD_DAYS else "due-soon"
            items.append(
                _item(
                    row, group, "overdue" if group == "late" else "due", "付给本人", "第二十七条", f"在单位已 {days} 天"
                )
            )
    return items


def _item(row: Application, group: str, state: str, action: str, clause: str, more: str = "") -> DeskItem:
    return DeskItem(
        group=group, subject=APP, state=state, title=f"{row.get_grant_display()}：申报第 {row.number} 号",
        context=more or row.station.name, url=f"/postdoc/applications/{row.pk}/", action=action, document=DOCUMENT,
        clause=clause,
    )  # fmt: skip


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
