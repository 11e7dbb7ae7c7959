"""二: shares against their printed bounds, and the straight line to the end of 2022. Exact; nothing is a float. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from miyun_kpi.lib.errors import Refused

# 二：“到2022年底”.
END = date(2022, 12, 31)
# 二：“全区污水处理率达到90%以上，农村地区生活污水处理设施覆盖率达到60%以上”; 以上 includes the number (民法典第一千二百五十九条).
BOUNDS: dict[str, int] = {"treated": 90, "covered": 60}


def share_of(share: Decimal | None, numerator: Decimal | None, denominator: Decimal | None) -> Fraction:
    """Per cent, exactly. Refuses what is neither a share nor a fraction, and parts above their whole."""
    if (share is None) == (numerator is None and denominator is None):
        raise Refused("share-or-fraction", "请填比率，或者填分子和分母，不要两样都填；没有保存。")
    if share is not None:
        value = Fraction(share)
    else:
        if numerator is None or denominator is None:
            raise Refused("half-a-fraction", "分子、分母要同时填，没有保存。请补上所缺的一个。")
        if denominator == 0:
            raise Refused("zero-denominator", "分母不能是 0，没有保存。请核对分母。")
        value = Fraction(numerator) * 100 / Fraction(denominator)
    if value > 100:
        raise Refused("above-all", "比率超过 100%，没有保存。请核对分子和分母。")
    return value


def reached(target: str, value: Fraction) -> bool:
    """“以上” includes the number itself."""
    return value >= BOUNDS[target]


@dataclass(frozen=True)
class Projection:
    """The line through the first and the last value: `per_day` per cent points a day, `value` at the end of 2022 (0 to 100)."""

    first_day: date
    first: Fraction
    last_day: date
    last: Fraction
    per_day: Fraction
    days_left: int
    raw: Fraction
    value: Fraction


def projection(points: Sequence[tuple[date, Fraction]]) -> Projection | None:
    """`points` in the order of days. None with fewer than two days or when the end has come: nothing is guessed."""
    if len(points) < 2:
        return None
    (first_day, first), (last_day, last) = points[0], points[-1]
    if last_day >= END or last_day <= first_day:
        return None
    per_day = (last - first) / (last_day - first_day).days
    days = (END - last_day).days
    raw = last + per_day * days
    return Projection(first_day, first, last_day, last, per_day, days, raw, min(max(raw, Fraction(0)), Fraction(100)))
