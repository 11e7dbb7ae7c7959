"""What an invariant is: a name, one line why, its clause, and a check that lists what is wrong, in words."""

from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from miyun_kpi.lib.errors import Refused


@dataclass
class Seen:
    """What a check is given: the moment, and what earlier checks of the same year have kept to compare with."""

    at: datetime
    memory: dict[str, Any] = field(default_factory=dict)

    @property
    def today(self) -> Any:
        return self.at.astimezone().date()

    def kept(self, name: str) -> dict[Any, Any]:
        found = self.memory.setdefault(name, {})
        assert isinstance(found, dict)
        return found


Check = Callable[[Seen], Iterable[str]]


@dataclass(frozen=True)
class Invariant:
    """`whole`: dear, looked at every 25th step and at the end; the others after every step."""

    name: str
    why: str
    clause: str
    whole: bool
    check: Check


INVARIANTS: list[Invariant] = []


def holds(why: str, clause: str = "", *, whole: bool = False) -> Callable[[Check], Check]:
    """The name of the function is that of the invariant."""

    def register(check: Check) -> Check:
        INVARIANTS.append(Invariant(check.__name__.replace("_", " "), why, clause, whole, check))
        return check

    return register


class _Back(Exception):
    pass


@contextmanager
def taken_back() -> Any:
    try:
        with transaction.atomic():
            yield
            raise _Back
    except _Back:
        pass
    finally:
        connection.run_on_commit = []


def refusal_of(act: Callable[[], object]) -> Refused | None:
    """What the act would be answered now; whatever it did is taken back."""
    try:
        with taken_back():
            act()
    except Refused as refusal:
        return refusal
    return None
