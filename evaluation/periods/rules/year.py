"""A year as its filing goes by: working days of every month, holidays, announced shifts (调休)."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from evaluation.periods.rules.calendar import Window
from miyun_kpi.lib import workdays


@dataclass(frozen=True)
class MonthDays:
    """`holidays`: (name, its days off of this month); `worked`: Saturdays and Sundays that are working days."""

    number: int
    working: int
    holidays: tuple[tuple[str, tuple[date, ...]], ...]
    rested: tuple[date, ...]
    worked: tuple[date, ...]


def _days(year: int, month: int) -> Iterator[date]:
    return (date(year, month, day) for day in range(1, calendar.monthrange(year, month)[1] + 1))


def months_of(year: int) -> list[MonthDays]:
    """The twelve months; `rested` are weekdays off by an announced shift."""
    return [_month(year, number) for number in range(1, 13)]


def _month(year: int, number: int) -> MonthDays:
    days = list(_days(year, number))
    named = [(workdays.holiday_name(day), day) for day in days]
    holidays = [(name, day) for name, day in named if name]
    return MonthDays(
        number=number,
        working=sum(workdays.is_working_day(day) for day in days),
        holidays=tuple(
            (name, tuple(day for _, day in group)) for name, group in groupby(holidays, key=lambda pair: pair[0])
        ),
        rested=tuple(day for name, day in named if not name and day.weekday() < 5 and not workdays.is_working_day(day)),
        worked=tuple(day for day in days if day.weekday() >= 5 and workdays.is_working_day(day)),
    )


def working_days_to_file(window: Window) -> int:
    """Working days on which a filing is on time: those from the start to the due date, both counted."""
    start, due = window.starts_at.astimezone().date(), window.due_at.astimezone().date()
    return workdays.working_days_between(start - timedelta(days=1), due)
