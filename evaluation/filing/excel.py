"""报送统计 as a workbook."""

from collections.abc import Sequence
from datetime import datetime

from evaluation.filing.queries.filing_statistics import Statistics, Tally
from miyun_kpi.lib.decimals import half_up
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook

TITLE = "打分表报送统计"


def _numbers(tally: Tally) -> list[Cell]:
    rate = None if tally.rate is None else half_up(tally.rate * 100, 1)
    return [tally.expected, tally.filed, tally.on_time, tally.late, tally.unfiled, rate]


def filing_workbook(statistics: Statistics, *, viewer: str, at: datetime) -> bytes:
    """One row per evaluator and period, then the evaluators over all periods shown."""
    numbers = [
        Column("应报", 7),
        Column("已报", 7),
        Column("按时", 7),
        Column("迟报", 7),
        Column("未报", 7),
        Column("按时率（%）", 11, 1),
    ]
    rows: list[Sequence[Cell]] = [
        [line.evaluator.name, period.label, *_numbers(tally)]
        for line, tallies in statistics.rows
        for period, tally in zip(statistics.periods, tallies, strict=True)
        if tally.expected
    ]
    whole: list[Sequence[Cell]] = [[line.evaluator.name, *_numbers(line.whole)] for line in statistics.lines]
    whole.append(["合计", *_numbers(statistics.whole)])
    lines = [
        TITLE,
        "、".join(period.label for period in statistics.periods),
        f"导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}",
    ]
    notes = ["一份份额、一个考评部门、一期为一张表。报送截止以后报送的计迟报；按时率 = 按时 ÷ 应报。"]
    sheets = [
        Sheet(
            title="部门×期间",
            columns=[Column("考评部门", 26), Column("期间", 16), *numbers],
            rows=rows,
            lines=lines,
            notes=notes,
        ),
        Sheet(title="合计", columns=[Column("考评部门", 26), *numbers], rows=whole, lines=lines, notes=notes),
    ]
    return workbook(sheets, title=TITLE, at=at)
