"""A filled 督办台账 read back: by number new or changed; shown first, saved as a whole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evaluation.enums import SupervisionSource, SupervisionState
from evaluation.tasks.access.supervision import require_keep_register
from evaluation.tasks.models.supervision import SupervisionItem
from evaluation.tasks.rules.supervision import LONGEST, ItemInput, check_item
from evaluation.tasks.services.supervision import ItemChange, words_given, words_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolver
from miyun_kpi.sheets.table import ColumnSpec, Kind, TableRow, TableSpec, read_table

LABELS = {
    "number": "编号",
    "source": "来源",
    "title": "事项",
    "content": "内容和要求",
    "registered_on": "立项日期",
    "lead": "主办单位",
    "co": "协办单位",
    "due_on": "时限",
}
_WORDS = {str(label): value for value, label in SupervisionSource.choices}
_KINDS = {"source": Kind.CHOICE, "registered_on": Kind.DAY, "due_on": Kind.DAY}
SPEC = TableSpec(
    [
        ColumnSpec(key, title, _KINDS.get(key, Kind.TEXT), longest=LONGEST.get(key, 500), words=_WORDS)
        for key, title in LABELS.items()
    ]
)


@dataclass(frozen=True)
class Difference:
    number: str
    title: str
    new: bool
    changed: Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class Preview:
    source: str
    changes: Sequence[ItemChange]
    differences: Sequence[Difference]


def read_register(*, actor: Actor, file_name: str, content: bytes) -> Preview:
    """Compare a workbook with the register; writes nothing. All that is wrong is refused at once, by cell."""
    indicator = require_keep_register(actor)
    table = read_table(content, SPEC, file_name=file_name)
    found = SupervisionItem.objects.filter(indicator=indicator).prefetch_related("parts__organisation", "entries")
    stored = {item.number: item for item in found}
    resolve, names = resolver(), dict(Organisation.objects.values_list("pk", "name"))
    changes, differences = [], []
    seen: dict[str, int] = {}
    for row in table.rows:
        given = _given(row, resolve)
        if given.number in seen:
            row.wrong("number", "doubled-row", f"与第 {seen[given.number]} 行重复，请只留一行。")
        seen[given.number] = row.number
        item = stored.get(given.number)
        _check(row, given, item, instruction_text=indicator.scheme.instruction_text)
        if row.problems:
            continue
        old, new = words_of(item) if item else {}, words_given(given, names)
        changed = [(LABELS[k], _shown(old[k]), _shown(new[k])) for k in old if old[k] != new[k]]
        changes.append(ItemChange(item.pk if item else None, item.version if item else 0, given))
        if changed or item is None:
            differences.append(Difference(given.number, given.title, item is None, changed))
    table.refuse_if_wrong()
    return Preview(table.source, changes, differences)


def _shown(value: object) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value)) or "（空）"
    return str(value) or "（空）"


def _given(row: TableRow, resolve: Callable[[str], Organisation | None]) -> ItemInput:
    lead = _units(row, "lead", resolve)
    if len(lead) > 1:
        row.wrong("lead", "many-leads", "主办单位只有一家，其余写到协办单位。")
    return ItemInput(
        source=row["source"] or "",
        lead_id=lead[0] if lead else None,
        co_ids=tuple(_units(row, "co", resolve)),
        **{key: row[key] for key in (*LONGEST, "registered_on", "due_on")},
    )


def _units(row: TableRow, key: str, resolve: Callable[[str], Organisation | None]) -> list[int]:
    found = []
    for name in row[key].replace("，", "、").replace(",", "、").replace("\n", "、").split("、"):
        if not name.strip():
            continue
        organisation = resolve(name)
        if organisation is None:
            row.wrong(key, "unknown-organisation", f"没有叫“{name.strip()[:30]}”的单位。请写全称或公报里的简称。")
        else:
            found.append(organisation.pk)
    return found


def _check(row: TableRow, given: ItemInput, item: SupervisionItem | None, *, instruction_text: bool) -> None:
    told = {problem.field for problem in row.problems}
    for problem in check_item(given, instruction_text=instruction_text):
        key = problem.field or "number"
        if row.place(key) not in told:
            row.wrong(key, problem.code, problem.message)
    if item is None:
        return
    if item.state == SupervisionState.CLOSED:
        row.wrong("number", "closed", "已经销号，不能再改，请从文件里删去这一行。")
    elif item.due_on != given.due_on and given.due_on and item.entries.all():
        row.wrong("due_on", "due-by-extension", f"已有反馈或催办，时限只能经延期改（现为 {item.due_on}）。")
