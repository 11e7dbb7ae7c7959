"""The one business error. Pages, API, workbooks and jobs render it; nothing else is shown to a user as a refusal."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from miyun_kpi.lib.actors import Actor


@dataclass(frozen=True)
class FieldError:
    """One refused row or field. `organisation` is a code, `current` what is stored now ({"value", "version"})."""

    message: str
    code: str = ""
    organisation: str | None = None
    field: str | None = None
    current: dict[str, Any] | None = None


def listed(errors: Sequence[FieldError], most: int = 50) -> list[FieldError]:
    """The first of many, and where some are left out a last line that counts them."""
    if len(errors) <= most:
        return list(errors)
    rest = FieldError(f"还有 {len(errors) - most} 处没有列出，改好上面这些再试一次就会列出来。", "more")
    return [*errors[:most], rest]


def told(errors: Sequence[FieldError], most: int = 6) -> str:
    """Their sentences in one, each once and without its stop; of many the first, and how many are left."""
    words = list(dict.fromkeys(one.message.rstrip("。") for one in errors))
    return "；".join(words[:most]) + (f"；另有 {len(words) - most} 处" if len(words) > most else "")


@dataclass(eq=False)
class Refused(Exception):
    """An act refused by a rule (HTTP 422). `message` is one complete Chinese sentence: what, the limit, what to do."""

    code: str
    message: str
    clause: str | None = None
    errors: list[FieldError] = field(default_factory=list)
    status = 422

    def __str__(self) -> str:
        return self.message

    @property
    def unsaid(self) -> list[FieldError]:
        """The errors to be listed below the sentence: none where the only one is the sentence."""
        return [] if [one.message for one in self.errors] == [self.message] else self.errors


class Malformed(Refused):
    """The request cannot be read (400)."""

    status = 400


class NotAllowed(Refused):
    """The actor lacks the verb (403)."""

    status = 403


class NotFound(Refused):
    """Unknown, or somebody else's (404): the two look alike."""

    status = 404

    def __init__(self, message: str = "没有这一项，或不在您能看的范围。", code: str = "not-found"):
        super().__init__(code, message)


class Conflict(Refused):
    """A stale version or a wrong state (409)."""

    status = 409


class Busy(Conflict):
    """Somebody else is at it this very moment (409): the same request may come again after `retry_after` seconds."""

    retry_after = 2

    def __init__(self, message: str):
        super().__init__("busy", message)


class SealBroken(Refused):
    """What is stored is not what was sealed (503): nobody is shown a figure of it.

    `places` say which part, for those alone who may do one of `told`.
    """

    status = 503

    def __init__(self, message: str, places: Sequence[str] = (), told: frozenset[str] = frozenset()):
        super().__init__("seal-broken", message)
        self.places, self.told = list(places), told

    def told_to(self, actor: Actor | None) -> "SealBroken":
        """The same refusal as this actor may read it."""
        found = SealBroken(self.message, self.places, self.told)
        if actor is not None and any(actor.may(verb) for verb in self.told):
            found.errors = listed([FieldError(place, self.code) for place in self.places])
        return found
