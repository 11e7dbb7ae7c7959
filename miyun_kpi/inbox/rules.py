"""The month strip: every day of a month as rest day, working day or shifted working day. Pure."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from miyun_kpi.lib import workdays


@dataclass(frozen=True)
class MonthDay:
    """`shifted`: a Saturday or Sunday announced as a working day (班)."""

    day: date
    working: bool
    shifted: bool
    today: bool
    past: bool


def month_days(today: date) -> list[MonthDay]:
    last = calendar.monthrange(today.year, today.month)[1]
    days = [today.replace(day=number) for number in range(1, last + 1)]
    return [_month_day(day, today) for day in days]


def _month_day(day: date, today: date) -> MonthDay:
    working = workdays.is_working_day(day)
    return MonthDay(day, working, working and day.weekday() >= 5, day == today, day < today)


def holiday_sentence(days: Iterable[MonthDay]) -> str:
    """The holidays and shifted working days of a month in words: “国庆节、中秋节 1–8 日休；10 日（周六）上班”."""
    days = list(days)
    parts = [_span_words(span) for span in _rest_spans(days)]
    parts += [f"{one.day.day} 日（周{'一二三四五六日'[one.day.weekday()]}）上班" for one in days if one.shifted]
    return "；".join(part for part in parts if part)


def _rest_spans(days: list[MonthDay]) -> list[list[MonthDay]]:
    spans: list[list[MonthDay]] = [[]]
    for one in days:
        if one.working:
            spans.append([])
        else:
            spans[-1].append(one)
    return [span for span in spans if span]


def _span_words(span: list[MonthDay]) -> str:
    # A dict keeps the order in which the days name them.
    names = dict.fromkeys(name for one in span for name in workdays.holiday_name(one.day).split("、") if name)
    if not names:
        return ""
    first, last = span[0].day, span[-1].day
    dates = f"{first.day}" if first == last else f"{first.day}–{last.day}"
    return f"{'、'.join(names)} {dates} 日休"


def week_end(today: date) -> date:
    """The Sunday of the week."""
    return today + timedelta(days=6 - today.weekday())
