"""动态评估 as a workbook, for the office's own 通报."""

from collections.abc import Sequence
from datetime import date, datetime

from miyun_kpi.lib.citations import cite
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook
from safety.enums import DOCUMENT
from safety.queries.overview import UnitAssessment
from safety.rules.kinds.progress import RESULTS


def assessment_workbook(
    rows: Sequence[UnitAssessment], indicators: int, *, on: date, viewer: str, at: datetime
) -> bytes:
    title = "城市安全创建动态评估"
    columns = [
        Column("单位", 28),
        *(Column(words, 10) for _, words in RESULTS),
        Column("未评", 8),
        Column("得分合计", 12, 2),
    ]
    lines = [
        f"{title}　截至 {on.isoformat()}",
        f"指标 {indicators} 项　{cite(DOCUMENT, '三（三）')}　导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}",
    ]
    cells: list[Sequence[Cell]] = [[row.name, *row.results, row.missing, row.score] for row in rows]
    return workbook([Sheet(title=title, columns=columns, rows=cells, lines=lines)], title=title, at=at)
