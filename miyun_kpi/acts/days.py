"""办理日期 beside 登记时间, for an act whose original is paper or another system.

Terms, rates and rules of a case follow the day on which the paper was made; the pool, the numbers and the audit follow the
order in which acts are registered. Whoever registers later than the next working day names the paper and says why: the act
shows 补登 for good.
"""

from dataclasses import dataclass
from datetime import date, datetime, time

from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.reading import require_past
from miyun_kpi.lib.workdays import working_days_between

# Registered on the next working day it is no 补登 (推定): what is signed in the afternoon is typed next morning.
GRACE = 1
MARK = "补登"


@dataclass(frozen=True)
class Late:
    """Which paper the act was done by, and why it is registered only now; empty for an act that is registered in time."""

    source: str = ""
    reason: str = ""


IN_TIME = Late()


def is_late(on: date, at: datetime) -> bool:
    return working_days_between(on, at.astimezone().date()) > GRACE


def late_words(
    on: date,
    at: datetime,
    late: Late = IN_TIME,
    *,
    clause: str | None = None,
    what: str = "办理日期",
    asked_on: date | None = None,
) -> str:
    """What stands on the record of an act of the day `on` that is registered at `at`: "" in time, else 补登 with its paper and reason.

    Refused for a day in the future, and where an act registered late lacks its paper or its reason. `asked_on`: the day on
    which the first of two persons proposed it. By that it is late or in time, however long the second takes.
    """
    at = at if asked_on is None else datetime.combine(asked_on, time(12), at.astimezone().tzinfo)
    require_past(on, at.astimezone().date(), what)
    if not is_late(on, at):
        return ""
    source, reason = late.source.strip(), late.reason.strip()
    asked = [
        words
        for words, said, least, most in (
            ("依据的文书（2 至 100 字）", source, 2, 100),
            ("现在才登记的理由（4 至 200 字）", reason, 4, 200),
        )
        if not least <= len(said) <= most or "\x00" in said
    ]
    if asked:
        said = f"{what} {on} 早于上一个工作日，属于补登，没有执行。请写{'和'.join(asked)}。"
        raise Refused("late-entry", said, clause)
    return f"{MARK}，依据{source}；{reason}"


def day_of_act(on: date | None, at: datetime) -> date:
    """The day on which an act counts as done: as its paper says, else the day of its registration."""
    return on or at.astimezone().date()
