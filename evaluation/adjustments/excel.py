"""加减分 as a workbook."""

from collections.abc import Sequence
from datetime import datetime

from evaluation.adjustments.queries import Line
from miyun_kpi.lib.citations import document_label
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook


def adjustments_workbook(lines: Sequence[Line], *, viewer: str, at: datetime) -> bytes:
    """One row per entry, points signed; an empty 审议分数 is one that nobody has decided yet."""
    columns = [
        Column("年度", 7),
        Column("类别", 14),
        Column("考评对象", 24),
        Column("情形", 30),
        Column("工作名称", 36),
        Column("提出分数", 9, 3),
        Column("审议分数", 9, 3),
        Column("状态", 16),
        Column("事实日期", 12),
        Column("依据文号", 24),
        Column("理由", 50),
        Column("未完成的市级任务", 30),
        Column("排名", 30),
        Column("提出", 30),
        Column("核对", 24),
        Column("同一事实仍各计的理由", 30),
    ]
    rows: list[Sequence[Cell]] = []
    for line in lines:
        one = line.adjustment
        place = f"倒数第 {one.bottom_place} 名（{one.ranking_scope}）{'，并列' if one.tied else ''}"
        rows.append(
            [
                one.scheme.year,
                one.scheme.get_track_display(),
                one.organisation.name,
                one.get_ground_display(),
                one.work,
                one.points,
                one.decided_points,
                one.get_state_display(),
                one.happened_on.isoformat(),
                one.document_number,
                one.reason,
                one.city_task,
                place if one.bottom_place else one.ranking_scope,
                f"{one.proposed_for.name}　{one.entered_by}",
                one.checked_by,
                one.keep_reason,
            ]
        )
    documents = "、".join(
        document_label(ref) for ref in sorted({line.adjustment.scheme.document_id or "" for line in lines} - {""})
    )
    notes = [
        f"依据 {documents}{' ' if documents else ''}四（三）4、附件3·注、附件5·注。加分为正、扣分为负；年终经区政府党组会审议同意的才计入年度合计，不设合计上限。"
    ]
    heads = ["加减分", f"导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"]
    sheet = Sheet(title="加减分", columns=columns, rows=rows, lines=heads, notes=notes)
    return workbook([sheet], title="加减分", at=at)
