"""主动公开比率 of policy documents over time: “逐步扩大主动公开比率” (四（一）). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from miyun_kpi.lib.decimals import half_up


@dataclass(frozen=True)
class Policy:
    made_on: date
    opened_on: date | None


@dataclass(frozen=True)
class Point:
    """At the end of a day: how many policy documents there were, how many of them public, per cent to one place."""

    day: date
    whole: int
    opened: int

    @property
    def percent(self) -> Decimal | None:
        return half_up(Fraction(100 * self.opened, self.whole), 1) if self.whole else None


def quarter_ends(first: date, last: date) -> list[date]:
    """Ends of the quarters from that of `first`, and `last` itself."""
    found: list[date] = []
    year, quarter = first.year, (first.month - 1) // 3 + 1
    while True:
        following = date(year + quarter // 4, quarter % 4 * 3 + 1, 1)
        day = following - timedelta(days=1)
        if day >= last:
            return [*found, last]
        found.append(day)
        year, quarter = following.year, (following.month - 1) // 3 + 1


def series(policies: Sequence[Policy], today: date) -> list[Point]:
    """The last twelve quarters."""
    if not policies:
        return []
    days = quarter_ends(min(min(one.made_on for one in policies), today), today)[-12:]
    return [
        Point(
            day,
            sum(one.made_on <= day for one in policies),
            sum(one.made_on <= day and one.opened_on is not None and one.opened_on <= day for one in policies),
        )
        for day in days
    ]
