"""How an indicator of a scheme is named as a duty of 月跟踪, and back. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tracked:
    """The indicator behind a duty."""

    document: str
    year: int
    track: str
    number: int


def duty_key(document: str, year: int, track: str, number: int) -> str:
    return f"{document}/{year}/{track}/{number}"


def tracked_of(key: str) -> Tracked:
    """The indicator of a duty or of a task under it. Raises ValueError for a key of another kind."""
    parts = key.split("/")
    if len(parts) < 4:
        raise ValueError(key)
    return Tracked(parts[0], int(parts[1]), parts[2], int(parts[3]))
