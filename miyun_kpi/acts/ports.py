"""What an act needs from above: sending notices. Filled in AppConfig.ready()."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

Sender = Callable[[Sequence[Any], datetime], None]

_sender: list[Sender] = []


def register_sender(sender: Sender) -> None:
    """`sender(messages, at)` stores the notices of one act; the inbox does."""
    _sender[:] = [sender]


def sender() -> Sender:
    return _sender[0]
