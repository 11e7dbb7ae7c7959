"""What a declared column is, and how the text of its cell becomes a typed value; imported by way of `table.py`."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from miyun_kpi.lib.decimals import plain, read_decimal
from miyun_kpi.lib.errors import Refused

LONGEST = 32_767  # of the file format
YES_NO = {"是": True, "否": False}


class Kind(StrEnum):
    """What comes back of a cell. TEXT: a date as 2020-10-31, blank as "". FIGURE: a number as it was written, for a door
    that reads it itself. NUMBER: an exact Decimal, never rounded. DAY: a date. CHOICE: what its words stand for. Blank is
    None for the last three, never 0.
    """

    TEXT = "text"
    FIGURE = "figure"
    NUMBER = "number"
    DAY = "day"
    CHOICE = "choice"


@dataclass(frozen=True)
class ColumnSpec:
    """`title` of the template, `also` other spellings of it. `required`: no row leaves it blank; `optional`: the workbook
    may lack the whole column. `longest` in characters; `places` decimals at most; `least` and `most` are inclusive.
    """

    key: str
    title: str
    kind: Kind = Kind.TEXT
    required: bool = False
    optional: bool = False
    longest: int = LONGEST
    places: int = 0
    signed: bool = False
    least: Decimal | date | None = None
    most: Decimal | date | None = None
    words: Mapping[str, Any] = field(default_factory=dict)
    also: Sequence[str] = ()


def same(text: str) -> str:
    """How titles are compared: without blanks, full width as half width."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def read_day(text: str) -> date | None:
    """2020-10-31, 2020/10/31, 2020年10月31日, 2020.10.31."""
    said = unicodedata.normalize("NFKC", text).strip()
    if len(said) > 10 and said[10] in "T ":
        said = said[:10]
    for mark in "年月/.":
        said = said.replace(mark, "-")
    parts = said.removesuffix("日").split("-")
    if len(parts) != 3 or not all(p.isascii() and p.isdigit() for p in parts) or len(parts[0]) != 4:
        return None
    try:
        return date(*map(int, parts))
    except ValueError:
        return None


def _text(typed: str, column: ColumnSpec) -> str:
    if len(typed) > column.longest:
        raise Refused("too-long", f"有 {len(typed)} 字，超过 {column.longest} 字，请精简。")
    return typed


def _number(said: str, column: ColumnSpec) -> Decimal:
    minus = column.signed and said[:1] in "-−－"
    value = read_decimal(said[1:] if minus else said, places=column.places, what=column.title)
    return _within(-value if minus and value else value, column, plain)


def _day(said: str, column: ColumnSpec) -> date:
    found = read_day(said)
    if found is None:
        raise Refused("bad-date", "读不成日期，请写成 2020-10-31。")
    return _within(found, column, str)


def _within(value: Any, column: ColumnSpec, shown: Callable[[Any], str]) -> Any:
    least, most = column.least, column.most
    if (least is None or least <= value) and (most is None or value <= most):
        return value
    if least is not None and most is not None:
        said = f"须在 {shown(least)} 与 {shown(most)} 之间。"
    else:
        said = f"不能大于 {shown(most)}。" if least is None else f"不能小于 {shown(least)}。"
    raise Refused("too-large" if most is not None and value > most else "too-small", said)


def _choice(said: str, column: ColumnSpec) -> Any:
    for word, value in column.words.items():
        if same(word) == same(said):
            return value
    raise Refused("bad-choice", f"只能是：{'、'.join(column.words)}。")


READERS: dict[Kind, Callable[[str, ColumnSpec], Any]] = {
    **dict.fromkeys((Kind.TEXT, Kind.FIGURE), _text),
    Kind.NUMBER: _number,
    Kind.DAY: _day,
    Kind.CHOICE: _choice,
}
