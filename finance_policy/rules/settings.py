"""What the text leaves open, with the defaults that hold until 区金融办 sets others (推定).

A year of 360 days, the last not counted: how banks reckon the interest that is subsidised. Three banks: from the sum of two each
knows the other's figure. Due after 15 days: no printed basis; a bank has closed its quarter by then.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

DAY_BASES = (360, 365)
LEAST_BANKS = 3


@dataclass(frozen=True)
class Settings:
    day_basis: int = 360
    count_last_day: bool = False
    fewest_banks: int = LEAST_BANKS
    due_days: int = 15

    @property
    def counting(self) -> tuple[int, bool]:
        """What of them moves the sum of a 贴息."""
        return self.day_basis, self.count_last_day

    @property
    def said(self) -> list[tuple[str, str]]:
        return [
            ("一年按几天计息", f"{self.day_basis} 天"),
            ("计息含止日", "是" if self.count_last_day else "否"),
            ("汇总至少几家银行", f"{self.fewest_banks} 家"),
            ("银行季报", f"季末后 {self.due_days} 日内报"),
        ]


@dataclass(frozen=True)
class Dated:
    first: date
    held: Settings


def in_force(rows: Iterable[Dated], on: date) -> Settings:
    """Those that began last; before the first of them the defaults."""
    begun = [one for one in rows if one.first <= on]
    return max(begun, key=lambda one: one.first).held if begun else Settings()
