"""Lists of pages as workbooks: mark sheets of a period, 督促整改, rankings, 复核申请."""

from collections.abc import Sequence
from datetime import datetime

from evaluation.enums import RankingKind
from evaluation.models import Period, Ranking, Rectification, Review
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


def rankings_workbook(found: Sequence[Ranking], *, viewer: str, at: datetime) -> bytes:
    """Every computation the viewer may see, with the digest by which it is known."""
    columns = [
        Column("期间", 16), Column("类别", 10), Column("种类", 8), Column("第几次", 8), Column("状态", 14), Column("核算", 18),
        Column("核算人", 30), Column("通报", 18), Column("规则版本", 14), Column("结果摘要", 66),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            one.period.label,
            TRACK_WORDS[one.scheme.track],
            one.get_kind_display(),
            one.number,
            one.get_state_display() if one.kind == RankingKind.OFFICIAL else "试算，不得引用",
            _stamp(one.computed_at),
            one.computed_by,
            _stamp(one.published_at),
            one.rule_version,
            one.digest,
        ]
        for one in found
    ]
    return workbook([Sheet("排名", columns, rows, lines=("排名", _line(viewer, at)))], title="排名", at=at)


def reviews_workbook(found: Sequence[Review], *, viewer: str, at: datetime) -> bytes:
    columns = [
        Column("单位", 22), Column("考评内容", 30), Column("考评部门", 22), Column("期间", 16), Column("状态", 16),
        Column("原得分", 9, 3), Column("申请理由", 40), Column("申请", 18), Column("答复", 10), Column("建议得分", 9, 3),
        Column("答复说明", 40), Column("决定", 10), Column("决定得分", 9, 3), Column("决定说明", 40), Column("确认", 18),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            one.feedback.organisation.name,
            one.sheet.indicator.short_name,
            one.sheet.evaluator.name,
            one.sheet.period.label,
            one.get_state_display(),
            one.value_before,
            one.reason,
            _stamp(one.filed_at),
            one.get_answer_display(),
            one.answer_value,
            one.answer_text,
            # A proposal is not a decision until the second person has confirmed it.
            one.get_decision_display() if one.decided_at else "",
            one.decided_value if one.decided_at else None,
            one.decision_text if one.decided_at else "",
            _stamp(one.decided_at),
        ]
        for one in found
    ]
    return workbook([Sheet("复核申请", columns, rows, lines=("复核申请", _line(viewer, at)))], title="复核申请", at=at)
