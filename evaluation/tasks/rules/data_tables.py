"""Columns of a monthly data table as an evaluator declares them, and what may stand in them. Pure."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from miyun_kpi.lib.errors import Refused

MOST_COLUMNS, MOST_PLACES, LONGEST_TEXT = 20, 6, 300
ROW_TITLES = {"unit": "单位", "series": "指标名称"}
MOST = Decimal(10) ** 9
# 口径, 责任部门, 数据来源 beside the figures; offered for indicators with 分指标, to be changed at will (推定): no form of these
# tables is printed, and a figure without its definition and source cannot be checked by who reads it.
OFFERED = "计量单位,文字\n目标值,,4\n累计完成,,4\n同比,%,2\n口径,文字\n责任部门,文字\n数据来源,文字"


@dataclass(frozen=True)
class DataColumn:
    name: str
    kind: str
    unit: str = ""
    places: int = 0

    @property
    def title(self) -> str:
        return f"{self.name}（{self.unit}）" if self.unit else self.name


def columns_of(stored: list[dict[str, Any]]) -> list[DataColumn]:
    return [DataColumn(**one) for one in stored]


def read_columns(text: str, *, row_title: str) -> list[DataColumn]:
    """One column a line: “名称,单位,小数位”, “名称,文字” for words, “名称” for a number with two decimals."""
    columns: list[DataColumn] = []
    for number, line in enumerate(text.replace("，", ",").splitlines(), start=1):
        if line.strip():
            columns.append(_read_column(number, [part.strip() for part in line.split(",")]))
    titles = [column.title for column in columns]
    if not columns:
        raise Refused("no-columns", "请写列，一行一列，例如“响应率,%,2”。没有保存。")
    if len(columns) > MOST_COLUMNS:
        raise Refused("too-many-columns", f"最多 {MOST_COLUMNS} 列，没有保存。")
    if len(set(titles)) != len(titles) or row_title in titles:
        raise Refused("doubled-column", f"列名有重复，或与“{row_title}”相同，没有保存。请改名。")
    if all(column.kind == "text" for column in columns):
        raise Refused("no-number", "至少要有一列是数字，没有保存。")
    return columns


def _read_column(number: int, parts: list[str]) -> DataColumn:
    name = parts[0]
    if not 1 <= len(name) <= 30 or "\x00" in name or len(parts) > 3:
        raise Refused("bad-column", f"第 {number} 行读不懂，没有保存。请写成“名称,单位,小数位”，名称 30 字以内。")
    if len(parts) == 2 and parts[1] == "文字":
        return DataColumn(name, "text")
    unit = parts[1] if len(parts) > 1 else ""
    places = parts[2] if len(parts) > 2 else "2"
    if len(unit) > 10 or not (
        places.isascii() and places.isdigit() and len(places) == 1 and int(places) <= MOST_PLACES
    ):
        raise Refused("bad-column", f"第 {number} 行“{name}”：单位 10 字以内，小数位 0 至 {MOST_PLACES}，没有保存。")
    return DataColumn(name, "number", unit, int(places))


def written(columns: list[DataColumn]) -> str:
    """The columns as one types them."""
    return "\n".join(f"{c.name},文字" if c.kind == "text" else f"{c.name},{c.unit},{c.places}" for c in columns)
