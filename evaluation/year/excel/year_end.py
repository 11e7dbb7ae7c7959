"""The year's results as a workbook."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from evaluation.engine.models.ranking import Ranking
from evaluation.ranking.excel.rankings import kind_line
from evaluation.year.models.year_end import Veto
from evaluation.year.queries.year_document import GROUPS
from evaluation.year.queries.year_end import YearRow
from miyun_kpi.lib.periods import label_of
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook


def year_workbook(
    ranking: Ranking, found: Sequence[YearRow], vetoed: Mapping[str, Veto], *, viewer: str, at: datetime, held: str = ""
) -> bytes:
    """年度结果: one row a unit with the parts of its total, then every adjustment that entered it."""
    weights = [(part["period"], part["weight"]) for part in found[0].parts] if found else []
    columns = [Column("名次", 6), Column("考评对象", 26), Column("分区或类别", 14)]
    columns += [Column(f"{label_of(code)}得分（权重 {weight}）", 18, 4) for code, weight in weights]
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
        *([held] if held else []),
    ]
    notes = ["年度得分 ＝ Σ 权重 × 各期折算百分，四舍五入保留四位，只舍入一次；合计 ＝ 年度得分 ＋ 审议同意的加减分。"]
    listed: list[Sequence[Cell]] = [
        [row.name, one["ground_name"], one["work"], Decimal(one["points"]), one["document_number"], one["reason"]]
        for row in found
        for one in row.adjustments
    ]
    heads = [
        Column("考评对象", 26),
        Column("情形", 30),
        Column("工作名称", 36),
        Column("分数", 9, 3),
        Column("依据文号", 24),
        Column("理由", 50),
    ]
    sheets = [
        Sheet(title="年度结果", columns=columns, rows=rows, lines=lines, notes=notes),
        Sheet(title="加减分", columns=heads, rows=listed, lines=[title, kind_line(ranking)]),
    ]
    return workbook(sheets, title=title, at=at)
