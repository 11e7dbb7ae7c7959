"""办理日期 of the acts of 21号: rate and rule are those of that day, the pool keeps the order of registration."""

from collections.abc import Sequence
from datetime import date, datetime

from farmland.models import Application
from miyun_kpi.acts.days import Late, day_of_act, late_words
from miyun_kpi.lib.errors import Refused

Floors = Sequence[tuple[date | None, str]]


def day_and_words(
    on: date | None, at: datetime, late: Late, rests_on: Floors, clause: str, asked_on: date | None
) -> tuple[date, str]:
    """The day on which the act was done, and 补登 in words; refused before a fact that it rests on, or late without paper and reason."""
    day = day_of_act(on, at)
    said = late_words(day, at, late, clause=clause, asked_on=asked_on if on else None)
    for first, what in rests_on:
        if first is not None and day < first:
            raise Refused("too-early", f"办理日期 {day} 早于{what} {first}，没有执行。请核对日期。", clause)
    return day, said


def last_day(row: Application) -> date | None:
    """The day of the last act on the quota of a project."""
    return max(row.entries.values_list("done_on", flat=True), default=None)


def noted(note: str, on: date, late: str, at: datetime) -> str:
    """The note of an act with its day, where that is not the day of registration."""
    if on == at.astimezone().date():
        return note
    said = f"办理日期 {on}" + (f"，{late}" if late else "")
    return f"{note.rstrip('。；')}；{said}" if note else said
