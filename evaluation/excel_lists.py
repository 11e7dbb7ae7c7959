"""Lists of pages as workbooks: mark sheets of a period, 督促整改."""

from collections.abc import Sequence
from datetime import datetime

from evaluation.models import Period, Rectification
from evaluation.queries.sheet_list import ListedSheet
from miyun_kpi.organisations.enums import TRACK_WORDS
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook


def _line(viewer: str, at: datetime) -> str:
    return f"导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"


def _stamp(moment: datetime | None) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}" if moment else ""


def sheets_workbook(period: Period, found: Sequence[tuple[ListedSheet, str]], *, viewer: str, at: datetime) -> bytes:
    """`found`: sheets with the word of their state."""
    columns = [
        Column("类别", 8), Column("序", 6), Column("考评内容", 30), Column("考评部门", 24), Column("份额", 8), Column("状态", 16),
        Column("已存", 8), Column("承担", 8), Column("报送", 18), Column("回执号", 24),
    ]  # fmt: skip
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


def rectifications_workbook(found: Sequence[tuple[Rectification, str]], *, viewer: str, at: datetime) -> bytes:
    columns = [
        Column("单位", 22), Column("任务", 34), Column("月份", 10), Column("状态", 12), Column("整改要求", 40), Column("期限", 18),
        Column("发起单位", 22), Column("发起", 18), Column("整改情况", 40), Column("答复", 18), Column("销号", 18),
    ]  # fmt: skip
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
