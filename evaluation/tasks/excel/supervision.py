"""The 督办台账 as a workbook: the template for import, and the full list with its course."""

from collections.abc import Sequence
from datetime import datetime

from evaluation.tasks.excel.supervision_import import SPEC
from evaluation.tasks.queries.supervision import Listed
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook

_WIDTHS = (12, 14, 34, 40, 12, 20, 26, 12)
HINT = "编号已有的照编号改，没有的新立项。协办单位用“、”隔开。来源为领导批示的，“内容和要求”留空。"


def _cells(one: Listed) -> list[Cell]:
    item = one.item
    return [
        item.number,
        str(item.get_source_display()),
        item.title,
        item.content,
        str(item.registered_on),
        one.lead,
        "、".join(one.co),
        str(item.due_on),
    ]


def _columns() -> list[Column]:
    return [Column(one.title, width, text=True) for one, width in zip(SPEC.columns, _WIDTHS, strict=True)]


def register_template(rows: Sequence[Listed], *, at: datetime) -> bytes:
    """What can still be changed, to be filled in and read back."""
    lines = ("督办台账", HINT)
    return workbook(
        [Sheet("督办台账", _columns(), [_cells(one) for one in rows], lines=lines)], title="督办台账", at=at
    )


def register_workbook(rows: Sequence[Listed], *, viewer: str, at: datetime) -> bytes:
    columns = [
        *_columns(),
        Column("立项时的时限", 13),
        Column("延期次数", 9),
        Column("催办次数", 9),
        Column("状态", 18),
        Column("办结日期", 12),
        Column("销号", 26),
    ]
    cells: list[list[Cell]] = [
        [
            *_cells(one),
            str(one.item.first_due_on),
            one.extended,
            one.urged,
            one.word,
            str(one.item.finished_on or ""),
            f"{one.item.closed_at.astimezone():%Y-%m-%d} {one.item.closed_by}" if one.item.closed_at else "",
        ]
        for one in rows
    ]
    line = f"导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"
    return workbook([Sheet("督办台账", columns, cells, lines=("督办台账", line))], title="督办台账", at=at)
