"""Chinese working days: weekends, statutory holidays and announced shifts (调休), as announced year by year."""

from datetime import date, timedelta
from functools import lru_cache

import holidays

_SHIFT = "调休"


@lru_cache(maxsize=64)
def _calendar(year: int) -> holidays.HolidayBase:
    # Without a language the names follow the locale of the server, and what is read from them below would too.
    return holidays.country_holidays("CN", years=year, language="zh_CN")


def is_working_day(day: date) -> bool:
    return _calendar(day.year).is_working_day(day)


def shifts_announced(year: int) -> bool:
    """Whether the year's shifted working days are known; before that only statutory days are, and pages say so."""
    return any(_SHIFT in name for name in _calendar(year).values())


def holiday_name(day: date) -> str:
    """The statutory holiday a day belongs to ("国庆节、中秋节"), "" for other days and for days off by a shift."""
    names = [name.removesuffix("（补假）") for name in _calendar(day.year).get_list(day) if _SHIFT not in name]
    return "、".join(sorted(set(names)))


def on_or_after(day: date) -> date:
    """`day` itself when it is a working day, else the next one."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, count: int) -> date:
    """The `count`-th working day after `day` (the day itself does not count)."""
    for _ in range(count):
        day = on_or_after(day + timedelta(days=1))
    return day


def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; negative when `end` lies before."""
    if end < start:
        return -working_days_between(end, start)
    return sum(is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
