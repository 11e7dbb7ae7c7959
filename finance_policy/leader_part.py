"""The targets of 19号 for 领导首页 (一（二）): 三个不低于 by the sums given out, offices of banks, 保险全覆盖. Never a single bank."""

from collections.abc import Sequence
from datetime import date

from finance_policy.enums import DOCUMENT
from finance_policy.queries.figures import insurance
from finance_policy.queries.returns import releases
from finance_policy.rules.coverage import TARGET
from finance_policy.rules.kinds.ledgers import OFFICES
from miyun_kpi.lib.decimals import half_up
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.leader_parts import Goal, Reading
from miyun_kpi.registers.models import Record
from miyun_kpi.routes import to

CLAUSE = "一（二）"


def goals(reading: Reading) -> Sequence[Goal]:
    today = reading.at.astimezone().date()
    return [_cover(today), _offices(today), _conditions(today)]


def _goal(
    title: str, bound: str, last: str, address: str, *, reached: bool | None, over: bool, on: date | None
) -> Goal:
    words = {None: ("blank", "没有数"), True: ("done", "达到"), False: ("overdue" if over else "running", "未达到")}
    return Goal(
        document=DOCUMENT,
        clause=CLAUSE,
        title=title,
        bound=bound,
        last=last,
        by=TARGET,
        state=words[reached][0],
        word=words[reached][1],
        missed=False if reached else over or None if reached is False else None,
        on=on,
        address=address,
    )


def _cover(today: date) -> Goal:
    found = insurance(today).whole
    last = "" if found.share is None else f"{half_up(found.share * 100, 1)}%"
    reached = None if found.share is None else found.share == 1
    address = to("finance_policy:insurance")
    return _goal("高风险企业强制责任保险", "全覆盖", last, address, reached=reached, over=today > TARGET, on=today)


def _offices(today: date) -> Goal:
    number = Record.objects.filter(kind=OFFICES.key, struck_at__isnull=True).count()
    address = to("finance_policy:records", OFFICES.code)
    last, over = f"{number} 家", today > TARGET
    return _goal("绿色信贷专营机构", "零的突破", last, address, reached=number > 0, over=over, on=today)


def _conditions(today: date) -> Goal:
    """The newest quarter whose sums the office has given out."""
    given = next(iter(releases()), None)
    told = given.conditions if given else ()
    reached = None if any(one.holds is None for one in told) or not told else all(one.holds for one in told)
    last = f"{given.held} 项" if given else ""
    on = PeriodCode.parse(given.release.period).last_day if given else None
    address = to("finance_policy:returns")
    return _goal("绿色信贷三个不低于", "3 项", last, address, reached=reached, over=today > TARGET, on=on)
