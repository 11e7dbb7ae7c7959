"""Columns of the workbook that compares a draft with the year before."""

from datetime import datetime

from evaluation.drafting.queries.comparison import Comparison
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook


def comparison_workbook(found: Comparison, *, viewer: str, at: datetime) -> bytes:
    columns = [Column("#", 5), Column("变动", 10), Column("哪一处", 36), Column("上年", 50), Column("草案", 50)]
    rows: list[list[Cell]] = [
        [number, kind, change.subject, change.old or None, change.new or None]
        for number, (kind, change) in enumerate(found.rows, start=1)
    ]
    title = f"{found.new.year}年方案草案与{found.old.year}年对比　{found.new.get_track_display()}"
    counts = "、".join(f"{word} {count} 处" for word, count in found.counts) or "没有变动"
    lines = [title, f"草案，未印发，不得引用；{counts}", f"导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"]
    return workbook([Sheet("对比", columns, rows, lines=lines)], title=title, at=at)
