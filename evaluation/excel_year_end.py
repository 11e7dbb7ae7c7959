"""加减分 and the year's end as workbooks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from evaluation.excel import kind_line
from evaluation.models import Ranking, Veto
from evaluation.queries.adjustments import Line
from evaluation.queries.year_document import GROUPS
from evaluation.queries.year_end import YearRow
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook


def adjustments_workbook(lines: Sequence[Line], *, viewer: str, at: datetime) -> bytes:
    """One row per entry, points signed; an empty 审议分数 is one that nobody has decided yet."""
    columns = [
        Column("年度", 7), Column("类别", 14), Column("考评对象", 24), Column("情形", 30), Column("工作名称", 36),
        Column("提出分数", 9, 3), Column("审议分数", 9, 3), Column("状态", 16), Column("事实日期", 12),
        Column("依据文号", 24), Column("理由", 50), Column("未完成的市级任务", 30), Column("排名", 30),
        Column("提出", 30), Column("核对", 24), Column("同一事实仍各计的理由", 30),
    ]  # fmt: skip
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
    notes = [
        "依据 13号 四（三）4、附件3·注、附件5·注。加分为正、扣分为负；年终经区政府党组会审议同意的才计入年度合计，不设合计上限。"
    ]
    heads = ["加减分", f"导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"]
    sheet = Sheet(title="加减分", columns=columns, rows=rows, lines=heads, notes=notes)
    return workbook([sheet], title="加减分", at=at)


def year_workbook(
    ranking: Ranking, found: Sequence[YearRow], vetoed: Mapping[str, Veto], *, viewer: str, at: datetime
) -> bytes:
    """年度结果: one row a unit with the parts of its total, then every adjustment that entered it."""
    weights = [(part["period"], part["weight"]) for part in found[0].parts] if found else []
    columns = [Column("名次", 6), Column("考评对象", 26), Column("分区或类别", 14)]
    columns += [Column(f"{code} 得分（权重 {weight}）", 18, 4) for code, weight in weights]
    columns += [
        Column("年度得分", 12, 4),
        Column("加减分", 9, 4),
        Column("合计", 12, 4),
        Column("一票否决（不改变得分）", 40),
    ]
    rows: list[Sequence[Cell]] = []
    for row in found:
        veto = vetoed.get(row.code)
        totals = {part["period"]: part["total"] for part in row.parts}
        rows.append(
            [
                row.rank if row.rank is not None else "暂列",
                row.name,
                GROUPS.get(row.group, ""),
                *(None if totals.get(code) is None else Decimal(totals[code]) for code, _ in weights),
                row.base,
                row.added,
                row.total,
                f"{veto.body} {veto.decided_on} {veto.number} {veto.ground}" if veto else "",
            ]
        )
    title = f"年度结果　{ranking.scheme.get_track_display()}　{ranking.period.label}"
    lines = [
        title,
        kind_line(ranking),
        f"结果摘要 {ranking.digest}",
        f"导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}",
    ]
    notes = ["年度得分 ＝ Σ 权重 × 各期折算百分，四舍五入保留四位，只舍入一次；合计 ＝ 年度得分 ＋ 审议同意的加减分。"]
    listed: list[Sequence[Cell]] = [
        [row.name, one["ground_name"], one["work"], Decimal(one["points"]), one["document_number"], one["reason"]]
        for row in found
        for one in row.adjustments
    ]
    heads = [
        Column("考评对象", 26), Column("情形", 30), Column("工作名称", 36), Column("分数", 9, 3), Column("依据文号", 24),
        Column("理由", 50),
    ]  # fmt: skip
    sheets = [
        Sheet(title="年度结果", columns=columns, rows=rows, lines=lines, notes=notes),
        Sheet(title="加减分", columns=heads, rows=listed, lines=[title, kind_line(ranking)]),
    ]
    return workbook(sheets, title=title, at=at)
