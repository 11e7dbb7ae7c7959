"""What the floors above do when a post changes hands; they hang a function here in AppConfig.ready()."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from miyun_kpi.accounts.models import Post


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
