"""效果评价 and 公众满意度 as workbooks."""

from collections.abc import Sequence
from datetime import datetime

from evaluation.scheme.models.scheme import Scheme
from evaluation.year.queries.leader_survey import Effect
from evaluation.year.queries.self_report_list import Listed
from evaluation.year.queries.year_plan import PlanLine
from evaluation.year.rules.effect import LEAST_FORMS
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook


def effect_workbook(scheme: Scheme, found: Effect, *, viewer: str, at: datetime) -> bytes:
    """One row a unit: sum, number of forms and mean of each item, then 公众满意度. Units with too few forms stay blank."""
    columns = [Column("考评对象", 26)]
    for item in found.items if found.released else ():
        name = f"{item.name}（满分 {item.full}）"
        columns += [Column(f"{name} 合计", 16, 3), Column(f"{name} 份数", 10), Column(f"{name} 平均", 14, 4)]
    columns += [Column("公众满意度", 12, 3), Column("样本量", 9)]
    rows: list[Sequence[Cell]] = []
    for unit in found.units:
        cells: list[Cell] = [unit.organisation.name]
        for one in unit.averages:
            cells += [one.total, one.forms if one.value is not None else f"不足 {LEAST_FORMS} 份", one.value]
        rows.append([*cells, unit.satisfaction, unit.sample])
    title = f"{scheme.year}年{scheme.get_track_display()}效果评价汇总"
    survey = found.survey
    lines = [title, f"导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"]
    if survey is not None:
        lines.append(f"区政府领导评价 {found.forms} 份　{survey.get_state_display()}　依据 {survey.basis}")
    if found.table is not None:
        lines.append(f"公众满意度：{found.table.source}　{found.table.file_name}")
    notes = [
        f"依据 {scheme.cite('四（三）3')}：评价结果报区委办汇总，不计入 100 分。",
        f"平均 ＝ 合计 ÷ 份数，四舍五入保留四位；没有意见的不计入份数；不足 {LEAST_FORMS} 份的不列（推定）。单份评价不保存，无从查阅。",
    ]
    return workbook([Sheet("效果评价汇总", columns, rows, lines=lines, notes=notes)], title=title, at=at)


def self_reports_workbook(rows: Sequence[Listed], *, viewer: str, at: datetime) -> bytes:
    columns = [
        Column("年度", 7),
        Column("类别", 14),
        Column("考评对象", 26),
        Column("状态", 14),
        Column("计划日期", 12),
        Column("报送时间", 18),
        Column("迟报", 7),
        Column("填写", 24),
        Column("签发", 24),
        Column("意见", 40),
    ]
    cells: list[Sequence[Cell]] = []
    for one in rows:
        report = one.report
        signed = f"{report.signed_at.astimezone():%Y-%m-%d %H:%M}" if report and report.signed_at else ""
        cells.append(
            [
                one.scheme.year,
                str(one.scheme.get_track_display()),
                one.organisation.name,
                one.state[1],
                one.due_on.isoformat(),
                signed,
                "迟报" if report and report.late else "",
                report.drafted_by if report else "",
                report.signed_by if report else "",
                report.note if report else "",
            ]
        )
    lines = ["自查报告报送情况", f"导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"]
    return workbook([Sheet("自查报告", columns, cells, lines=lines)], title="自查报告报送情况", at=at)


def plan_workbook(scheme: Scheme, lines_of: Sequence[PlanLine], *, viewer: str, at: datetime) -> bytes:
    columns = [
        Column("步骤", 24),
        Column("条款", 12),
        Column("原文所印时段", 24),
        Column("计划日期", 12),
        Column("推定", 8),
        Column("状态", 14),
        Column("情况", 44),
        Column("改期的理由", 40),
    ]
    rows: list[Sequence[Cell]] = [
        [
            line.step.name,
            line.step.clause,
            line.stage,
            line.planned.isoformat(),
            "" if line.moved else "推定",
            line.state[1],
            line.standing.words,
            line.moved.reason if line.moved else "",
        ]
        for line in lines_of
    ]
    title = f"{scheme.year}年{scheme.get_track_display()}年度进度"
    heads = [title, f"导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"]
    return workbook([Sheet("年度进度", columns, rows, lines=heads)], title=title, at=at)


def satisfaction_template(units: Sequence[Organisation], *, at: datetime) -> bytes:
    """One row per unit of the track, to be filled in from the survey."""
    columns = [Column("考评对象", 30, text=True), Column("满意度", 12, 3), Column("样本量", 10)]
    rows: list[Sequence[Cell]] = [[unit.name, None, None] for unit in units]
    return workbook([Sheet("公众满意度", columns, rows)], title="公众满意度模板", at=at)
