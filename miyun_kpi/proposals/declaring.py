"""What the apps say alike of their decisions: how days, sums and lateness are read and told."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from miyun_kpi.acts.days import IN_TIME, Late
from miyun_kpi.proposals.registry import Given

DAY = date.fromisoformat


def read_late(stored: Mapping[str, str]) -> Late:
    return Late(**stored)


# Of an act by paper: 办理日期, 补登, and the day of the first of two persons.
DATED: Mapping[str, Callable[[Any], Any]] = {"on": DAY, "late": read_late, "asked_on": DAY}


def late_said(given: Given) -> list[tuple[str, str]]:
    """办理日期 and 补登, where they were given."""
    late = given.get("late") or IN_TIME
    said = [("办理日期", str(given["on"]) if given.get("on") else "确认之日")]
    return [*said, ("补登", f"{late.source}；{late.reason}")] if late.source or late.reason else said


def asked_by(given: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """What a page or the API asks for by `DATED`: proposed today; of today, where no 办理日期 is given."""
    today = at.astimezone().date()
    return {**given, "on": given["on"] or today, "asked_on": today}
