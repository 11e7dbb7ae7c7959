"""Any register as a workbook, and back: the columns are the fields, a template is the same file without rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import FieldError, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.queries.records import in_doubt, same_record, shown
from miyun_kpi.registers.rules.kinds import FieldType, Kind
from miyun_kpi.registers.rules.reading import Resolve, read_values
from miyun_kpi.registers.rules.stored import unique_key
from miyun_kpi.registers.services.keeping import sealed
from miyun_kpi.registers.services.opening import opens, require_opening
from miyun_kpi.registers.services.records import ImportRow
from miyun_kpi.sheets.table import BY_CELL, ColumnSpec, Limits, TableRow, TableSpec, read_table
from miyun_kpi.sheets.table import Kind as Cells
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook

NOTES = "填写说明"
# Of what already runs when the system begins: at which stage, since which day, by which ledger.
OPENING = (("opening_stage", "期初阶段"), ("opening_on", "期初日期"), ("opening_basis", "期初依据"))
# The record a row means, in a register without a unique field: an export says it.
NUMBER = "_number"
# Rows of one import; more go in several files.
LIMITS = Limits(rows=2_000)


def _columns(kind: Kind) -> list[Column]:
    return [
        Column(
            f"{one.label}（{one.unit}）" if one.unit else one.label,
            min(40, max(10, 2 * len(one.label) + 4)),
            one.places if one.numeric else None,
            text=not one.numeric,
        )
        for one in kind.fields
    ]


def _own(kind: Kind) -> list[str]:
    """Titles of what an export says beside the fields; another where a field is called so."""
    labels = {one.label for one in kind.fields}
    return [f"登记{title}" if title in labels else title for title in ("编号", "阶段", "备注")]


def _spec(kind: Kind) -> TableSpec:
    """The fields as columns: what stands in them is for the rules of the kind to read."""
    columns = [
        ColumnSpec(
            one.name,
            column.title,
            Cells.FIGURE if one.numeric else Cells.TEXT,
            optional=not one.required,
            also=(one.label,),
        )
        for column, one in zip(_columns(kind), kind.fields, strict=True)
    ]
    if opens(kind):
        columns += [ColumnSpec(name, title, optional=True) for name, title in OPENING]
    number, *passed = _own(kind)
    if kind.unique:
        passed.append(number)
    else:
        columns.append(ColumnSpec(NUMBER, number, optional=True))
    return TableSpec(columns, sheet=kind.title[:31], passed=passed, beside=(NOTES,), where=BY_CELL)


def register_workbook(kind: Kind, records: QuerySet[Record], *, secrets: bool, viewer: str, at: datetime) -> bytes:
    """Every record the viewer may see; a secret field is masked unless the viewer writes the register."""
    rows = _rows(kind, records, secrets)
    number, stage, note = _own(kind)
    columns = [Column(number, 7, 0), *_columns(kind), Column(stage, 12, text=True), Column(note, 10, text=True)]
    lines = [kind.title, f"{cite(kind.document, kind.clause)}　导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"]
    return workbook([Sheet(title=kind.title[:31], columns=columns, rows=rows, lines=lines)], title=kind.title, at=at)


def _rows(kind: Kind, records: QuerySet[Record], secrets: bool) -> Iterator[Sequence[Cell]]:
    names = dict(Organisation.objects.values_list("code", "name"))
    for record in records.iterator(chunk_size=2_000):
        cells: list[Cell] = [record.number]
        for cell in shown(kind, record, names, secrets=secrets):
            exact = cell.numeric and cell.value
            cells.append(Decimal(cell.value) if exact else cell.words)
        stage = kind.stage(record.stage)
        late = kind.days_late(record.values)
        note = "已撤销" if record.struck_at else f"迟 {late} 天" if late else ""
        yield [*cells, stage.label if stage else "", note]


def template(kind: Kind, *, at: datetime) -> bytes:
    notes = [f"{one.label}：{'必填；' if one.required else ''}{_how(kind, one.name)}" for one in kind.fields]
    columns = _columns(kind)
    if opens(kind):
        columns += [Column(title, 16, text=True) for _, title in OPENING]
        stages = "、".join(one.label for one in kind.stages if not one.closed)
        notes.append(f"期初阶段：上线前已在办的才填，只能是{stages}；期初日期写到这一阶段的那天；由两个人办理")
    sheets = [
        Sheet(title=kind.title[:31], columns=columns, rows=[]),
        Sheet(title=NOTES, columns=[Column("说明", 100)], rows=[[note] for note in notes]),
    ]
    return workbook(sheets, title=f"{kind.title}导入模板", at=at)


def _how(kind: Kind, name: str) -> str:
    one = kind.field(name)
    if one.type == FieldType.CHOICE:
        return "只能是" + "、".join(words for _, words in one.choices)
    if one.numeric:
        return f"数，最多 {one.places} 位小数{f'，单位{one.unit}，不换算' if one.unit else ''}"
    return {
        FieldType.DATE: "写成 2020-09-25",
        FieldType.BOOL: "写“是”或“否”",
        FieldType.ORGANISATION: "单位名称或别名",
        FieldType.TOWN: "镇街名称",
        FieldType.PERSON: "姓名，不写号码",
        FieldType.SEALED: "加密保存；导出的是＊＊＊，照样导入的不改",
    }.get(one.type, one.hint or "文字")


@dataclass
class Preview:
    """What a workbook would do: rows to register and to change (record, old → new by field), and every problem by cell."""

    new: list[dict[str, str]] = field(default_factory=list)
    changed: list[tuple[Record, dict[str, tuple[str, str]]]] = field(default_factory=list)
    unchanged: int = 0
    errors: list[FieldError] = field(default_factory=list)
    rows: list[ImportRow] = field(default_factory=list)
    openings: list[dict[str, Any]] = field(default_factory=list)


def read_records(
    kind: Kind, content: bytes, standing: QuerySet[Record], resolve: Resolve, *, today: date, only: str | None = None
) -> Preview:
    """Compare a workbook with what stands. `only`: the owner (code) whose rows alone may be written, None for all.

    Raises Refused when it cannot be read at all.
    """
    table = read_table(content, _spec(kind), limits=LIMITS)
    preview, seen, doubted = Preview(), set(), in_doubt(standing)
    for row in table.rows:
        typed = {name: row[name] for name in row.cells}
        begun = {name: typed.pop(name, "") or "" for name, _ in OPENING if name in typed}
        number = (typed.pop(NUMBER, "") or "").strip()
        values, problems = read_values(kind, typed, resolve, today)
        known = same_record(kind, standing, values, number)
        problems = _without_kept(kind, known, problems)
        if number and known is None:
            said = f"没有编号 {number[:20]} 的登记，或已撤销。改已有的请照导出的编号写；新登记的，编号留空。"
            row.wrong(NUMBER, "unknown-number", said)
        old = _old_text(kind, typed, values, doubted)
        if old is not None and (_same(kind, typed, values, old) or not problems and _stands_so(kind, known, values)):
            preview.unchanged += 1
            continue
        if old is not None and not problems:
            # Its twin may be meant as well: neither is changed by a row that could be either.
            said = f"编号 {old[0].number} 的这一栏写法待核，分不清要改哪一条；请先在页面上核对，再导入。"
            row.wrong(min(old[1]), "doubtful", said)
        for one in problems:
            row.wrong(one.field or "", one.code, one.message)
        if not problems and only is not None and values.get(kind.owner, "") != only:
            label = kind.field(kind.owner).label if kind.owner else "单位"
            said = f"第 {row.number} 行的{label}不是本单位，不能导入。请删去这一行，或由主管单位导入。"
            row.wrong(kind.owner, "not-your-unit", said)
        key = unique_key(kind, values) or number
        if not row.problems and (kind.unique or number) and key in seen:
            row.wrong((*kind.unique, NUMBER)[0], "twice", f"第 {row.number} 行与前面一行重复。")
        if not row.problems and any(begun.values()):
            _opening(kind, row, begun, values, known, today, preview)
        elif not row.problems:
            seen.add(key)
            _compare(kind, known, values, preview)
    if preview.openings and preview.rows:
        said = "期初登记的工作簿里不要同时有别的新登记或改动，没有导入。请分成两个文件。"
        table.problems.append(FieldError(said, "mixed", field="opening_stage"))
    preview.errors = table.problems
    return preview


def _opening(
    kind: Kind,
    row: TableRow,
    begun: Mapping[str, str],
    values: dict[str, str],
    known: Record | None,
    today: date,
    preview: Preview,
) -> None:
    if known is not None:
        row.wrong("opening_stage", "twice", "已经登记，不再作期初登记。请删去期初三栏，或在页面上办理。")
        return
    try:
        on = date.fromisoformat(begun["opening_on"].strip())
    except ValueError:
        row.wrong("opening_on", "bad-date", "期初日期请写成 2020-09-25。")
        return
    try:
        require_opening(kind, begun["opening_stage"].strip(), on, begun["opening_basis"], values, today)
    except Refused as refusal:
        row.wrong("opening_stage", refusal.code, refusal.message)
        return
    basis = begun["opening_basis"].strip()
    preview.openings.append(
        {
            "values": sealed(kind, values, {}),
            "stage": begun["opening_stage"].strip(),
            "on": on.isoformat(),
            "basis": basis,
        }
    )
    preview.new.append(values)


def _without_kept(kind: Kind, known: Record | None, problems: list[FieldError]) -> list[FieldError]:
    """A sealed field that comes back blank or as its mask is not missing where the record has it."""
    sealed_names = {one.name for one in kind.fields if one.sealed}
    missing = [one for one in problems if one.code == "missing" and one.field in sealed_names]
    if not missing or len(missing) < len(problems) or known is None:
        return problems
    return []


Doubted = tuple[Record, frozenset[str]]


def _old_text(
    kind: Kind, typed: Mapping[str, str], values: Mapping[str, str], doubted: Sequence[Doubted]
) -> Doubted | None:
    """The record in doubt that a row means: by its unique fields, those in doubt as they were typed once."""
    for record, names in doubted:
        own = [name for name in typed if name in names]
        if own and all(_stands(record, name, typed, values, names) for name in {*kind.unique, *own}):
            return record, names
    return None


def _same(kind: Kind, typed: Mapping[str, str], values: Mapping[str, str], old: Doubted) -> bool:
    """Whether a row of an export comes back as it was: an old text is asked for only where something is changed."""
    record, names = old
    told = [one.name for one in kind.fields if one.name in typed and not (one.sealed and not values.get(one.name))]
    return all(_stands(record, name, typed, values, names) for name in told)


def _stands(
    record: Record, name: str, typed: Mapping[str, str], values: Mapping[str, str], doubts: frozenset[str]
) -> bool:
    given = typed.get(name, "").strip() if name in doubts else values.get(name, "")
    return given == record.values.get(name, "")


def _stands_so(kind: Kind, known: Record | None, values: Mapping[str, str]) -> bool:
    return known is not None and not _differing(kind, known, values)


def _differing(kind: Kind, found: Record, values: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    told = {one.name for one in kind.fields if not one.sealed or values[one.name]}
    return {
        name: (found.values.get(name, ""), value)
        for name, value in values.items()
        if name in told and value != found.values.get(name, "")
    }


def _compare(kind: Kind, found: Record | None, values: dict[str, str], preview: Preview) -> None:
    if found is None:
        preview.new.append(values)
        preview.rows.append(ImportRow(None, 0, values))
        return
    differing = _differing(kind, found, values)
    if not differing:
        preview.unchanged += 1
        return
    preview.changed.append((found, differing))
    preview.rows.append(ImportRow(found.pk, found.version, values))
