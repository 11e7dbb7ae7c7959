"""Monthly tracking as a workbook."""

from collections.abc import Sequence
from datetime import datetime

from evaluation.tracking.queries.heat_map import HeatMap
from miyun_kpi.lib.decimals import half_up
from miyun_kpi.organisations.enums import Zone
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook


def heat_map_workbook(found: HeatMap, *, viewer: str, at: datetime) -> bytes:
    """Months × organisations in words, then the same as numbers, a row for each unit and month."""
    columns = [Column("单位", 22), Column("分区", 12), Column("每月应报", 9)]
    columns += [Column(month.label, 24) for month in found.months] + [Column("按时率（%）", 11, 1)]
    rows: list[Sequence[Cell]] = [
        [
            row.organisation.name,
            Zone(row.organisation.zone).label if row.organisation.zone else "",
            row.owed_a_month,
            *(cell.sentence for cell in row.cells),
            None if row.rate is None else half_up(row.rate * 100, 1),
        ]
        for row in found.rows
    ]
    words = ("按时", "迟报", "缺报", "退回未改", "待报")
    numbers: list[Sequence[Cell]] = [
        [row.organisation.name, cell.month.code, t.on_time, t.late, t.missing, t.returned, t.waiting]
        for row in found.rows
        for cell in row.cells
        if (t := cell.tally) is not None
    ]
    title = f"月跟踪　{found.scheme.year}年　{found.scheme.get_track_display()}"
    lines = [title, f"导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"]
    sheets = [
        Sheet(title="单位×月份", columns=columns, rows=rows, lines=lines),
        Sheet(
            title="明细",
            columns=[Column("单位", 22), Column("月份", 9), *(Column(word, 9) for word in words)],
            rows=numbers,
            lines=lines,
        ),
    ]
    return workbook(sheets, title=title, at=at)
