"""Months, quarters and years as the product writes them: `2020`, `2020Q3`, `2020-09`."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from miyun_kpi.lib.errors import Malformed

_CODE = re.compile(r"(?a:(\d{4})(?:Q([1-4])|-(0[1-9]|1[0-2]))?)")
_QUARTERS = "一二三四"
_QUARTER_NAMED = re.compile(r"(?a:\b\d{4}Q[1-4]\b)\s?")
# As people write it: 2020年第三季度, 2020年3季度, 2020年9月, 2020年.
_WORDS = re.compile(r"(?a:(\d{4})\s*年(?:度)?(?:\s*第?\s*([一二三四1-4])\s*季度|\s*(0?[1-9]|1[0-2])\s*月)?)")


@dataclass(frozen=True, order=True)
class PeriodCode:
    year: int
    quarter: int | None = None
    month: int | None = None

    @classmethod
    def parse(cls, text: str) -> "PeriodCode":
        match = _CODE.fullmatch(text or "")
        if not match or int(match[1]) < 1:
            raise Malformed(
                "bad-period", f"“{(text or '')[:20]}”不是一个期间。请写成 2020年、2020年第三季度或2020年9月。"
            )
        return cls(int(match[1]), int(match[2]) if match[2] else None, int(match[3]) if match[3] else None)

    @classmethod
    def read(cls, text: str) -> "PeriodCode":
        """What a person has typed: a code, or the words for it. Keep `str()` of it, not the text."""
        said = (text or "").strip()
        match = _WORDS.fullmatch(said)
        if not match or int(match[1]) < 1:
            return cls.parse(said.upper())
        quarter = (_QUARTERS.find(match[2]) + 1 or int(match[2])) if match[2] else None
        return cls(int(match[1]), quarter, int(match[3]) if match[3] else None)

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


def label_of(code: object) -> str:
    """How a stored code is read: 2020年第三季度. What is no code comes back as it is (2020H1 of a duty has words of its own)."""
    text = str(code)
    return PeriodCode.parse(text).label if _CODE.fullmatch(text) else text


def code_of(words: str) -> str:
    """The code of what a person has typed; what cannot be read comes back as it is, for whoever refuses it."""
    try:
        return str(PeriodCode.read(words))
    except Malformed:
        return words


def in_words(text: str) -> str:
    """A sentence of a frozen document with the quarters it names said in words; the document keeps what it was sealed with."""
    return _QUARTER_NAMED.sub(lambda found: PeriodCode.parse(found[0].strip()).label, text)
