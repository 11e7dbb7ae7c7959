"""Monthly data tables as workbooks: the template of a month, and a month as it stands."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from evaluation.tasks.models.data_tables import DataSet, DataTable
from evaluation.tasks.rules.data_tables import ROW_TITLES, DataColumn, columns_of
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook


def _columns(table: DataTable, columns: Sequence[DataColumn]) -> list[Column]:
    return [
        Column(ROW_TITLES[table.rows_by], 26, text=True),
        *(Column(c.title, 26, text=True) if c.kind == "text" else Column(c.title, 14, c.places) for c in columns),
    ]


def table_template(table: DataTable, names: Sequence[str], *, at: datetime) -> bytes:
    columns = columns_of(table.columns)
    rows: list[list[Cell]] = [[name, *[None] * len(columns)] for name in names]
    lines = (f"{table.indicator.short_name}　{table.name}", "空白是没有数，不是 0。行和列照模板，不要增减。")
    return workbook([Sheet("数据", _columns(table, columns), rows, lines=lines)], title=table.name, at=at)


def month_workbook(
    data: DataSet, table: DataTable, rows: Sequence[dict[str, Any]], *, viewer: str, at: datetime
) -> bytes:
    columns = columns_of(data.columns)
    cells: list[list[Cell]] = [
        [row["name"], *(_cell(value, column) for value, column in zip(row["values"], columns, strict=True))]
        for row in rows
    ]
    lines = (
        f"{table.indicator.short_name}　{table.name}　{data.period}",
        f"第 {data.number} 版　{data.imported_by}　{data.imported_at.astimezone():%Y-%m-%d %H:%M} 导入",
        f"导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}　只列记录，不计算分数",
    )
    return workbook([Sheet("数据", _columns(table, columns), cells, lines=lines)], title=table.name, at=at)


def _cell(value: str | None, column: DataColumn) -> Cell:
    return Decimal(value) if value is not None and column.kind == "number" else value
