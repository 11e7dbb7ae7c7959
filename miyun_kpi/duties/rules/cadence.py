"""Spans of a cadence and the window in which each is reported. Pure.

Only what is printed (按月度, 按季度, 按学年, 每年, 每季度 …) or set by a lead unit has spans. The days within are not
printed: settings of the document (推定).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from miyun_kpi.duties.enums import Cadence
from miyun_kpi.lib import workdays
from miyun_kpi.lib.periods import PeriodCode

SHANGHAI = ZoneInfo("Asia/Shanghai")
# 学年: from 1 September to 31 August (推定; 14号二（五） prints only 按学年): what the word means in every school.
SCHOOL_YEAR_BEGINS = 9
_HALVES = "上下"
ONCE = "once"


@dataclass(frozen=True)
class Span:
    """One period of a cadence: `code` as stored (2020-09, 2020Q3, 2020H1, 2020, 2020S, once), both days inclusive."""

    code: str
    first_day: date
    last_day: date


@dataclass(frozen=True)
class Days:
    """The settings of a document: days of the month after a span, working days in which a late report is taken."""

    due_day_month: int = 5
    due_day_other: int = 15
    late_days: int = 10


@dataclass(frozen=True)
class SpanWindow:
    starts_at: datetime
    due_at: datetime
    late_until: datetime
    locks_at: datetime


def span_on(cadence: str, day: date) -> Span:
    """The span of the cadence that holds the day. Raises ValueError for a cadence without spans."""
    if cadence == Cadence.MONTHLY:
        return _of_period(PeriodCode.month_of(day))
    if cadence == Cadence.QUARTERLY:
        return _of_period(PeriodCode.quarter_of(day))
    if cadence == Cadence.YEARLY:
        return _of_period(PeriodCode(day.year))
    if cadence == Cadence.HALF_YEARLY:
        half = 1 if day.month <= 6 else 2
        first = date(day.year, 1 if half == 1 else 7, 1)
        last = date(day.year, 6, 30) if half == 1 else date(day.year, 12, 31)
        return Span(f"{day.year}H{half}", first, last)
    if cadence == Cadence.SCHOOL_YEAR:
        year = day.year if day.month >= SCHOOL_YEAR_BEGINS else day.year - 1
        return Span(f"{year}S", date(year, SCHOOL_YEAR_BEGINS, 1), date(year + 1, SCHOOL_YEAR_BEGINS, 1) - timedelta(1))
    raise ValueError(f"{cadence} has no spans")


def _of_period(period: PeriodCode) -> Span:
    return Span(str(period), period.first_day, period.last_day)


def spans(cadence: str, first: date, last: date) -> Iterator[Span]:
    """The spans that hold any day from `first` to `last`, in order; none for a cadence without spans."""
    if cadence in (Cadence.ONCE, Cadence.CONTINUOUS):
        return
    day = first
    while day <= last:
        span = span_on(cadence, day)
        yield span
        day = span.last_day + timedelta(days=1)


def label_of(code: str) -> str:
    """ "2020年上半年", "2020—2021学年", "一次性"; months, quarters and years as everywhere."""
    if code == ONCE:
        return "一次性"
    if code.endswith("S"):
        return f"{code[:4]}—{int(code[:4]) + 1}学年"
    if "H" in code:
        return f"{code[:4]}年{_HALVES[int(code[-1]) - 1]}半年"
    return PeriodCode.parse(code).label


def _at(day: date, hour: int = 0) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI)


def window_of(span: Span, cadence: str, days: Days) -> SpanWindow:
    """Open from the span's first day, due in the month after it at 18:00, moved to a working day, then late, then locked."""
    after = span.last_day + timedelta(days=1)
    due_day = days.due_day_month if cadence == Cadence.MONTHLY else days.due_day_other
    due = workdays.on_or_after(after.replace(day=due_day))
    return _window(span.first_day, due, days)


def window_once(starts_on: date, due_on: date, days: Days) -> SpanWindow:
    """A dated task: due on the printed day itself at 18:00, working day or not — 年底前 is not moved."""
    return _window(min(starts_on, due_on), due_on, days)


def _window(first: date, due: date, days: Days) -> SpanWindow:
    late = workdays.add_working_days(due, days.late_days)
    return SpanWindow(_at(first), _at(due, 18), _at(late, 18), _at(late + timedelta(days=1)))
