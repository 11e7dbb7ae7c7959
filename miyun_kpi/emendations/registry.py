"""What may be put right by 勘正, and by whom: each app says it of its own in AppConfig.ready()."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from miyun_kpi.emendations.enums import Way
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotFound, Refused


@dataclass(frozen=True)
class Fact:
    """One fact of a thing: its canonical text (`value`), how it is read (`words`) and how it is typed (`way`)."""

    name: str
    label: str
    value: str
    words: str = ""
    way: Way = Way.TEXT
    choices: tuple[tuple[str, str], ...] = ()
    most: int = 500

    @property
    def shown(self) -> str:
        """As it stands in its box."""
        return self.words if self.way == Way.ORGANISATION else self.value

    @property
    def now(self) -> str:
        return f"现在存着：{self.said(self.value) or '（空）'}"

    def said(self, value: str) -> str:
        if self.way == Way.CHOICE:
            return dict(self.choices).get(value, value)
        return (self.words or value) if value == self.value else value


@dataclass(frozen=True)
class Rest:
    """What rests on the facts, and what becomes of it once they are other ones."""

    what: str
    becomes: str


Facts = Mapping[str, str]
Resting = Callable[[Any, Facts, date], Sequence[Rest]]


@dataclass(frozen=True)
class Place:
    """Where a thing belongs: key of the subject, document and clause."""

    subject: str
    document: str
    clause: str


@dataclass(frozen=True)
class Emendable:
    """A kind of thing whose facts may be put right.

    `may` says who puts the thing right now, `reads` who reads what was put right, whatever has become of the thing.
    `find` gives the thing to whoever may read it, else NotFound; `lock` the same locked for the act, with whatever
    the facts as they shall be will need. `read` makes of what
    was typed the canonical texts of all facts, or refuses with every problem. `rests` says beforehand what rests on a
    change. `apply` carries it out within the act: it is given the facts as they shall be and the words for the trail.
    `original`: where a wrong original is put right by a document of its own, the sentence that says so; `asks` the page
    that asks first which of the two is wrong. Of a thing that `on_paper` says stands on such an original, what was found
    out later is no reason either: the paper says what it says.
    """

    code: str
    word: str
    place: Callable[[Any], Place]
    find: Callable[[Actor, int], Any]
    lock: Callable[[int, Facts], Any]
    may: Callable[[Actor, Any], bool]
    reads: Callable[[Actor, Any], bool]
    name: Callable[[Any], str]
    address: Callable[[Any], str]
    facts: Callable[[Any], Sequence[Fact]]
    read: Callable[[Any, Facts, date], dict[str, str]]
    rests: Callable[[Any, Facts, date], Sequence[Rest]]
    apply: Callable[[Any, Facts, Actor, str, datetime], Any]
    open_refusal: Callable[[Actor, Any], Refused | None] = field(default=lambda actor, row: None)
    original: str = ""
    asks: Callable[[Any], str] = field(default=lambda row: "")
    on_paper: Callable[[Any], bool] = field(default=lambda row: False)


_known: dict[str, Emendable] = {}
_resting: dict[str, list[Resting]] = {}


def register_emendable(one: Emendable) -> None:
    _known[one.code] = one


def register_resting(code: str, tell: Resting) -> None:
    """An app above that of the thing has something that rests on it."""
    _resting.setdefault(code, []).append(tell)


def emendable(code: str) -> Emendable:
    if code not in _known:
        raise NotFound
    return _known[code]


def resting_on(one: Emendable, row: Any, wanted: Facts, today: date) -> list[Rest]:
    """Everything that rests on the thing, of its own app and of those above."""
    above = [rest for tell in _resting.get(one.code, []) for rest in tell(row, wanted, today)]
    return [*one.rests(row, wanted, today), *above]
