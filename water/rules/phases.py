"""Stages of a project against their plan, in days. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Dates:
    planned_from: date
    planned_to: date
    actual_from: date | None
    actual_to: date | None


def slip(dates: Dates, on: date) -> int:
    """Days behind: of the end once it came, else of today past the planned end, else of a late or missing beginning; 0 in time."""
    if dates.actual_to is not None:
        return max((dates.actual_to - dates.planned_to).days, 0)
    if on > dates.planned_to:
        return (on - dates.planned_to).days
    begun = dates.actual_from or on
    return max((begun - dates.planned_from).days, 0)


def state_of(dates: Dates, on: date) -> str:
    """done, running, late (not finished though planned), or waiting."""
    if dates.actual_to is not None:
        return "done"
    if on > dates.planned_to:
        return "late"
    return "running" if dates.actual_from is not None else "waiting"


def extent(phases: Sequence[Dates], marks: Sequence[date], on: date) -> tuple[date, date]:
    """First and last day to draw, whole years, with every plan, act and milestone inside; today too while something is unfinished."""
    days = [*marks, *([on] if any(one.actual_to is None for one in phases) or not phases else [])]
    for one in phases:
        days += [day for day in (one.planned_from, one.planned_to, one.actual_from, one.actual_to) if day]
    return date(min(days).year, 1, 1), date(max(days).year, 12, 31)
