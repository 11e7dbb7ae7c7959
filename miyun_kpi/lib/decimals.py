"""Exact decimals: the only rounding of the house, and the only reader of typed numbers."""

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction

from miyun_kpi.lib.errors import Refused

_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
_FULL_WIDTH = {ord("０") + i: str(i) for i in range(10)} | {
    ord("．"): ".",
    ord("。"): ".",
    ord("－"): "-",
    ord("−"): "-",
    ord("＋"): "+",
}


def half_up(value: Fraction | Decimal | int, places: int) -> Decimal:
    """Round half up (away from zero at exactly half) to `places` decimals, exactly; docs/engine.md, "Arithmetic"."""
    scaled = Fraction(value) * 10**places
    sign = -1 if scaled < 0 else 1
    whole = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(sign * whole).scaleb(-places)


def to_scaled(value: Decimal, places: int) -> int:
    """An exact decimal as an integer of 10^-places. Raises ValueError when digits would be lost."""
    scaled = value.scaleb(places)
    whole = int(scaled)
    if scaled != whole:
        raise ValueError(f"{value} has more than {places} decimals")
    return whole


def from_scaled(value: int, places: int) -> Decimal:
    return Decimal(value).scaleb(-places)


def plain(value: Decimal) -> str:
    """A decimal as people write it: no exponent, no trailing zeros after the point."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def narrow(text: str) -> str:
    """Full-width digits, point and signs as half-width; surrounding blanks of any kind dropped."""
    return text.translate(_FULL_WIDTH).strip(" \t\r\n\u3000\u00a0\u200b\ufeff")


def read_decimal(text: str, *, places: int, what: str = "得分") -> Decimal:
    """Read a typed non-negative decimal. Refused, never rounded: signs, exponents, other scripts, extra decimals."""
    value = narrow(text)
    shown = text.strip()[:20]
    if not value:
        raise Refused("blank", f"{what}是空的，没有保存。请写阿拉伯数字。")
    if value.startswith("-"):
        raise Refused("negative", f"“{shown}”是负数，没有保存。{what}不能小于 0。")
    if re.fullmatch(r"[0-9.]+[eE][+-]?[0-9]+", value):
        raise Refused("exponent", f"“{shown}”是科学计数写法，没有保存。请写成普通小数。")
    if not _PLAIN.fullmatch(value) or len(value) > 30:
        if value.lower() in {"nan", "inf", "infinity"} or not any(unicodedata.category(ch) == "Nd" for ch in value):
            raise Refused("not-a-number", f"“{shown}”不是数字，没有保存。请写阿拉伯数字，例如 86.5。")
        raise Refused("not-a-number", f"“{shown}”读不成一个数，没有保存。请只写阿拉伯数字和小数点，例如 86.5。")
    decimals = value.partition(".")[2]
    if len(decimals) > places:
        raise Refused(
            "too-many-decimals", f"“{shown}”超过 {places} 位小数，没有保存。最多写 {places} 位小数，系统不代为舍入。"
        )
    return Decimal(value)
