"""Months and years counted from a day. Pure.

推定: “n 个月内” ends on the day of the same number n months later, included. A term of n months is complete when its last day
is followed by that day: from 2022-02-01 to 2025-01-31 are exactly three years, to 2025-01-30 a day less. The text
prints months and years without a rule; so 民法总则 201、202 end them, by the corresponding day.
"""

import calendar
from datetime import date, timedelta

# Days that can be meant: nobody here was born before, and nothing reaches further.
FIRST, LAST = date(1930, 1, 1), date(2100, 12, 31)


def add_months(day: date, months: int) -> date:
    """The day of the same number, or the last one of a shorter month."""
    whole = day.year * 12 + day.month - 1 + months
    year, month = whole // 12, whole % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def complete(first: date, last: date, months: int) -> bool:
    """Whether the days from `first` to `last`, both included, are at least so many months."""
    return last + timedelta(days=1) >= add_months(first, months)


def last_day(first: date, months: int) -> date:
    """The day on which a term of so many months is complete."""
    return add_months(first, months) - timedelta(days=1)


def age(born: date, on: date) -> int:
    """周岁: the birthday itself counts."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


def months_between(first: str, last: str) -> list[str]:
    """Every month from one to the other, both included."""
    start, end = (int(text[:4]) * 12 + int(text[5:]) - 1 for text in (first, last))
    return [f"{n // 12}-{n % 12 + 1:02d}" for n in range(start, end + 1)]


def month_end(month: str) -> date:
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, calendar.monthrange(year, number)[1])
