from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import get_current_timezone

from miyun_kpi.inbox.models import Notice, NoticeRead
from miyun_kpi.inbox.registry import GROUPS, DeskItem, desk_items
from miyun_kpi.inbox.rules import MonthDay, due_words, group_note, month_days, week_end
from miyun_kpi.lib import workdays
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import document_label
from miyun_kpi.web.registry import subjects

# Rows of a group that are never folded away.
SHOWN = 5
SOON_DAYS = 3
# The groups of what is owed now; “以后” has time.
OWED = ("late", "returned", "to-check", "due-soon")


@dataclass(frozen=True)
class DeskRow:
    item: DeskItem
    due_on: date | None
    due_words: str
    passed: bool = False


@dataclass(frozen=True)
class DeskGroup:
    """`note`: what holds of every row of it."""

    code: str
    label: str
    note: str
    rows: list[DeskRow] = field(default_factory=list)

    @property
    def first(self) -> list[DeskRow]:
        """What is always on the page; the rest waits behind one sign."""
        return self.rows[:SHOWN]

    @property
    def rest(self) -> list[DeskRow]:
        return self.rows[SHOWN:]


@dataclass(frozen=True)
class DeskTab:
    subject: str
    label: str
    document: str
    count: int
    late: int


@dataclass(frozen=True)
class StripDay:
    """A day of the month strip with what is due then; `state` is the gravest group among it."""

    day: MonthDay
    count: int
    group: str


@dataclass(frozen=True)
class Desk:
    groups: list[DeskGroup]
    tabs: list[DeskTab]
    days: list[StripDay]
    total: int
    owed: int

    @property
    def shown(self) -> int:
        return sum(len(group.rows) for group in self.groups)


def owed_number(items: Iterable[DeskItem]) -> int:
    """The number beside 工作台: late, returned, waiting for a check, due within three working days."""
    return sum(item.group in OWED for item in items)


def desk(actor: Actor, at: datetime, *, subject: str = "") -> Desk:
    """What waits for the actor, grouped, counted by document and laid over the month."""
    today = _day(at)
    rows = [_row(item, at) for item in desk_items(actor, at)]
    shown = [row for row in rows if not subject or row.item.subject == subject]
    return Desk(
        groups=_groups(shown, today),
        tabs=_tabs(rows),
        days=_days(shown, today),
        total=len(rows),
        owed=owed_number(row.item for row in rows),
    )


def week_of(actor: Actor, at: datetime) -> list[DeskGroup]:
    """Late, returned, waiting for a check, and due by Sunday: the printed list of the week."""
    today = _day(at)
    last = max(week_end(today), workdays.add_working_days(today, SOON_DAYS))
    rows = [_row(item, at) for item in desk_items(actor, at)]
    return _groups([row for row in rows if row.item.group != "later" or (row.due_on and row.due_on <= last)], today)


def waiting_in(actor: Actor, at: datetime, subject: str) -> list[DeskRow]:
    """What of one subject waits for the actor, in the order of the desk."""
    rows = [_row(item, at) for item in desk_items(actor, at) if item.subject == subject]
    return [row for group in _groups(rows, _day(at)) for row in group.rows]


def _day(moment: datetime) -> date:
    return moment.astimezone(get_current_timezone()).date()


def _row(item: DeskItem, at: datetime) -> DeskRow:
    if item.due_at is None:
        return DeskRow(item, None, "")
    due_on = _day(item.due_at)
    passed = at >= item.due_at
    return DeskRow(item, due_on, due_words(due_on, _day(at), passed=passed), passed)


def _groups(rows: Sequence[DeskRow], today: date) -> list[DeskGroup]:
    """Groups in their fixed order; a group without a row is left out."""
    found = []
    soon = workdays.add_working_days(today, SOON_DAYS)
    for code, label in GROUPS:
        inside = [row for row in rows if row.item.group == code]
        if inside:
            inside.sort(key=lambda row: (row.due_on is None, row.due_on or date.max))
            found.append(DeskGroup(code, label, group_note(code, [row.item.kind for row in inside], soon), inside))
    return found


def _tabs(rows: Sequence[DeskRow]) -> list[DeskTab]:
    """The strip of the desk: one place a subject, in the order of the top bar, with its document where it has one."""
    tabs = []
    for subject in subjects():
        inside = [row for row in rows if row.item.subject == subject.key]
        refs = subject.documents
        document = document_label(refs[0]) if len(refs) == 1 else ""
        late = sum(row.item.group == "late" for row in inside)
        tabs.append(DeskTab(subject.key, subject.short, document, len(inside), late))
    return tabs


def _days(rows: Sequence[DeskRow], today: date) -> list[StripDay]:
    order = [code for code, _ in GROUPS]
    days = []
    for day in month_days(today):
        due = [row for row in rows if row.due_on == day.day]
        gravest = min((row.item.group for row in due), key=order.index, default="")
        days.append(StripDay(day, len(due), gravest))
    return days


def notices_for(actor: Actor) -> QuerySet[Any]:
    """Notices to the actor's post but those of his own decisions, newest first, with `read` for the person."""
    reads = NoticeRead.objects.filter(Q(user_id=actor.user_id), notice=OuterRef("pk"))
    return (
        Notice.objects.filter(Q(organisation_id=actor.organisation_id))
        .filter(Q(role="") | Q(role=actor.role))
        .exclude(Exists(reads.filter(read_at=OuterRef("sent_at"))))
        .annotate(read=Exists(reads))
        .order_by("-sent_at", "-id")
    )


def notices_since(actor: Actor, since: datetime | None, *, limit: int = 8) -> list[Notice]:
    """Unread ones first, then what came since the last sign-in, newest first within each."""
    found = notices_for(actor)
    found = found.filter(Q(read=False) | Q(sent_at__gte=since)) if since else found
    return list(found.order_by("read", "-sent_at", "-id")[:limit])


def unread_number(actor: Actor) -> int:
    return notices_for(actor).filter(read=False).count()
