"""How numbers and dates are written on every page: half up, true minus, a dash for what is missing, Chinese weekdays."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils import timezone

from miyun_kpi.lib.decimals import half_up, plain
from miyun_kpi.lib.periods import in_words, label_of

MISSING = "–"
MINUS = "−"
WEEKDAYS = "一二三四五六日"


def _minus(text: str) -> str:
    return text.replace("-", MINUS)


def _rounded(value: Any, places: int) -> str:
    return f"{half_up(value if isinstance(value, (Fraction, int)) else Decimal(str(value)), places):.{places}f}"


def score(value: Any, places: int = 2) -> str:
    """Fixed decimals, half up, with a true minus; missing is a dash, never 0."""
    return MISSING if value is None or value == "" else _minus(_rounded(value, int(places)))


def points(value: Any) -> str:
    """A mark or weight as it was filed: no trailing zeros."""
    return MISSING if value is None or value == "" else _minus(plain(Decimal(str(value))))


def signed(value: Any, places: int = 1) -> str:
    """A difference with its sign: +5.5, −3.5, 0.0."""
    if value is None or value == "":
        return MISSING
    text = _rounded(value, int(places))
    if Decimal(text) == 0:
        return text.lstrip("-")
    return _minus(text if text[0] == "-" else f"+{text}")


def percent(value: Any, places: int = 1) -> str:
    """A rate of 1 as per cent: 0.872 is 87.2%."""
    if value is None or value == "":
        return MISSING
    rate = value if isinstance(value, (Fraction, int)) else Decimal(str(value))
    return f"{score(rate * 100, places)}%"


def money(value: Any) -> str:
    return MISSING if value is None or value == "" else _minus(f"{Decimal(_rounded(value, 2)):,.2f}")


def area(value: Any) -> str:
    """Mu with four decimals; the unit stands in the head or after a thin gap."""
    return score(value, 4)


def minus(value: object) -> str:
    return _minus(str(value))


def missing(value: Any) -> Any:
    """The value, or a dash where there is none."""
    return MISSING if value is None or value == "" else value


def local(value: date) -> date:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return value.astimezone(timezone.get_current_timezone())
    return value


def day(value: date | None) -> str:
    return f"{local(value):%Y-%m-%d}" if value else MISSING


def weekday(value: date | None) -> str:
    return f"周{WEEKDAYS[local(value).weekday()]}" if value else ""


def day_week(value: date | None) -> str:
    """2020-10-20 周二"""
    return f"{day(value)} {weekday(value)}" if value else MISSING


def short_day(value: date | None) -> str:
    """10-20 周二"""
    return f"{local(value):%m-%d} {weekday(value)}" if value else MISSING


def stamp(value: datetime | None) -> str:
    """2020-10-20 周二 18:00"""
    return f"{day_week(value)} {local(value):%H:%M}" if value else MISSING


def short_stamp(value: datetime | None) -> str:
    """10-20 周二 18:00"""
    return f"{short_day(value)} {local(value):%H:%M}" if value else MISSING


def clock(value: datetime | None) -> str:
    return f"{local(value):%H:%M}" if value else MISSING


def period(value: object, blank: str = MISSING) -> str:
    """2020Q3 is 2020年第三季度, 2020-09 2020年9月, 2020 2020年."""
    return label_of(value) if value else blank


def periods(text: object) -> str:
    """A sentence that names quarters by their codes, in words."""
    return in_words(str(text or ""))
