"""三（一）1 “分级给予贴息支持”: interest of a span at the rate of the level. The rates are not printed: a dated table of the office.

推定, each a setting or said on the page: simple interest; the rate in force on the day asked for (the first day of the
span when none is given) holds for the whole span; a year of 360 or 365 days; the first day counts, the last does not.
So a bank reckons the interest that is subsidised; nothing is compounded, for a subsidy is paid and not lent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from finance_policy.enums import DOCUMENT
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.decimals import half_up
from miyun_kpi.lib.errors import Refused

CLAUSE = cite(DOCUMENT, "三（一）1")
LARGEST = Decimal(10) ** 12


@dataclass(frozen=True)
class Rate:
    level: str
    from_on: date
    until: date | None
    percent: Decimal
    basis: str


@dataclass(frozen=True)
class Subsidy:
    """`exact` is the unrounded amount in 元; `amount` is it, rounded once, half up to 分."""

    rate: Rate
    on: date
    days: int
    day_basis: int
    principal: Decimal
    exact: Fraction
    amount: Decimal
    # Another rate begins, or this one ends, within the span: said, not computed (推定). Whether a loan keeps the rate it was
    # granted at is for the office to say.
    changes_on: date | None = None


def rate_on(rates: Iterable[Rate], level: str, on: date) -> Rate | None:
    """The newest entry that has begun, unless it has ended: an older one does not come back."""
    begun = [one for one in rates if one.level == level and one.from_on <= on]
    newest = max(begun, key=lambda one: one.from_on, default=None)
    return newest if newest and (newest.until is None or on <= newest.until) else None


def days_between(first: date, last: date, *, count_last: bool) -> int:
    return (last - first).days + count_last


def compute(
    rates: Iterable[Rate],
    *,
    level: str,
    level_words: str,
    principal: Decimal,
    from_on: date,
    to_on: date,
    on: date | None,
    day_basis: int,
    count_last: bool,
) -> Subsidy:
    """principal × rate × days ÷ basis. Raises Refused without a rate for the day, naming the table."""
    if not 0 < principal < LARGEST:
        raise Refused("bad-principal", "贷款本金须大于 0、小于 1 万亿元，没有计算。请核对单位（元）。", clause=CLAUSE)
    days = days_between(from_on, to_on, count_last=count_last)
    if days <= 0:
        raise Refused("bad-span", f"计息止 {to_on} 须在计息起 {from_on} 以后，没有计算。请改日期。", clause=CLAUSE)
    rates, day = list(rates), on or from_on
    rate = rate_on(rates, level, day)
    if rate is None:
        said = f"{level_words}在 {day} 没有贴息率，没有计算。请区金融办在“贴息率表”录入当天有效的贴息率和依据。"
        raise Refused("no-rate", said, clause=CLAUSE)
    level_rates = [one for one in rates if one.level == level]
    changes = [one.from_on for one in level_rates] + [one.until + timedelta(days=1) for one in level_rates if one.until]
    within = min((on for on in changes if from_on < on <= to_on and on > day), default=None)
    exact = Fraction(principal) * Fraction(rate.percent) / 100 * days / day_basis
    return Subsidy(rate, day, days, day_basis, principal, exact, half_up(exact, 2), within)
