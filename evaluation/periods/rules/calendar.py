"""Windows of filing and the stages of the year (engine 1–2; 13号四（二）（三）)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from miyun_kpi.lib import workdays
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.periods import PeriodCode

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Window:
    """填报开始 ≤ 报送截止 < 补报截止 < 锁定; half-open: at `due_at` itself a filing is already late."""

    starts_at: datetime
    due_at: datetime
    late_until: datetime
    locks_at: datetime

    def phase(self, at: datetime) -> str:
        """ "before", "open", "late", "closed" (only by request) or "locked"."""
        if at < self.starts_at:
            return "before"
        if at < self.due_at:
            return "open"
        if at < self.late_until:
            return "late"
        return "closed" if at < self.locks_at else "locked"


def _at(day: date, hour: int = 0) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI)


def default_window(period: PeriodCode) -> Window:
    """The 推定 calendar: a quarter is due the 20th 18:00 of the next month, a month the 5th.

    Due is the later of that and the third working day, the opening day counted; due, late and lock move on to working
    days and lie at least one apart (engine 2). The year (专项考评) is due with its last quarter and starts in December (13号四（三） 2020年12月-2021年1月).
    """
    # 13号 四（二） prints “每月” and “每季度”, no day. The dates are those of engine 2 (a month the 5th); as settings of a period
    # they bind nobody, and a window leaves at least three working days however the holidays fall (decision 0046).
    first = period.last_day + timedelta(days=1)
    starts = workdays.on_or_after(first if period.month or period.quarter else date(period.year, 12, 1))
    due_day, late_day, lock_day = (5, 8, 10) if period.month else (20, 23, 28)
    third = workdays.add_working_days(starts, 2)
    due = max(workdays.on_or_after(first.replace(day=due_day)), third)
    late = max(workdays.on_or_after(first.replace(day=late_day)), workdays.add_working_days(due, 1))
    lock = max(workdays.on_or_after(first.replace(day=lock_day)), workdays.add_working_days(late, 1))
    return Window(_at(starts), _at(due, 18), _at(late, 18), _at(lock))


def late_window(period: PeriodCode, on: date) -> Window:
    """The window of a period that an outage has kept shut until `on`.

    The default one while it still leaves the three working days, the opening day counted; else it begins on the day and
    its other dates move on, in the default's distances or more (engine 25).
    """
    window = default_window(period)
    third = workdays.add_working_days(workdays.on_or_after(on), 2)
    due_day, late_day, lock_day = (moment.date() for moment in (window.due_at, window.late_until, window.locks_at))
    if due_day >= third:
        return window
    late = workdays.add_working_days(third, max(1, workdays.working_days_between(due_day, late_day)))
    lock = workdays.add_working_days(late, max(1, workdays.working_days_between(late_day, lock_day)))
    return Window(_at(on), _at(third, 18), _at(late, 18), _at(lock))


REMIND_WORKING_DAYS_BEFORE = (3, 1, 0)


def latest_reminder(open_since: datetime, due_at: datetime, at: datetime) -> tuple[str, datetime]:
    """The reminder that is due by now and the moment it was: due-3, due-1 or due-0 working days before, "late" since.

    "" while none is. One whose day had passed when the window opened was never due.
    """
    if at >= due_at:
        return "late", due_at
    opened, due = open_since.astimezone(SHANGHAI).date(), due_at.astimezone(SHANGHAI).date()
    found = ("", at)
    for days in REMIND_WORKING_DAYS_BEFORE:
        day = _first_day_before(due, days)
        if opened <= day <= at.astimezone(SHANGHAI).date():
            found = (f"due-{days}", _at(day))
    return found


def _first_day_before(due: date, days: int) -> date:
    """The first day from which on no more than so many working days are left."""
    day = due
    while workdays.working_days_between(day - timedelta(days=1), due) <= days:
        day -= timedelta(days=1)
    return day


def check_window(window: Window) -> None:
    if not window.starts_at < window.due_at < window.late_until < window.locks_at:
        raise Refused("bad-window", "四个日期须依次为：填报开始、报送截止、补报截止、锁定，一个比一个晚。请改正。")


def stage_periods(process_from: PeriodCode, process_to: PeriodCode) -> list[PeriodCode]:
    """The months of 过程管理 and the quarters that end inside it: for 2020-05 to 2020-11, 2020Q2 and 2020Q3."""
    months = [
        PeriodCode(process_from.year, month=m)
        for m in range(process_from.month or 1, (process_to.month or 12) + 1)
        if process_from.year == process_to.year
    ]
    quarters = sorted({PeriodCode.quarter_of(m.first_day) for m in months})
    return months + [q for q in quarters if q.last_day <= process_to.last_day]
