"""试用期 of an appointment (“试用期一年”: 16号、23号、32号). Pure."""

from calendar import monthrange
from datetime import date

from personnel.enums import Outcome, ProbationState


def probation_end(start: date, months: int) -> date:
    """The last day of a probation that starts with the appointment.

    The notices print only its length. By 民法总则第二百零一条、第二百零二条 the first day does not count and the last one is
    the corresponding day of the last month, or that month's end (推定): one year from 2020-04-07 lasts through 2021-04-07.
    """
    whole = start.month - 1 + months
    year, month = start.year + whole // 12, whole % 12 + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def probation_state(
    *, last_day: date, today: date, outcome: str, left_on: date | None, remind_days: int
) -> ProbationState:
    """`outcome` is the recorded decision, "" for none; `left_on` the day of a removal."""
    if outcome:
        return ProbationState.CONFIRMED if outcome == Outcome.CONFIRMED else ProbationState.DISMISSED
    if left_on is not None and left_on <= today:
        return ProbationState.LEFT
    if today > last_day:
        return ProbationState.OVERDUE
    return ProbationState.DUE if (last_day - today).days <= remind_days else ProbationState.RUNNING
