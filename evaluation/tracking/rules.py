"""月跟踪 (13号 四（二）). How an indicator is named as a duty, and back; what is said again as last month. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

TEXTS = ("course", "progress", "problem", "next_step")


class Said(Protocol):
    """What a unit says of one line in a month."""

    @property
    def course(self) -> str: ...
    @property
    def progress(self) -> str: ...
    @property
    def problem(self) -> str: ...
    @property
    def next_step(self) -> str: ...


def as_before(said: Said, before: Said | None) -> bool:
    """照上月: word for word what was reported the month before, whatever key it was saved by."""
    return before is not None and all(getattr(said, n).strip() == getattr(before, n).strip() for n in TEXTS)


def why_not_as_before(*, writable: bool, saved: bool, offline: bool, told_before: bool) -> str:
    """Why “其余同上月” leaves a line as it is; "" for a line it fills. What somebody has saved is never written over."""
    if saved:
        return "已填，不动"
    if not writable:
        return "现在不能填"
    if offline:
        return "材料线下报送，日期和编号逐月填"
    return "" if told_before else "上月没有报"


def repeated(marks: Sequence[bool]) -> bool:
    """照上月 in this month and the one before: two months without a word. Named to who reviews, never refused."""
    return len(marks) >= 2 and all(marks[-2:])


@dataclass(frozen=True)
class Tracked:
    """The indicator behind a duty."""

    year: int
    track: str
    number: int


# The scope of these duties, and how their keys begin: a scheme's document may come late, year and track never change.
TRACKED = "tracked"


def duty_key(year: int, track: str, number: int) -> str:
    return f"{duty_prefix(year, track)}{number}"


def duty_prefix(year: int, track: str) -> str:
    """What the keys of all duties of a scheme begin with."""
    return f"{TRACKED}/{year}/{track}/"


def tracked_of(key: str) -> Tracked:
    """The indicator of a duty or of a task under it. Raises ValueError for a key of another kind."""
    parts = key.split("/")
    if len(parts) < 4:
        raise ValueError(key)
    return Tracked(int(parts[1]), parts[2], int(parts[3]))
