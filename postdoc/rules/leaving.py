"""出站 and 退站 (第十五、十六、十七条). Pure."""

from dataclasses import dataclass
from datetime import date

from postdoc.enums import Ground, Leaving
from postdoc.rules.calendar import add_months, complete, last_day
from postdoc.rules.milestones import DEGREE_MONTHS, EARLIEST, LONGEST_MAJOR, USUAL

ABROAD_DAYS = 30


def leaving_kind(entered_on: date, ends_on: date, left_on: date) -> Leaving | None:
    """第十五条: 期满 at the end of the agreed term; before it 提前, never below 21 months (None).

    推定: between 21 and 24 months it is not 期满 unless a person decides so; no term below 24 months is agreed:
    21 months are printed as the least for leaving, two years as the usual term, and nothing of what lies between.
    """
    if not complete(entered_on, left_on, EARLIEST):
        return None
    full = left_on >= ends_on and complete(entered_on, left_on, USUAL)
    return Leaving.COMPLETED if full else Leaving.EARLY


def earliest(entered_on: date) -> date:
    return last_day(entered_on, EARLIEST)


def days_overdue(return_by: date, on: date) -> int:
    """第十六条（五）: days after the approved return; the day itself is none."""
    return max(0, (on - return_by).days)


def abroad_too_long(return_by: date, on: date) -> bool:
    """超过 30 天: the thirtieth is not yet, the thirty-first is."""
    return days_overdue(return_by, on) > ABROAD_DAYS


@dataclass(frozen=True)
class Facts:
    """What the grounds can be held against. `trips`: approved returns of trips nobody came back from by then."""

    entered_on: date
    ends_on: date
    degree_on: date | None
    failed: bool
    trips: tuple[date, ...] = ()


def ground_problem(ground: str, facts: Facts, on: date) -> str:
    """Why a ground that can be checked against the record does not fit it. "" when it may stand."""
    if ground == Ground.ASSESSMENT and not facts.failed:
        return "没有登记过不合格的考核，请先登记考核结果"
    if ground == Ground.ABROAD and not any(abroad_too_long(day, on) for day in facts.trips):
        longest = max((days_overdue(day, on) for day in facts.trips), default=0)
        return f"出国逾期不归须超过 {ABROAD_DAYS} 天，登记的出国到这一天逾期 {longest} 天"
    if ground == Ground.NO_DEGREE:
        if facts.degree_on is not None:
            return f"已于 {facts.degree_on} 取得博士学位"
        if on <= add_months(facts.entered_on, DEGREE_MONTHS):
            return f"进站 6 个月到 {add_months(facts.entered_on, DEGREE_MONTHS)} 为止，还没有过"
    if ground == Ground.OVERSTAY and on <= facts.ends_on and on <= last_day(facts.entered_on, LONGEST_MAJOR):
        return f"协议期到 {facts.ends_on} 为止，还没有期满，在站也没有超过 6 年"
    return ""
