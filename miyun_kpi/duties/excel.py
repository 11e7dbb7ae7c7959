"""Duties of a document as a workbook: one row a duty, then one row a unit and period."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import QuerySet

from miyun_kpi.duties.models import Duty, DutyDocument, DutyPeriod
from miyun_kpi.duties.queries.lists import number_of, roles_of
from miyun_kpi.duties.queries.reports import standing_of
from miyun_kpi.duties.queries.when import timing_of
from miyun_kpi.duties.rules.cadence import label_of
from miyun_kpi.lib.citations import document_label
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook
from miyun_kpi.web.shapes import STATES


def duties_workbook(
    document: DutyDocument, duties: Sequence[Duty], periods: QuerySet[DutyPeriod], *, viewer: str, at: datetime
) -> bytes:
    """`periods` are those the viewer may see."""
    title = f"{document_label(document.document)}任务"
    lines = [title, f"导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"]
    rows: list[Sequence[Cell]] = []
    for duty in duties:
        units = {role.role: role for role in roles_of(duty)}
        named = [
            "、".join(unit.organisation.name for view in units[role].phrases for unit in view.units if unit.active)
            if role in units
            else ""
            for role in ("lead", "responsible", "jointly", "separately")
        ]
        rows.append(
            [
                number_of(duty),
                duty.get_kind_display(),
                duty.parent.title if duty.parent else "",
                duty.clause,
                duty.title,
                duty.requirement,
                timing_of(duty).words,
                duty.printed_units,
                *named,
            ]
        )
    columns = [
        Column("序号", 6),
        Column("种类", 12),
        Column("属于", 30),
        Column("条款", 14),
        Column("任务", 40),
        Column("要求（原文）", 80),
        Column("周期或时限", 36),
        Column("原文所列单位", 40),
        Column("牵头", 24),
        Column("责任", 40),
        Column("会同", 20),
        Column("分别", 20),
    ]
    sheets = [Sheet(title="任务", columns=columns, rows=rows, lines=lines)]
    heads = [
        Column("条款", 14),
        Column("任务", 40),
        Column("单位", 24),
        Column("角色", 8),
        Column("期间", 16),
        Column("报送截止", 18),
        Column("报送情况", 12),
        Column("状态", 8),
        Column("进展", 60),
        Column("问题", 40),
        Column("下一步", 40),
    ]
    sheets.append(Sheet(title="报送", columns=heads, rows=_reported(periods, at), lines=lines))
    return workbook(sheets, title=title, at=at)


def _reported(periods: QuerySet[DutyPeriod], at: datetime) -> Iterator[Sequence[Cell]]:
    for row in periods.iterator(chunk_size=2_000):
        report = getattr(row, "report", None)
        yield [
            row.unit.duty.clause,
            row.unit.duty.title,
            row.unit.organisation.name,
            row.unit.get_role_display(),
            label_of(row.period),
            f"{row.due_at.astimezone():%Y-%m-%d %H:%M}",
            STATES[standing_of(row, at)].word,
            report.get_course_display() if report else "",
            report.progress if report else "",
            report.problem if report else "",
            report.next_step if report else "",
        ]
