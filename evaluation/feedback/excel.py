"""The list of reviews as a workbook."""

from collections.abc import Sequence
from datetime import datetime

from evaluation.feedback.models.review import Review
from evaluation.scheme.excel import _line, _stamp
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook


def reviews_workbook(found: Sequence[Review], *, viewer: str, at: datetime) -> bytes:
    columns = [
        Column("单位", 22),
        Column("考评内容", 30),
        Column("考评部门", 22),
        Column("期间", 16),
        Column("状态", 16),
        Column("原得分", 9, 3),
        Column("申请理由", 40),
        Column("申请", 18),
        Column("答复", 10),
        Column("建议得分", 9, 3),
        Column("答复说明", 40),
        Column("决定", 10),
        Column("决定得分", 9, 3),
        Column("决定说明", 40),
        Column("确认", 18),
    ]
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
