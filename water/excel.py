"""Targets and projects of 水环境 as workbooks; registers export themselves."""

from collections.abc import Sequence
from datetime import datetime

from miyun_kpi.lib.citations import document_label
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook
from water.enums import DOCUMENT
from water.models import Judgement
from water.queries.projects import ProjectView
from water.queries.targets import Standing

PHASE_WORDS = {"done": "已完成", "running": "进行中", "late": "滞后", "waiting": "未开始"}


def _lines(title: str, viewer: str, at: datetime) -> list[str]:
    return [title, f"{document_label(DOCUMENT)}　导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"]


def targets_workbook(found: Sequence[Standing], judged: Sequence[Judgement], *, viewer: str, at: datetime) -> bytes:
    """Every value as entered, the share rounded for the eye beside its division, then every judgement."""
    values: list[Sequence[Cell]] = []
    for one in found:
        for point in one.points:
            row = point.measure
            values.append(
                [
                    str(one.target.label),
                    f"{row.day:%Y-%m-%d}",
                    row.numerator,
                    row.denominator,
                    row.unit,
                    point.shown,
                    one.bound,
                    row.get_source_kind_display(),
                    row.source,
                    row.entered_by,
                ]
            )
    columns = [
        Column("目标", 34),
        Column("截至", 12),
        Column("分子", 14, 4),
        Column("分母", 14, 4),
        Column("单位", 10),
        Column("比率（%）", 10, 2),
        Column("目标值（%以上）", 14),
        Column("来源", 12),
        Column("来源说明", 40),
        Column("录入人", 24),
    ]
    said: list[Sequence[Cell]] = [
        [one.get_target_display(), f"{one.day:%Y-%m-%d}", one.get_verdict_display(), one.reason, one.made_by]
        for one in judged
    ]
    heads = [Column("目标", 34), Column("截至", 12), Column("判断", 12), Column("理由", 60), Column("判断人", 24)]
    title = f"{document_label(DOCUMENT)}工作目标"
    lines = _lines(title, viewer, at)
    sheets = [Sheet("监测值", columns, values, lines=lines), Sheet("判断", heads, said, lines=lines)]
    return workbook(sheets, title=title, at=at)


def projects_workbook(found: Sequence[ProjectView], *, viewer: str, at: datetime) -> bytes:
    """One row a stage; a project without stages has one row of its own."""
    rows: list[Sequence[Cell]] = []
    for one in found:
        name = one.project.values.get("name", "")
        if not one.phases:
            rows.append([name, one.task, "", None, None, None, None, "没有阶段", None])
        for view in one.phases:
            phase = view.phase
            days = (phase.planned_from, phase.planned_to, phase.actual_from, phase.actual_to)
            said = [f"{day:%Y-%m-%d}" if day else "" for day in days]
            rows.append([name, one.task, phase.name, *said, PHASE_WORDS.get(view.state, view.state), view.slip])
    columns = [
        Column("项目", 34),
        Column("任务", 34),
        Column("阶段", 20),
        Column("计划自", 12),
        Column("计划至", 12),
        Column("实际自", 12),
        Column("实际至", 12),
        Column("状态", 10),
        Column("滞后（天）", 10),
    ]
    title = f"{document_label(DOCUMENT)}项目进度"
    return workbook([Sheet("项目阶段", columns, rows, lines=_lines(title, viewer, at))], title=title, at=at)
