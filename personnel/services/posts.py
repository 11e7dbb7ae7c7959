"""期初任职, 职数 and the settings of 人事."""

from datetime import date, datetime

from miyun_kpi.acts.acting import acting, lock_only, locked
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.organisations.enums import Category
from miyun_kpi.organisations.queries import resolve
from personnel import access
from personnel.enums import ActKind
from personnel.models import Act, Office, Person, Position
from personnel.services.drafts import ActInput, hold_named, person_named, position_named
from personnel.services.issue import require_consistent, standing_of
from personnel.services.namesakes import told_apart

MOST_SEATS = 99


def add_opening(
    *,
    actor: Actor,
    person: str,
    note: str,
    organisation: str,
    title: str,
    since: date | None,
    basis: str,
    same: str = "",
    at: datetime,
) -> Act:
    """A post held since before the acts known here; `since` stays empty where nobody knows the day."""
    access.require_office(actor)
    said = basis.strip()
    if not 2 <= len(said) <= 200:
        raise Refused("no-basis", "请写依据（2 至 200 字，如任职文件或干部名册），没有保存。")
    if since is not None and since > at.astimezone().date():
        raise Refused("future", f"任职日期 {since} 在今天以后，没有保存。新的任职请拟任免通知。")
    given = told_apart(ActInput(ActKind.OPENING, person, organisation, title, note, same=same))
    with acting(actor, at) as act:
        hold_named([given])
        who: Person = person_named(given.person, given.note)
        what: Position = position_named(organisation, title)
        standing = standing_of({who.pk})
        made = Act.objects.create(
            kind=ActKind.OPENING,
            person=who,
            position=what,
            since=since,
            basis=said,
            entered_by_id=actor.user_id or 0,
        )
        require_consistent(standing, [made], None)
        act.record("personnel.opening.added", f"act:{made.pk}", person=who.name, position=str(what))
    return made


def set_seats(*, actor: Actor, position_id: int, version: int, seats: int | None, basis: str, at: datetime) -> None:
    access.require_office(actor)
    said = basis.strip()
    if seats is not None and not (0 <= seats <= MOST_SEATS and 2 <= len(said) <= 200):
        raise Refused("bad-seats", f"职数须为 0 至 {MOST_SEATS}，并写依据（2 至 200 字），没有保存。不清楚职数请留空。")
    with acting(actor, at) as act:
        row = locked(Position.objects.all(), position_id)
        if row.version != version:
            raise Conflict(
                "stale", f"职数刚被改为 {row.seats if row.seats is not None else '空'}，没有保存。请看过后再存。"
            )
        row.seats, row.seats_basis, row.version = seats, said if seats is not None else "", row.version + 1
        row.save()
        act.record("personnel.seats.set", f"position:{row.pk}", seats=seats, basis=said)


def change_office(*, actor: Actor, version: int, organisation: str, remind_days: int, at: datetime) -> None:
    """By the office itself. Another organisation is only named here: the work goes over once that one receives it."""
    access.require_office(actor)
    found = resolve(organisation)
    if found is None:
        raise Refused("unknown-organisation", f"没有叫“{organisation.strip()[:30]}”的机构，没有保存。请写名称或别名。")
    if found.category == Category.TOWNSHIP or found.valid_to is not None:
        raise Refused("not-an-office", f"“{found.name}”不能作人事主管单位，没有保存。请写区委、区政府的部门。")
    if not 1 <= remind_days <= 180:
        raise Refused("bad-days", "提前提醒的天数须为 1 至 180，没有保存。请改天数。")
    with acting(actor, at) as act:
        row = lock_only(Office.objects.all())
        if row.version != version:
            raise Conflict("stale", "设置刚被别人改过，没有保存。请看过后再存。")
        moves = found.pk != row.organisation_id
        row.proposed, row.proposed_by = (found, actor.label) if moves else (None, "")
        row.remind_days, row.version = remind_days, row.version + 1
        row.save()
        act.record("personnel.office.changed", "office", proposed=found.name if moves else "", remind_days=remind_days)


def receive_office(*, actor: Actor, version: int, at: datetime) -> None:
    """By a post of the receiving organisation: from here on it drafts and reads the drafts."""
    access.require_receiver(actor)
    with acting(actor, at) as act:
        row = lock_only(Office.objects.select_related("organisation"))
        if row.version != version or row.proposed is None or row.proposed_id != actor.organisation_id:
            raise Conflict("stale", "移交刚被改过，没有接收。请刷新后再看。")
        before = row.organisation.name
        row.organisation, row.proposed, row.proposed_by = row.proposed, None, ""
        row.version += 1
        row.save()
        act.record("personnel.office.received", "office", **({"from": before}))
