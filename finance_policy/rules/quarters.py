"""Quarters of the banks' returns."""

from datetime import date, timedelta

from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.periods import PeriodCode


def read_quarter(text: str) -> PeriodCode:
    """A quarter such as 2020Q3 or 2020年第三季度; months and years are not quarters."""
    period = PeriodCode.read(text)
    if period.quarter is None:
        raise Refused("not-a-quarter", f"“{text[:20]}”不是季度，没有保存。请写成 2020年第三季度。")
    return period


def year_before(period: str) -> str:
    found = PeriodCode.parse(period)
    return str(PeriodCode(found.year - 1, quarter=found.quarter))


def last_ended(on: date) -> PeriodCode:
    """The quarter that ended last before the day."""
    first = PeriodCode.quarter_of(on).first_day
    return PeriodCode.quarter_of(first - timedelta(days=1))


def ended_quarters(last: PeriodCode, many: int = 12) -> list[PeriodCode]:
    """What a bank may report on: the quarter that ended last first, and those before it."""
    found = [last]
    while len(found) < many:
        found.append(PeriodCode.quarter_of(found[-1].first_day - timedelta(days=1)))
    return found


def due_on(period: str, days: int) -> date:
    return PeriodCode.parse(period).last_day + timedelta(days=days)
