"""绩效任务清单 as a workbook: what goes out can be filled in and read back."""

from collections.abc import Sequence
from datetime import datetime

from evaluation.scheme.models.scheme import Indicator
from evaluation.scheme.models.tasks import Task
from evaluation.tasks.excel.task_list_import import SPEC
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook

_WIDTHS = (9, 20, 34, 16, 10, 12, 20, 30, 20, 16)
HINT = "编号空白的是新任务；有编号的行照编号改。目标是数字的写计量单位，是文字的单位留空。文件里没有的任务不动。"


def _columns() -> list[Column]:
    # What may be a number stays one where a spreadsheet adds it up.
    numbers = ("number", "target")
    return [
        Column(one.title, width, text=one.key not in numbers) for one, width in zip(SPEC.columns, _WIDTHS, strict=True)
    ]


def _cells(task: Task) -> list[Cell]:
    return [
        task.number,
        task.organisation.name,
        task.name,
        task.target_text if task.target_value is None else task.target_value,
        task.target_unit,
        str(task.due_on),
        task.sub_indicator.name if task.sub_indicator else "",
        task.definition,
        task.data_source,
        task.department,
    ]


def indicator_workbook(
    indicator: Indicator, tasks: Sequence[Task], idle: Sequence[Organisation], *, at: datetime
) -> bytes:
    """Active tasks, then a blank line for every carrier without one."""
    rows: list[list[Cell]] = [_cells(task) for task in tasks]
    rows += [[None, organisation.name, *[None] * (len(SPEC.columns) - 2)] for organisation in idle]
    title = f"绩效任务清单　{indicator.number} {indicator.short_name}"
    return workbook([Sheet("任务清单", _columns(), rows, lines=(title, HINT))], title=title, at=at)


def unit_workbook(organisation: Organisation, tasks: Sequence[Task], *, viewer: str, at: datetime) -> bytes:
    title = f"绩效任务清单　{organisation.name}"
    columns = [Column("指标", 24), *_columns()]
    rows: list[list[Cell]] = [[f"{task.indicator.number} {task.indicator.short_name}", *_cells(task)] for task in tasks]
    line = f"导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"
    return workbook([Sheet("任务清单", columns, rows, lines=(title, line))], title=title, at=at)
