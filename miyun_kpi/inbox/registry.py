"""What apps put on “my desk”."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils.timezone import get_current_timezone

from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.models import Organisation

GROUPS = (
    ("late", "已经迟了"),
    ("returned", "被退回"),
    ("to-check", "等我审核"),
    ("due-soon", "三个工作日内到期"),
    ("later", "以后"),
)


@dataclass(frozen=True)
class DeskItem:
    """One row of the desk. `group` is a code of GROUPS, `state` a word of the status vocabulary.

    `due_at` is left out only where the kind is declared to have no day: a day forgotten would tell people that there is time.
    """

    group: str
    subject: str
    state: str
    title: str
    context: str
    url: str
    action: str
    document: str = ""
    clause: str = ""
    due_at: datetime | None = None
    kind: ItemKind = ItemKind.TERM

    def __post_init__(self) -> None:
        if self.due_at is None and self.kind.has_day:
            raise ValueError(f"desk item without due_at, and {self.kind} is not declared without a day: {self.title}")


def end_of_day(day: date) -> datetime:
    """The last minute of a day by which something is to be done; the day itself is still in time."""
    return datetime.combine(day, time(23, 59), get_current_timezone())


DeskFunction = Callable[[Actor, datetime], Sequence[DeskItem]]
_functions: list[DeskFunction] = []


def register_desk(function: DeskFunction) -> DeskFunction:
    """`function(actor, at)` lists what waits for the actor, in a fixed number of queries."""
    if function not in _functions:
        _functions.append(function)
    return function


ConcernFunction = Callable[[Actor, Organisation], Iterable[str]]
_concerns: list[ConcernFunction] = []


def register_concern(function: ConcernFunction) -> ConcernFunction:
    """`function(actor, organisation)` names the subjects in which the post has something to do or its organisation has
    rows: they stand first in the top bar. At most one or two queries, asked once in ten minutes a post.
    """
    if function not in _concerns:
        _concerns.append(function)
    return function


def concerns_of(actor: Actor) -> frozenset[str]:
    organisation = Organisation.objects.filter(pk=actor.organisation_id or 0).first()
    if organisation is None:
        return frozenset()
    return frozenset(subject for function in _concerns for subject in function(actor, organisation))


def desk_items(actor: Actor, at: datetime) -> list[DeskItem]:
    return [item for function in _functions for item in function(actor, at)]
