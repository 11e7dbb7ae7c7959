"""环境污染强制责任保险全覆盖 (一（二）, 二（三）8): enterprises of the list whose policy runs on the day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

# 一（二）：“到2022年……全覆盖”.
TARGET = date(2022, 12, 31)


@dataclass(frozen=True)
class Coverage:
    insured: int
    listed: int

    @property
    def share(self) -> Fraction | None:
        """None while the list is empty: nothing to cover is not full cover."""
        return Fraction(self.insured, self.listed) if self.listed else None


def on_list(values: Mapping[str, str], on: date) -> bool:
    """Listed by the day; the day of leaving no longer counts."""
    left = values.get("left_on", "")
    return values.get("listed_on", "9999") <= on.isoformat() and not (left and left <= on.isoformat())


def is_insured(values: Mapping[str, str], on: date) -> bool:
    """First and last day of the policy included; without both days it is no policy."""
    first, last = values.get("from_on", ""), values.get("to_on", "")
    return bool(values.get("insurer") and first and last) and first <= on.isoformat() <= last


def times_on_list(values: Mapping[str, str], relisted: Iterable[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """The enterprise as of each of its times on the list. `relisted`: what stood there before each 重新列入, in any order."""
    return [values, *({**values, **{name: one.get(name, "") for name in ("listed_on", "left_on")}} for one in relisted)]


def coverage(rows: Iterable[Mapping[str, str]], on: date) -> Coverage:
    listed = [values for values in rows if on_list(values, on)]
    return Coverage(sum(is_insured(values, on) for values in listed), len(listed))
