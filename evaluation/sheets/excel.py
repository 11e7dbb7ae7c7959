"""The list of sheets as a workbook."""

from collections.abc import Sequence
from datetime import datetime

from evaluation.periods.models import Period
from evaluation.scheme.excel import _line, _stamp
from evaluation.sheets.queries.sheet_list import ListedSheet
from miyun_kpi.organisations.enums import TRACK_WORDS
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook


def sheets_workbook(period: Period, found: Sequence[tuple[ListedSheet, str]], *, viewer: str, at: datetime) -> bytes:
    """`found`: sheets with the word of their state."""
    columns = [
        Column("类别", 8),
        Column("序", 6),
        Column("考评内容", 30),
        Column("考评部门", 24),
        Column("份额", 8),
        Column("状态", 16),
        Column("已存", 8),
        Column("承担", 8),
        Column("报送", 18),
        Column("回执号", 24),
    ]
    rows: list[list[Cell]] = [
        [
            TRACK_WORDS[one.sheet.scheme.track],
            one.sheet.indicator.number,
            one.sheet.indicator.short_name,
            one.sheet.evaluator.name,
            one.share,
            word,
            one.done,
            one.carried,
            _stamp(one.sheet.filed_at),
            one.sheet.receipt_number,
        ]
        for one, word in found
    ]
    title = f"打分表　{period.label}"
    return workbook([Sheet("打分表", columns, rows, lines=(title, _line(viewer, at)))], title=title, at=at)
