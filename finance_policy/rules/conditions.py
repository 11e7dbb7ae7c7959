"""“三个不低于” (附件·6, 一（二）): growth of green loans, their increment, their customers. Exact fractions; equal passes.

推定: 各项贷款平均增速 is the growth of all loans of the same bank (of all banks together for the district), year on year:
the sentence compares a bank's green loans with “各项贷款”, and the figures of one bank are the only ones it can answer for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from miyun_kpi.lib.decimals import half_up

FIGURES = (
    ("loans", "各项贷款余额", "万元"),
    ("loans_before", "各项贷款余额（上年同期）", "万元"),
    ("green", "绿色信贷余额", "万元"),
    ("green_before", "绿色信贷余额（上年同期）", "万元"),
    ("increment", "绿色信贷增量", "万元"),
    ("increment_before", "绿色信贷增量（上年同期）", "万元"),
    ("customers", "绿色信贷客户数", "户"),
    ("customers_before", "绿色信贷客户数（上年同期）", "户"),
)
# Decimals of a per cent on screen.
SHOWN = 4
WORDS = {name: words for name, words, _ in FIGURES}


@dataclass(frozen=True)
class Figures:
    loans: Decimal | None = None
    loans_before: Decimal | None = None
    green: Decimal | None = None
    green_before: Decimal | None = None
    increment: Decimal | None = None
    increment_before: Decimal | None = None
    customers: int | None = None
    customers_before: int | None = None


@dataclass(frozen=True)
class Condition:
    """`holds` None: cannot be judged, `why` says so. `left` is not to be below `right`; both exact, None when unknown."""

    name: str
    holds: bool | None
    left_words: str
    left: Fraction | None
    right_words: str
    right: Fraction | None
    rate: bool = False
    why: str = ""

    @property
    def close(self) -> str:
        """What decides where the two look the same as rounded for the eye."""
        if not self.rate or self.left is None or self.right is None or self.left == self.right:
            return ""
        if half_up(self.left * 100, SHOWN) != half_up(self.right * 100, SHOWN):
            return ""
        sign = "大于" if self.left > self.right else "小于"
        return f"四舍五入后相同，按分数比较：{_said(self.left)} {sign} {_said(self.right)}"


def _said(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


def growth(now: Decimal | None, before: Decimal | None) -> Fraction | None:
    """(now − before) ÷ before; None without both or on a base of zero."""
    if now is None or before is None or before == 0:
        return None
    return (Fraction(now) - Fraction(before)) / Fraction(before)


def conditions(figures: Figures) -> tuple[Condition, Condition, Condition]:
    """In the order of 附件·6."""
    return (
        _growth(figures),
        _compare(figures, "increment", "绿色信贷增量不低于上年同期水平"),
        _compare(figures, "customers", "绿色信贷客户数不低于上年同期水平"),
    )


def _growth(figures: Figures) -> Condition:
    green, whole = growth(figures.green, figures.green_before), growth(figures.loans, figures.loans_before)
    lacking = _lacking(figures, ("green", "green_before", "loans", "loans_before"))
    zero = [WORDS[name] for name in ("green_before", "loans_before") if getattr(figures, name) == 0]
    why = lacking or (f"{'、'.join(zero)}为 0，没有增速可比" if zero else "")
    holds = None if green is None or whole is None else green >= whole
    name = "绿色信贷增速不低于各项贷款平均增速"
    return Condition(
        name, holds, "绿色信贷增速", green, "各项贷款增速", whole, rate=True, why="" if holds is not None else why
    )


def _compare(figures: Figures, field: str, name: str) -> Condition:
    now, before = getattr(figures, field), getattr(figures, f"{field}_before")
    left, right = (None if value is None else Fraction(value) for value in (now, before))
    holds = None if left is None or right is None else left >= right
    why = _lacking(figures, (field, f"{field}_before")) if holds is None else ""
    return Condition(name, holds, WORDS[field], left, WORDS[f"{field}_before"], right, why=why)


def _lacking(figures: Figures, names: tuple[str, ...]) -> str:
    missing = [WORDS[name] for name in names if getattr(figures, name) is None]
    return f"没有填{'、'.join(missing)}" if missing else ""


def doubts(figures: Figures) -> list[str]:
    """What cannot be, whatever the bank: a part above its whole."""
    said = []
    for green, loans in (("green", "loans"), ("green_before", "loans_before")):
        part, whole = getattr(figures, green), getattr(figures, loans)
        if part is not None and whole is not None and part > whole:
            said.append(f"{WORDS[green]} {part} 大于{WORDS[loans]} {whole}。")
    return said


def summed(rows: list[Figures]) -> Figures:
    """Sums over banks; a figure that one of them lacks has no sum."""

    def total(name: str) -> Decimal | int | None:
        values = [getattr(row, name) for row in rows]
        return None if not values or any(value is None for value in values) else sum(values[1:], values[0])

    make: Callable[..., Figures] = Figures
    return make(**{name: total(name) for name, _, _ in FIGURES})
