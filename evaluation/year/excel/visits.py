"""现场考评 as a workbook."""

from collections.abc import Sequence
from datetime import datetime

from evaluation.year.models.year_close import SiteVisit
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook


def visits_workbook(rows: Sequence[tuple[SiteVisit, bool]], *, viewer: str, at: datetime) -> bytes:
    """`rows`: with whether the reader may read what was found."""
    columns = [
        Column("年度", 7),
        Column("考评部门", 24),
        Column("考评对象", 24),
        Column("开始", 12),
        Column("结束", 12),
        Column("考评内容", 40),
        Column("带队人", 14),
        Column("状态", 10),
        Column("相近的理由", 40),
        Column("现场考评情况", 60),
    ]
    cells: list[Sequence[Cell]] = [
        [
            one.scheme.year,
            one.evaluator.name,
            one.organisation.name,
            one.starts_on.isoformat(),
            one.ends_on.isoformat(),
            "、".join(i.short_name for i in one.indicators.all()),
            one.leader,
            str(one.get_state_display()),
            one.crowd_reason,
            one.result if reads else "",
        ]
        for one, reads in rows
    ]
    lines = ["现场考评", f"导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"]
    return workbook([Sheet("现场考评", columns, cells, lines=lines)], title="现场考评", at=at)
