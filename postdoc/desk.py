"""What waits on “my desk”: milestones of one's own stations, applications to review, to pay, to pass on. Never a name."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from miyun_kpi.accounts.enums import Verb
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem, end_of_day
from miyun_kpi.lib import workdays
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.routes import to
from postdoc import access
from postdoc.enums import APP, DOCUMENT, Clawback, Phase
from postdoc.models import Application, Station
from postdoc.queries.money import balance_of, waits_with_unit, with_lines
from postdoc.queries.stays import line_of, with_milestones
from postdoc.services.reminders import HELD_DAYS

SOON_DAYS = 3


def desk_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    if actor.organisation_id is None:
        return []
    items = _milestones(actor, at) if access.enters(actor) else []
    return [*items, *_applications(actor, at)]


def concerns(actor: Actor, organisation: Organisation) -> list[str]:
    """The two offices, those that 第四条 names for a service, and the unit that keeps a station."""
    mine = actor.may(Verb.KEEP_REGISTERS) and organisation.code in access.OFFICES
    own = access.enters(actor) and Station.objects.filter(keeper=organisation).exists()
    return [APP] if mine or own else []


def _applications(actor: Actor, at: datetime) -> list[DeskItem]:
    handler, treasury = access.is_handler(actor), access.is_treasury(actor)
    if not (handler or treasury or access.enters(actor)):
        return []
    found = access.visible_applications(actor).filter(phase__in=[Phase.FILED, Phase.RETURNED, Phase.APPROVED])
    if not (handler or treasury):
        found = found.filter(station__keeper_id=actor.organisation_id or 0)
    items = []
    for row in with_lines(found):
        now = balance_of(row)
        days = waits_with_unit(row, now, at.astimezone().date())
        if treasury and row.imported is not None:
            items.append(_item(row, "to-check", "to_confirm", "核对历史拨付", "第二十四条（三）", ItemKind.TURN))
        elif handler and row.phase == Phase.FILED and row.entered_by_id != actor.user_id:
            items.append(_item(row, "to-check", "submitted", "审核", "第二十四条（二）", ItemKind.REVIEW))
        elif handler and now.owed > 0 and _left(row):
            more = f"离站后多领，待追回 {now.owed:,.2f} 元"
            items.append(_item(row, "to-check", "overdue", "通知退回", "第二十六条", ItemKind.TURN, more))
        elif treasury and now.owed > 0:
            more = f"待追回 {now.owed:,.2f} 元"
            items.append(_item(row, "to-check", "overdue", "登记追回到账", "第二十六条", ItemKind.TURN, more))
        elif treasury and row.phase == Phase.APPROVED and now.received < row.amount and not now.clawback:
            items.append(_item(row, "to-check", "submitted", "拨付", "第二十四条（三）", ItemKind.TURN))
        elif access.may_enter(actor, row.station) and row.phase == Phase.RETURNED:
            items.append(_item(row, "returned", "returned", "补正", "第二十四条（一）", ItemKind.RETURNED))
        elif access.may_enter(actor, row.station) and days is not None:
            items.append(_held(row, days, at.astimezone().date()))
    return items


def _left(row: Application) -> bool:
    """Whether a 追回 that opened by itself stands on it."""
    return any(one.ground == Clawback.LEFT and not hasattr(one, "reversal") for one in row.lines.all())


def _held(row: Application, days: int, today: date) -> DeskItem:
    """第二十七条 prints no days: the day of the reminder stands in for one, and the row says so."""
    by = today + timedelta(days=HELD_DAYS - days)
    late = days > HELD_DAYS
    said = f"在单位已 {days} 天 · 第 {HELD_DAYS} 天提醒（推定）"
    return _item(
        row,
        _group(by, today),
        "overdue" if late else "due",
        "付给本人",
        "第二十七条",
        ItemKind.TERM,
        said,
        end_of_day(by),
    )


def _group(by: date, today: date) -> str:
    if by < today:
        return "late"
    return "due-soon" if workdays.working_days_between(today, by) <= SOON_DAYS else "later"


def _item(
    row: Application,
    group: str,
    state: str,
    action: str,
    clause: str,
    kind: ItemKind,
    more: str = "",
    due_at: datetime | None = None,
) -> DeskItem:
    return DeskItem(
        group=group,
        subject=APP,
        state=state,
        title=f"{row.get_grant_display()}：申报第 {row.number} 号",
        context=more or row.station.name,
        url=to("postdoc:application", row.pk),
        action=action,
        document=DOCUMENT,
        clause=clause,
        due_at=due_at,
        kind=kind,
    )


def _milestones(actor: Actor, at: datetime) -> list[DeskItem]:
    """Of the people whom the actor's unit reports for."""
    today = at.astimezone().date()
    open_ = access.visible_stays(actor).filter(left_on__isnull=True, station__keeper_id=actor.organisation_id or 0)
    return [
        DeskItem(
            group=_group(one.by, today),
            subject=APP,
            state="overdue" if one.state == "overdue" else "due",
            title=f"{one.title}：在站第 {line.row.number} 号",
            context=line.row.station.name,
            url=to("postdoc:stay", line.row.pk),
            action="登记",
            document=DOCUMENT,
            clause=one.clause,
            due_at=end_of_day(one.by),
        )
        for line in (line_of(row, today) for row in with_milestones(open_))
        for one in line.open
    ]
