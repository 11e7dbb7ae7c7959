"""Lists of 绿色金融 as workbooks."""

from collections.abc import Sequence
from datetime import datetime

from finance_policy.queries.grades import GradedLine
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook


def _lines(title: str, clause: str, viewer: str, at: datetime) -> list[str]:
    return [title, f"19号 {clause}　导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"]


def grades_workbook(lines: Sequence[GradedLine], *, viewer: str, at: datetime) -> bytes:
    title = "绿色信用等级"
    rows: list[Sequence[Cell]] = []
    for line in lines:
        values, found = line.record.values, line.decision
        decided = (found.get_grade_display(), str(found.decided_on), found.basis) if found else ("未评", "", "")
        rows.append([values["name"], values["code"], line.record.town.name if line.record.town else "", *decided])
    columns = [Column("企业", 30), Column("统一社会信用代码", 22), Column("镇街", 14), Column("等级", 12), Column("评定日期", 12), Column("依据", 40)]  # fmt: skip
    sheet = Sheet(title=title, columns=columns, rows=rows, lines=_lines(title, "附件·32", viewer, at))
    return workbook([sheet], title=title, at=at)
