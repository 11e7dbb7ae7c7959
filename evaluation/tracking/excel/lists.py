"""The list of 督促整改 as a workbook."""

from collections.abc import Sequence
from datetime import datetime

from evaluation.scheme.excel import _line, _stamp
from evaluation.tracking.models import Rectification
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook


def rectifications_workbook(found: Sequence[tuple[Rectification, str]], *, viewer: str, at: datetime) -> bytes:
    columns = [
        Column("单位", 22),
        Column("任务", 34),
        Column("月份", 10),
        Column("状态", 12),
        Column("整改要求", 40),
        Column("期限", 18),
        Column("发起单位", 22),
        Column("发起", 18),
        Column("整改情况", 40),
        Column("答复", 18),
        Column("销号", 18),
    ]
    rows: list[list[Cell]] = [
        [
            row.unit.organisation.name,
            row.unit.duty.title,
            row.period,
            word,
            row.requirement or f"线下文书 {row.offline_number}",
            _stamp(row.due_at),
            row.opened_for.name,
            _stamp(row.opened_at),
            row.answer,
            _stamp(row.answered_at),
            _stamp(row.closed_at),
        ]
        for row, word in found
    ]
    return workbook([Sheet("督促整改", columns, rows, lines=("督促整改", _line(viewer, at)))], title="督促整改", at=at)
