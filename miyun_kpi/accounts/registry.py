"""What the floors above hang on accounts in AppConfig.ready(): acts on a hand-over, and their part of the demonstration."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.lib.actors import Actor


@dataclass(frozen=True)
class HandOver:
    """`before` has ended the day before `after` starts; `organisation_ids` are those of both people."""

    before: Post
    after: Post
    organisation_ids: tuple[int, ...]


Listener = Callable[[HandOver, datetime], None]
_listeners: list[Listener] = []


def register_hand_over(function: Listener) -> None:
    """`function(hand_over, at)` runs inside the transaction of the hand-over."""
    if function not in _listeners:
        _listeners.append(function)


def announce(hand_over: HandOver, at: datetime) -> None:
    for function in _listeners:
        function(hand_over, at)


@dataclass(frozen=True)
class Told:
    """What the owner of an account, the three administrators and the auditor are told of it; `key` makes it one notice."""

    key: str
    user: User
    title: str
    body: str
    url: str = ""


Teller = Callable[[Told, datetime], None]
_tellers: list[Teller] = []


def register_teller(function: Teller) -> None:
    """`function(told, at)` runs inside the act."""
    if function not in _tellers:
        _tellers.append(function)


def tell(told: Told, at: datetime) -> None:
    for function in _tellers:
        function(told, at)


@dataclass(frozen=True)
class Waiting:
    """An act over powers that waits for another administrator; `address` is its page."""

    address: str


Proposing = Callable[..., Waiting]
_proposing: list[Proposing] = []


def register_proposing(function: Proposing) -> None:
    """`function(code=, actor=, at=, **given)` puts an act over powers before a second administrator."""
    _proposing[:] = [function]


def proposed(code: str, *, actor: Actor, at: datetime, **given: Any) -> Waiting:
    return _proposing[0](code=code, actor=actor, at=at, **given)


@dataclass(frozen=True)
class DemoAccount:
    """`posts` are (organisation, role, title)."""

    username: str
    display_name: str
    posts: tuple[tuple[str, Role, str], ...]
    purpose: str


class DemoWindow(Protocol):
    """A window of filing that is open on the day of installation."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def late_until(self) -> datetime: ...
    @property
    def locks_at(self) -> datetime: ...


@dataclass(frozen=True)
class DemoPart:
    """`load(at, window)` makes the few invented rows every demonstration opens with, `tell` the rest of the whole scene."""

    accounts: tuple[DemoAccount, ...]
    load: Callable[[datetime, DemoWindow], None]
    tell: Callable[[datetime, DemoWindow], None] | None = None


_demo_parts: dict[str, DemoPart] = {}


def register_demo(name: str, part: DemoPart) -> None:
    """Runs inside the transaction of the whole demonstration, after the accounts exist."""
    _demo_parts[name] = part


def demo_parts() -> list[DemoPart]:
    return list(_demo_parts.values())


def tell_parts(at: datetime, window: DemoWindow) -> None:
    """What every part adds in the whole scene, after all have been loaded."""
    for part in demo_parts():
        if part.tell is not None:
            part.tell(at, window)
