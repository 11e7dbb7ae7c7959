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
OFFERED = "计量单位,文字\n目标值,按行,4\n累计完成,按行,4\n同比,%,2\n口径,文字\n责任部门,文字\n数据来源,文字"
# In place of a unit of measure: a figure that has none, and one whose unit stands in a column of words of its row.
NO_UNIT, BY_ROW, UNIT_COLUMN = "无", "按行", "计量单位"
SAID = {NO_UNIT: "无单位", BY_ROW: "单位见该行"}


@dataclass(frozen=True)
class DataColumn:
    name: str
    kind: str
    unit: str = ""
    places: int = 0

    @property
    def title(self) -> str:
        """As it stands in the head of the page, of the template and of every workbook."""
        return f"{self.name}（{SAID.get(self.unit, self.unit)}）" if self.unit else self.name

    @property
    def lacks_unit(self) -> bool:
        """Of before a unit was asked for."""
        return self.kind == "number" and not self.unit


def columns_of(stored: list[dict[str, Any]]) -> list[DataColumn]:
    return [DataColumn(**one) for one in stored]


def read_columns(text: str, *, row_title: str) -> list[DataColumn]:
    """One column a line: “名称,单位,小数位”, two decimals where none are said, “名称,文字” for words. No number without its unit."""
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
    if any(column.unit == BY_ROW for column in columns) and UNIT_COLUMN not in titles:
        raise Refused("no-unit-column", f"有的列单位写“{BY_ROW}”，还要有一列“{UNIT_COLUMN},文字”，没有保存。")
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
    if not unit:
        raise Refused(
            "no-unit",
            f"第 {number} 行“{name}”没有写计量单位，没有保存。请写成“{name},万元,2”；"
            f"没有单位的写“{NO_UNIT}”，各行单位不同的写“{BY_ROW}”。",
        )
    return DataColumn(name, "number", unit, int(places))


def written(columns: list[DataColumn]) -> str:
    """The columns as one types them."""
    return "\n".join(f"{c.name},文字" if c.kind == "text" else f"{c.name},{c.unit},{c.places}" for c in columns)
