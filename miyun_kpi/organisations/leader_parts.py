"""What each app says for 领导首页: what is overdue with whom, and targets against their day. All within the reader's scopes.

Apps above say theirs with `register_overdue` and `register_goals` in AppConfig.ready(). Whoever builds the page adds them up.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from miyun_kpi.lib.actors import Actor


@dataclass(frozen=True)
class Reading:
    """Who reads, and now. `units`: ids of the only ones it is about, None where it is about all that the reader sees.

    `each`: what is overdue thing by thing, each with a number of 1, instead of one line a unit; of a protected kind as ever
    the number alone.
    """

    actor: Actor
    at: datetime
    units: frozenset[int] | None = None
    each: bool = False
    kept: dict[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Overdue:
    """What one unit has overdue of one kind in a document, and the oldest of it.

    Of a protected kind the number alone: no unit, no title, no day, no address.
    """

    document: str
    what: str
    number: int
    unit_id: int | None = None
    unit: str = ""
    title: str = ""
    due: date | None = None
    address: str = ""

    @property
    def protected(self) -> bool:
        return not self.title


@dataclass(frozen=True)
class Goal:
    """A target with the day it is to be reached by. `state`: a word of the status vocabulary; `missed`: what is known of it.

    None where neither a number nor a person has said so yet.
    """

    document: str
    clause: str
    title: str
    bound: str
    last: str
    by: date
    state: str
    word: str
    missed: bool | None
    on: date | None = None
    ahead: str = ""
    address: str = ""


_overdue: list[Callable[[Reading], Sequence[Overdue]]] = []
_goals: list[Callable[[Reading], Sequence[Goal]]] = []


def register_overdue(function: Callable[[Reading], Sequence[Overdue]]) -> None:
    """In a fixed number of queries."""
    if function not in _overdue:
        _overdue.append(function)


def register_goals(function: Callable[[Reading], Sequence[Goal]]) -> None:
    if function not in _goals:
        _goals.append(function)


def gathered(reading: Reading, lines: Iterable[Overdue]) -> list[Overdue]:
    """Of lines of one thing each, the oldest first: those lines, or one a kind and unit with their number."""
    if reading.each:
        return list(lines)
    oldest: dict[tuple[str, str, int | None], Overdue] = {}
    for one in lines:
        key = (one.document, one.what, one.unit_id)
        kept = oldest.get(key)
        oldest[key] = replace(kept, number=kept.number + one.number) if kept else one
    return list(oldest.values())


def overdue_of(reading: Reading) -> list[Overdue]:
    return [one for function in _overdue for one in function(reading)]


def goals_of(reading: Reading) -> list[Goal]:
    return [one for function in _goals for one in function(reading)]
