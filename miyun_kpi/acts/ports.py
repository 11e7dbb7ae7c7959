"""What an act needs from above: sending notices, filled in AppConfig.ready(), and what it does before anything else."""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from datetime import datetime
from typing import Any

Sender = Callable[[Sequence[Any], datetime], None]

_sender: list[Sender] = []
# Done first in the transaction of whatever act this request carries out: its form is claimed, or the act refused.
opening: ContextVar[Callable[[], None] | None] = ContextVar("acts_opening", default=None)


def register_sender(sender: Sender) -> None:
    """`sender(messages, at)` stores the notices of one act; the inbox does."""
    _sender[:] = [sender]


def sender() -> Sender:
    return _sender[0]
