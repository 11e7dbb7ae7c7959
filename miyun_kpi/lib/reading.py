"""What several acts read the same way from what was typed: a reason, a whole number, a day that is past."""

import re
from collections.abc import Iterable, Mapping
from datetime import date

from miyun_kpi.lib.errors import FieldError, Refused

# Controls, signs of no width, or turning the order of what stands after them: they come from pages and documents that were
# copied. Not tabs and new lines; nor NUL, which is refused by all who keep a text.
_UNSEEN = re.compile(
    "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]"
)


def visible(text: str) -> str:
    """What one sees of it: signs that nobody sees would make two of what everybody reads as one."""
    return _UNSEEN.sub("", text)


def all_visible(texts: Iterable[str]) -> bool:
    """Whether `visible` would leave every one of them as it is: one look at all of them, for there may be thousands."""
    return _UNSEEN.search("".join(texts)) is None


def read_reason(
    text: str,
    what: str = "请写理由",
    *,
    least: int = 4,
    most: int = 500,
    required: bool = True,
    clause: str | None = None,
) -> str:
    """The words without blanks around them, "" only where nothing is required; `what` says what for (“退回要写意见”)."""
    said = text.strip()
    if "\x00" in said:
        raise Refused("bad-character", "写的文字里有读不出的字符，没有执行。请删去后重写。", clause)
    if not (least if required else 0) <= len(said) <= most:
        raise Refused("reason-missing", f"{what}（{least} 至 {most} 字），没有执行。", clause)
    return said


def wrong_lengths(given: Mapping[str, str], limits: Mapping[str, tuple[str, int, int]]) -> list[FieldError]:
    """One error a text that is too short or too long; `limits`: field → what it is called, least, most characters."""
    return [
        FieldError(f"请写{label}（{least} 至 {most} 字）。", f"bad-{name}", field=name)
        for name, (label, least, most) in limits.items()
        if not least <= len(given[name]) <= most or "\x00" in given[name]
    ]


def read_whole(text: str, *, most: int = 2**31 - 1) -> int | None:
    """A number without sign as an address or a hidden field carries it; None for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10) or int(text) > most:
        return None
    return int(text)


def read_flag(text: str) -> bool:
    """A box of a filter as an address carries it: ticked, unless it says no."""
    return text.strip().lower() not in ("", "0", "no", "off", "false")


def require_past(day: date | None, today: date, what: str) -> None:
    if day is not None and day > today:
        raise Refused("future-day", f"{what} {day} 晚于今天，没有执行。请核对日期。")
