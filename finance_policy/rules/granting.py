"""三（一）1: what a firm or project of the library is given over a span, from its loans, the rate of its level and the days.

The days are counted loan by loan: those of the span on which the loan ran and nothing stood in the way. One rate for the
whole span, that of its first day (推定, as in the trial); rounded once, at the end.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from finance_policy.rules.subsidy import CLAUSE, Rate, rate_on
from miyun_kpi.lib.decimals import half_up, plain
from miyun_kpi.lib.errors import Refused

DAY = timedelta(days=1)
EVER = date.max


@dataclass(frozen=True)
class Lent:
    """A loan: interest runs from `first` until `end`, the day on which it is due or was repaid."""

    name: str
    principal: Decimal
    first: date
    end: date


@dataclass(frozen=True)
class Barred:
    """From `first` up to, not including, `end` nothing is given; `why` in a few words."""

    first: date
    end: date
    why: str


@dataclass(frozen=True)
class Part:
    name: str
    principal: Decimal
    days: int


@dataclass(frozen=True)
class Grant:
    """`exact` in 元, `amount` the same rounded once to 分; `words` the sum as it is kept."""

    rate: Rate
    parts: Sequence[Part]
    day_basis: int
    exact: Fraction
    amount: Decimal

    @property
    def words(self) -> str:
        each = " + ".join(f"{one.principal:,.2f} × {one.days} 天（{one.name}）" for one in self.parts)
        return f"（{each}）× {plain(self.rate.percent)}% ÷ {self.day_basis} = {self.amount:,.2f} 元"


def end_of(day: date, *, count_last: bool) -> date:
    """The first day that is no longer counted."""
    return day + DAY if count_last else day


def outside(stays: Iterable[tuple[date, date | None]], why: str) -> list[Barred]:
    """All days on which none of the stays (first day, first day no more; None: still there) lies."""
    found, at = [], date.min
    for first, end in sorted(stays, key=lambda one: one[0]):
        if first > at:
            found.append(Barred(at, first, why))
        at = max(at, end or EVER)
    return [*found, Barred(at, EVER, why)] if at < EVER else found


def first_barred(barred: Iterable[Barred], first: date, end: date) -> tuple[date, str] | None:
    """The earliest day of the span on which something stands in the way, and what."""
    met = [(max(one.first, first), one.why) for one in barred if one.first < end and one.end > first]
    return min(met) if met else None


def free_days(first: date, end: date, barred: Iterable[Barred]) -> int:
    """Days of [first, end) on which nothing stands in the way."""
    days, at = 0, first
    for one in sorted(barred, key=lambda one: one.first):
        if one.first >= end:
            break
        days += max((one.first - at).days, 0)
        at = max(at, one.end)
    return days + max((end - at).days, 0) if at < end else days


def grant(
    rates: Iterable[Rate],
    loans: Iterable[Lent],
    barred: Sequence[Barred],
    *,
    level: str,
    from_on: date,
    to_on: date,
    day_basis: int,
    count_last: bool,
) -> Grant | None:
    """What the facts give over the span; None without a rate on its first day. `parts` are the loans with days in it."""
    rate = rate_on(rates, level, from_on)
    if rate is None:
        return None
    parts = []
    for loan in sorted(loans, key=lambda one: (one.first, one.name)):
        end = min(end_of(to_on, count_last=count_last), end_of(loan.end, count_last=count_last))
        days = free_days(max(from_on, loan.first), end, barred)
        if days > 0:
            parts.append(Part(loan.name, loan.principal, days))
    weighed = sum((Fraction(one.principal) * one.days for one in parts), Fraction(0))
    exact = weighed * Fraction(rate.percent) / 100 / day_basis
    return Grant(rate, parts, day_basis, exact, half_up(exact, 2))


def require_span(from_on: date, to_on: date, today: date, *, count_last: bool) -> None:
    """Interest that has accrued: the last day that counts is past."""
    end = end_of(to_on, count_last=count_last)
    if end <= from_on:
        raise Refused("bad-span", f"计息止 {to_on} 须在计息起 {from_on} 以后，没有执行。请改日期。", clause=CLAUSE)
    if end > today:
        said = f"计息止 {to_on} 还没有过完，没有执行。贴息按已经发生的利息算，请改为今天以前的日期。"
        raise Refused("future-span", said, clause=CLAUSE)


def overlapping(
    spans: Iterable[tuple[str, date, date, bool]], from_on: date, to_on: date, *, count_last: bool
) -> str | None:
    """The name of a span (name, from, to, with its last day) that shares a counted day with this one."""
    end = end_of(to_on, count_last=count_last)
    for name, first, last, whole in spans:
        if first < end and from_on < end_of(last, count_last=whole):
            return name
    return None
