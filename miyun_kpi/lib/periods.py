"""Months, quarters and years as the product writes them: `2020`, `2020Q3`, `2020-09`."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from miyun_kpi.lib.errors import Malformed

_CODE = re.compile(r"(?a:(\d{4})(?:Q([1-4])|-(0[1-9]|1[0-2]))?)")
_QUARTERS = "一二三四"


@dataclass(frozen=True, order=True)
class PeriodCode:
    year: int
    quarter: int | None = None
    month: int | None = None

    @classmethod
    def parse(cls, text: str) -> "PeriodCode":
        match = _CODE.fullmatch(text or "")
        if not match or int(match[1]) < 1:
            raise Malformed("bad-period", f"“{(text or '')[:20]}”不是一个期间。请写 2020、2020Q3 或 2020-09。")
        return cls(int(match[1]), int(match[2]) if match[2] else None, int(match[3]) if match[3] else None)

    @classmethod
    def quarter_of(cls, day: date) -> "PeriodCode":
        return cls(day.year, quarter=(day.month - 1) // 3 + 1)

    @classmethod
    def month_of(cls, day: date) -> "PeriodCode":
        return cls(day.year, month=day.month)

    def __str__(self) -> str:
        if self.quarter:
            return f"{self.year}Q{self.quarter}"
        return f"{self.year}-{self.month:02d}" if self.month else str(self.year)

    @property
    def label(self) -> str:
        if self.quarter:
            return f"{self.year}年第{_QUARTERS[self.quarter - 1]}季度"
        return f"{self.year}年{self.month}月" if self.month else f"{self.year}年"

    @property
    def kind(self) -> str:
        return "quarter" if self.quarter else "month" if self.month else "year"

    @property
    def first_day(self) -> date:
        return date(self.year, self.month or (3 * self.quarter - 2 if self.quarter else 1), 1)

    @property
    def last_day(self) -> date:
        month = self.month or (3 * self.quarter if self.quarter else 12)
        return date(self.year, month, calendar.monthrange(self.year, month)[1])

    @property
    def months(self) -> tuple["PeriodCode", ...]:
        first, last = self.first_day.month, self.last_day.month
        return tuple(PeriodCode(self.year, month=month) for month in range(first, last + 1))
