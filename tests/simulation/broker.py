"""The broker of the simulation: messages lie in a list, are delivered, lost, doubled, or refused while it is down."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from celery import current_app
from django.db import connection


class Down(ConnectionError):
    """The broker does not answer: what an act finds after its commit."""


@dataclass
class Broker:
    """Messages in the order in which they were sent; `down` refuses new ones, as a stopped Redis does."""

    messages: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    down: bool = False

    def send(self, name: str, args: tuple[Any, ...] | list[Any] = (), **options: Any) -> None:
        if self.down:
            raise Down("the broker is down")
        self.messages.append((name, tuple(args)))

    @contextmanager
    def instead(self) -> Iterator[None]:
        with mock.patch.object(current_app, "send_task", self.send):
            yield

    def take(self) -> list[tuple[str, tuple[Any, ...]]]:
        found, self.messages = self.messages, []
        return found


def after_commit() -> list[str]:
    """Everything runs in one transaction that is taken back at the end: what waits for a commit is run here.

    A callback that is not robust and fails would reach the person; its words are returned as what went wrong.
    """
    waiting, connection.run_on_commit = connection.run_on_commit, []
    said = []
    for _, function, robust in waiting:
        try:
            function()
        except Exception as error:
            if not robust:
                said.append(f"{type(error).__name__}: {error}")
    return said
