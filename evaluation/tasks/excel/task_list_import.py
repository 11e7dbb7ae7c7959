"""A filled 任务清单 read back: compared and shown first, then saved as one act (13号四（三）1)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evaluation.scheme.models.scheme import Indicator
from evaluation.scheme.models.tasks import Task
from evaluation.tasks.access.tasks import require_keep_tasks, visible_indicator
from evaluation.tasks.rules.task_list import LABELS, LONGEST, TaskInput, check_task
from evaluation.tasks.services.task_list import Change, carriers_of, refuse_offline, words_given, words_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolver
from miyun_kpi.sheets.table import ColumnSpec, Kind, TableRow, TableSpec, read_table

SPEC = TableSpec(
    [
        ColumnSpec("number", "任务编号", longest=9),
        ColumnSpec("carrier", "责任单位", longest=100),
        *(
            ColumnSpec(key, title, Kind.DAY if key == "due_on" else Kind.TEXT, longest=LONGEST.get(key, 60))
            for key, title in LABELS.items()
        ),
    ]
)


@dataclass(frozen=True)
class Difference:
    """`changed`: (label, old, new) of what differs; a new task has none."""

    number: int | None
    unit: str
    name: str
    changed: Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class Preview:
    source: str
    changes: Sequence[Change]
    differences: Sequence[Difference]

    @property
    def unchanged(self) -> int:
        return len(self.changes) - len(self.differences)


def read_task_list(*, actor: Actor, indicator_id: int, file_name: str, content: bytes) -> Preview:
    """Compare a workbook with the list; writes nothing. All that is wrong is refused at once, by cell."""
    indicator = visible_indicator(actor, indicator_id)
    require_keep_tasks(actor, indicator)
    refuse_offline(indicator)
    table = read_table(content, SPEC, file_name=file_name)
    stored = {
        task.number: task
        for task in Task.objects.filter(indicator=indicator).select_related("organisation", "sub_indicator")
    }
    known = _Known(
        stored,
        {organisation.pk for organisation in carriers_of(indicator)},
        [part.name for part in indicator.sub_indicators.all()],
        resolver(),
    )
    read = [found for row in table.rows if (found := _row(row, indicator, known))]
    _same_names(read, stored)
    table.refuse_if_wrong()
    changes, differences = [], []
    for _, task, change, unit in read:
        changes.append(change)
        new = words_given(change.task)
        old = words_of(task) if task else {}
        changed = [
            (LABELS[name], old[name] or "（空）", new[name] or "（空）") for name in old if old[name] != new[name]
        ]
        if changed or task is None:
            differences.append(Difference(task.number if task else None, unit, change.task.name, changed))
    return Preview(table.source, changes, differences)


@dataclass(frozen=True)
class _Known:
    stored: dict[int, Task]
    carriers: set[int]
    parts: list[str]
    resolve: Callable[[str], Organisation | None]


_Read = tuple[TableRow, Task | None, Change, str]


def _row(row: TableRow, indicator: Indicator, known: _Known) -> _Read | None:
    """One row, or None where it is wrong or only names a unit without a task."""
    given = TaskInput(**{name: row[name] for name in TaskInput.__dataclass_fields__})
    number, unit = row["number"].removesuffix(".0"), row["carrier"]
    if all(row.blank(key) for key in row.cells if key != "carrier"):
        return None
    task = _stored(row, number, known.stored)
    organisation = known.resolve(unit)
    if organisation is None:
        row.wrong("carrier", "unknown-organisation", f"没有叫“{unit[:30]}”的单位。请写全称或公报里的简称。")
    elif task and task.organisation_id != organisation.pk:
        row.wrong("carrier", "other-unit", f"编号 {number} 是{task.organisation.name}的任务，单位不能改。请另起一行。")
    elif not task and organisation.pk not in known.carriers:
        row.wrong("carrier", "not-a-carrier", f"{organisation.name}不承担这项指标。")
    if not row.problems:
        for problem in check_task(given, year=indicator.scheme.year, sub_indicators=known.parts):
            row.wrong(problem.field or "name", problem.code, problem.message)
    if row.problems or organisation is None:
        return None
    change = Change(task.pk if task else None, task.version if task else 0, organisation.pk, given)
    return row, task, change, organisation.name


def _stored(row: TableRow, number: str, stored: dict[int, Task]) -> Task | None:
    if not number:
        return None
    task = stored.get(int(number)) if number.isascii() and number.isdigit() else None
    if task is None:
        row.wrong("number", "unknown-task", f"这项指标下没有编号“{number[:12]}”的任务。新任务的编号请留空。")
    elif not task.active:
        row.wrong("number", "withdrawn", f"任务 {number} 已经撤回，不能再改。新任务的编号请留空。")
    return task


def _same_names(read: Sequence[_Read], stored: dict[int, Task]) -> None:
    own = {change.task_id for _, _, change, _ in read}
    taken = {(t.organisation_id, t.name): f"编号 {t.number}" for t in stored.values() if t.active and t.pk not in own}
    seen: set[int] = set()
    for row, task, change, _ in read:
        name = (change.organisation_id, change.task.name)
        if name in taken:
            row.wrong("name", "same-name", f"这个单位已有同名任务（{taken[name]}），要改请填它的编号。")
        if task and task.pk in seen:
            row.wrong("number", "doubled-row", "这个编号在文件里出现了两次，请只留一行。")
        if task:
            seen.add(task.pk)
        taken[name] = f"第 {row.number} 行"
