"""Periods as ledgers are printed by: month, quarter, half-year, year, school-year; each with one canonical form.

2026-10, 2026Q3, 2026H1, 2026, 2026S: the codes of the duties (`duties.rules.cadence`). What is typed says its year; a machine
that added one would move a figure from year to year.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.periods import label_of as plain_label

EARLIEST, LATEST = 1900, 2199
_HALVES, _QUARTERS = "上下", "一二三四"


class Span(Enum):
    """`value`: what it is called, how it is written, and an example of it."""

    MONTH = ("月份", "年和月", "2026-10")
    QUARTER = ("季度", "年和季度", "2026Q3 或 2026年第三季度")
    HALF = ("半年", "年和上、下半年", "2026H1 或 2026年上半年")
    YEAR = ("年度", "四位数的年份", "2026")
    SCHOOL_YEAR = ("学年", "相连的两个年份", "2026-2027学年")


@dataclass(frozen=True)
class _Form:
    """A way to write a span. `code` of the groups of the match."""

    span: Span
    pattern: re.Pattern[str]


def _form(span: Span, pattern: str) -> _Form:
    return _Form(span, re.compile(f"(?a:{pattern})"))


_YEAR = r"(?P<year>\d{4})"
_FORMS = (
    _form(Span.MONTH, _YEAR + r"(?:年|[-/])(?P<month>\d{1,2})月?(?:份)?"),
    # 2026.1 may be October whose nought a spreadsheet has dropped: two digits, or it is not read.
    _form(Span.MONTH, _YEAR + r"\.?(?P<month>\d{2})"),
    # Of a spreadsheet, which keeps a month as its first day.
    _form(Span.MONTH, _YEAR + r"(?:年|[-/.])(?P<month>\d{1,2})(?:月|[-/.])0?1日?"),
    _form(Span.QUARTER, _YEAR + r"(?:年)?[-/]?Q(?P<quarter>[1-4])"),
    _form(Span.QUARTER, _YEAR + r"年度?第?(?P<quarter>[一二三四1-4])季度?"),
    _form(Span.HALF, _YEAR + r"(?:年)?[-/]?H(?P<half>[12])"),
    _form(Span.HALF, _YEAR + r"年度?(?P<half>[上下])半年"),
    _form(Span.YEAR, _YEAR + r"(?:年度?|度)?"),
    _form(Span.SCHOOL_YEAR, _YEAR + r"S"),
    _form(Span.SCHOOL_YEAR, _YEAR + r"(?:学?年)?[-~至](?P<next>\d{4})(?:学?年度?)?"),
    _form(Span.SCHOOL_YEAR, _YEAR + r"学年度?"),
)
_DASHES = str.maketrans({"—": "-", "–": "-", "－": "-", "−": "-", "～": "~", "／": "/", "．": "."})
_NO_YEAR = re.compile(
    r"(?a:(?:第?[一二三四1-4]季度?|[上下]半年|(?:1[0-2]|0?[1-9])月份?|(?:十[一二]?|[一二三四五六七八九])月份?))"
)


def read_span(text: str, admitted: Sequence[Span], *, what: str = "期间") -> str:
    """The canonical code of a typed period. Raises Refused in one sentence: what is wrong, the form, an example."""
    said = "".join(unicodedata.normalize("NFKC", text).translate(_DASHES).upper().split())
    shown, form = text.strip()[:20], form_of(admitted)
    if _NO_YEAR.fullmatch(said):
        raise Refused("bad-period", f"{what}“{shown}”没有写年份，{form}。")
    found = [(one.span, match) for one in _FORMS if (match := one.pattern.fullmatch(said))]
    if not found:
        raise Refused("bad-period", f"{what}“{shown}”读不懂，{form}。")
    span, match = next((one for one in found if one[0] in admitted), found[0])
    if span not in admitted:
        raise Refused("bad-period", f"{what}“{shown}”写的是{span.value[0]}，{form}。")
    if not EARLIEST <= int(match["year"]) <= LATEST:
        raise Refused("odd-year", f"{what}“{shown}”须在 {EARLIEST} 年至 {LATEST} 年之间，{form}。")
    code = _code(span, match.groupdict())
    if not code:
        raise Refused("bad-period", f"{what}“{shown}”没有这样的{span.value[0]}，{form}。")
    return code


def form_of(admitted: Sequence[Span]) -> str:
    """How it is to be written: the second half of every refusal, and the help of the field."""
    return "请写" + "；或".join(f"{one.value[1]}，例如 {one.value[2]}" for one in admitted)


def _code(span: Span, groups: dict[str, str]) -> str:
    """ "" where there is no such month, or the two years of a school-year do not follow each other."""
    year = groups["year"]
    if span == Span.MONTH:
        month = int(groups["month"])
        return f"{year}-{month:02}" if 1 <= month <= 12 else ""
    if span == Span.QUARTER:
        return f"{year}Q{_QUARTERS.find(groups['quarter']) + 1 or groups['quarter']}"
    if span == Span.HALF:
        return f"{year}H{_HALVES.find(groups['half']) + 1 or groups['half']}"
    if span == Span.SCHOOL_YEAR:
        return f"{year}S" if int(groups.get("next") or int(year) + 1) == int(year) + 1 else ""
    return year


def label_of(code: str) -> str:
    """2026年上半年, 2026—2027学年; months, quarters and years as everywhere. What is no code comes back as it is."""
    year = code[:4]
    if re.fullmatch(r"(?a:\d{4}H[12])", code):
        return f"{year}年{_HALVES[int(code[-1]) - 1]}半年"
    if re.fullmatch(r"(?a:\d{4}S)", code):
        return f"{year}—{int(year) + 1}学年"
    return plain_label(code)


def suggested(admitted: Sequence[Span], today: date) -> list[str]:
    """Labels of the period of today and the one before, of each span admitted: what is mostly filled in."""
    year, month = today.year, today.month
    found = []
    for one in admitted:
        found += {
            Span.MONTH: [f"{year}-{month:02}", f"{year}-{month - 1:02}" if month > 1 else f"{year - 1}-12"],
            Span.QUARTER: _pair(year, (month - 1) // 3 + 1, 4, "Q"),
            Span.HALF: _pair(year, (month - 1) // 6 + 1, 2, "H"),
            Span.YEAR: [str(year), str(year - 1)],
            Span.SCHOOL_YEAR: [f"{year if month >= 9 else year - 1}S", f"{year - 1 if month >= 9 else year - 2}S"],
        }[one]
    return [label_of(code) for code in found]


def _pair(year: int, now: int, most: int, mark: str) -> list[str]:
    return [f"{year}{mark}{now}", f"{year}{mark}{now - 1}" if now > 1 else f"{year - 1}{mark}{most}"]
