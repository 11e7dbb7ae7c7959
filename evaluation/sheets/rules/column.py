"""A column of marks as a whole: mean and spread for the dock, and a pasted column as rows of text."""

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from miyun_kpi.lib.errors import Refused

LONGEST_PASTE = 200
# A column of serial numbers that was not copied from its top begins no later.
LATEST_SERIAL = 50
NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True)
class Statistics:
    """Over the values there are; `deviation` is that of the whole column, not of a sample. None without a value."""

    count: int
    mean: Fraction | None = None
    deviation: Decimal | None = None
    least: Fraction | None = None
    most: Fraction | None = None


def _is_count(cells: Sequence[str]) -> bool:
    """1, 2, 3 … of three rows or more, a head above them apart. 80, 81, 82 … are marks."""
    texts = [unicodedata.normalize("NFKC", cell).strip() for cell in cells]
    texts = texts[0 if texts[0].isdecimal() else 1 :]
    if len(texts) < 3 or not texts[0].isdecimal() or int(texts[0]) > LATEST_SERIAL:
        return False
    return texts == [str(int(texts[0]) + n) for n in range(len(texts))]


def _begins_with_values(rows: Sequence[Sequence[str]]) -> bool:
    """Numbers first and texts beside them."""
    first, second = [[unicodedata.normalize("NFKC", row[n]).strip() for row in rows] for n in (0, 1)]
    if len(rows) < 2 or not all(NUMBER.fullmatch(cell) for cell in first if cell) or any(map(NUMBER.fullmatch, second)):
        return False
    return sum(map(bool, first)) > 1


def statistics(values: Sequence[Fraction]) -> Statistics:
    if not values:
        return Statistics(0)
    mean = sum(values, Fraction(0)) / len(values)
    variance = sum(((value - mean) ** 2 for value in values), Fraction(0)) / len(values)
    with localcontext() as context:
        context.prec = 40
        deviation = (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt()
    return Statistics(len(values), mean, deviation, min(values), max(values))


@dataclass(frozen=True)
class Pasted:
    """One row of the clipboard; `name` is None when only values were copied; texts are None where not copied."""

    name: str | None
    text: str
    problems: str | None = None
    suggestions: str | None = None


def read_clipboard(text: str) -> list[Pasted]:
    """What a spreadsheet puts on the clipboard: a column, or names and values, or these with 存在问题 and 改进建议; the
    texts may also stand beside the values alone.

    The line break that spreadsheets put after the last row is no row; empty cells inside stay rows.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        rows = [row or [""] for row in csv.reader(io.StringIO(text, newline=""), delimiter="\t", strict=False)]
    except csv.Error:
        raise Refused("paste-unreadable", "剪贴板的内容读不成表格，没有写入。请在表格软件里重新复制。") from None
    if not rows or not any(cell.strip() for row in rows for cell in row):
        raise Refused("paste-empty", "剪贴板里没有内容，没有写入。请先在表格软件里复制得分一列。")
    if len(rows) > LONGEST_PASTE:
        raise Refused(
            "paste-too-long", f"剪贴板有 {len(rows)} 行，一次最多 {LONGEST_PASTE} 行，没有写入。请只复制本表的一列。"
        )
    width = max(len(row) for row in rows)
    if width > 1 and _is_count([row[0] for row in rows]):
        raise Refused("paste-serial", "第一列像是序号，没有读入。请从名称或得分那一列起复制，不带序号。")
    if width > 4:
        raise Refused(
            "paste-too-wide",
            f"剪贴板有 {width} 列，没有写入。请只复制得分一列，或名称、得分两列（其后可连存在问题、改进建议）。",
        )
    if width == 1:
        return [Pasted(None, row[0]) for row in rows]
    full = [row + [""] * (width - len(row)) for row in rows]
    if width < 4 and _begins_with_values(full):
        return [Pasted(None, *row) for row in full]
    return [Pasted(row[0], row[1], *row[2:]) for row in full]
