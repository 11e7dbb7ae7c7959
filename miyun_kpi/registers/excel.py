"""Any register as a workbook, and back: the columns are the fields, a template is the same file without rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet

from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.lib.errors import FieldError, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.queries.records import same_record, shown
from miyun_kpi.registers.rules.kinds import FieldType, Kind, Resolve, read_values
from miyun_kpi.registers.services.records import ImportRow
from miyun_kpi.sheets.read import Limits, ReadSheet, address, read_workbook
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook

NUMBER = "编号"
# Rows of one import; more go in several files.
LIMITS = Limits(rows=2_000)


def _columns(kind: Kind) -> list[Column]:
    return [
        Column(
            f"{one.label}（{one.unit}）" if one.unit else one.label,
            min(40, max(10, 2 * len(one.label) + 4)),
            one.places if one.type == FieldType.NUMBER else None,
        )
        for one in kind.fields
    ]


def register_workbook(kind: Kind, records: QuerySet[Record], *, secrets: bool, viewer: str, at: datetime) -> bytes:
    """Every record the viewer may see; a secret field is masked unless the viewer writes the register."""
    rows = _rows(kind, records, secrets)
    columns = [Column(NUMBER, 7), *_columns(kind), Column("阶段", 12), Column("备注", 10)]
    lines = [kind.title, f"{kind.document}号 {kind.clause}　导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"]
    return workbook([Sheet(title=kind.title[:31], columns=columns, rows=rows, lines=lines)], title=kind.title, at=at)


def _rows(kind: Kind, records: QuerySet[Record], secrets: bool) -> Iterator[Sequence[Cell]]:
    names = dict(Organisation.objects.values_list("code", "name"))
    for record in records.iterator(chunk_size=2_000):
        cells: list[Cell] = [record.number]
        for cell in shown(kind, record, names, secrets=secrets):
            exact = cell.numeric and cell.value
            cells.append(Decimal(cell.value) if exact else cell.words)
        stage = kind.stage(record.stage)
        yield [*cells, stage.label if stage else "", "已撤销" if record.struck_at else ""]


def template(kind: Kind, *, at: datetime) -> bytes:
    notes = [f"{one.label}：{'必填；' if one.required else ''}{_how(kind, one.name)}" for one in kind.fields]
    columns = _columns(kind)
    sheets = [
        Sheet(title=kind.title[:31], columns=columns, rows=[]),
        Sheet(title="填写说明", columns=[Column("说明", 100)], rows=[[note] for note in notes]),
    ]
    return workbook(sheets, title=f"{kind.title}导入模板", at=at)


def _how(kind: Kind, name: str) -> str:
    one = kind.field(name)
    if one.type == FieldType.CHOICE:
        return "只能是" + "、".join(words for _, words in one.choices)
    return {
        FieldType.DATE: "写成 2020-09-25",
        FieldType.BOOL: "写“是”或“否”",
        FieldType.ORGANISATION: "单位名称或别名",
        FieldType.TOWN: "镇街名称",
        FieldType.NUMBER: f"数，最多 {one.places} 位小数",
    }.get(one.type, one.help or "文字")


@dataclass
class Preview:
    """What a workbook would do: rows to register and to change (record, old → new by field), and every problem by cell."""

    new: list[dict[str, str]] = field(default_factory=list)
    changed: list[tuple[Record, dict[str, tuple[str, str]]]] = field(default_factory=list)
    unchanged: int = 0
    errors: list[FieldError] = field(default_factory=list)
    rows: list[ImportRow] = field(default_factory=list)


def read_records(
    kind: Kind, content: bytes, standing: QuerySet[Record], resolve: Resolve, *, today: date, only: str | None = None
) -> Preview:
    """Compare a workbook with what stands. `only`: the owner (code) whose rows alone may be written, None for all.

    Raises Refused when it cannot be read at all.
    """
    sheet = _sheet_of(kind, read_workbook(content, limits=LIMITS, formulas=True))
    head, columns = _head(kind, sheet)
    preview, seen = Preview(), set()
    odd = _odd_cells(sheet, head, set(columns.values()))
    preview.errors += [FieldError(f"{place}　{said}", code, field=place) for place, (code, said) in sorted(odd.items())]
    for number in range(head + 1, len(sheet.rows) + 1):
        typed = {name: sheet.cell(number, column).text for name, column in columns.items()}
        if not any(text.strip() for text in typed.values()):
            continue
        if number in sheet.hidden_rows:
            preview.errors.append(FieldError(f"第 {number} 行是隐藏的，不导入。请取消隐藏或删去。", "hidden-row"))
            continue
        values, problems = read_values(kind, typed, resolve, today)
        for one in problems:
            place = address(number, columns[one.field]) if one.field in columns else f"第 {number} 行"
            if place in odd:
                continue
            preview.errors.append(FieldError(f"{place}　{one.message}", one.code, field=one.field))
        if not problems and only is not None and values.get(kind.owner, "") != only:
            label = kind.field(kind.owner).label if kind.owner else "单位"
            said = f"第 {number} 行的{label}不是本单位，不能导入。请删去这一行，或由主管单位导入。"
            problems = [FieldError(said, "not-your-unit", field=kind.owner)]
            preview.errors += problems
        if problems:
            continue
        key = tuple(values.get(name, "") for name in kind.unique)
        if kind.unique and key in seen:
            preview.errors.append(FieldError(f"第 {number} 行与前面一行重复。", "twice"))
            continue
        seen.add(key)
        _compare(kind, standing, values, preview)
    if not preview.rows and not preview.errors and not preview.unchanged:
        raise Refused("empty-workbook", "表头以下没有内容，没有导入。请从第二行起填写。")
    return preview


def _compare(kind: Kind, standing: QuerySet[Record], values: dict[str, str], preview: Preview) -> None:
    found = same_record(kind, standing, values)
    if found is None:
        preview.new.append(values)
        preview.rows.append(ImportRow(None, 0, values))
        return
    differing = {
        name: (found.values.get(name, ""), value)
        for name, value in values.items()
        if value != found.values.get(name, "")
    }
    if not differing:
        preview.unchanged += 1
        return
    preview.changed.append((found, differing))
    preview.rows.append(ImportRow(found.pk, found.version, values))


def _sheet_of(kind: Kind, sheets: Sequence[ReadSheet]) -> ReadSheet:
    named = [one for one in sheets if squeeze(one.name) == squeeze(kind.title[:31]) and not one.hidden]
    visible = [one for one in sheets if not one.hidden]
    if not named and len(visible) != 1:
        raise Refused("no-sheet", f"工作簿里没有名为“{kind.title[:31]}”的工作表，没有导入。请用下载的模板填写。")
    found = (named or visible)[0]
    return found


def _odd_cells(sheet: ReadSheet, head: int, columns: set[int]) -> dict[str, tuple[str, str]]:
    """Cells that are not what they look like, by address: code and sentence."""
    found = dict.fromkeys(sheet.errors, ("error-value", "是错误值（如 #REF!），请改成数值。"))
    found |= dict.fromkeys(sheet.merged, ("merged-cells", "是合并的单元格，请取消合并，逐格写明。"))
    for number in range(head + 1, len(sheet.rows) + 1):
        for column in columns:
            cell = sheet.cell(number, column)
            if cell.kind in ("formula", "percent"):
                found[address(number, column)] = (cell.kind, cell.odd)
    return found


def _head(kind: Kind, sheet: ReadSheet) -> tuple[int, dict[str, int]]:
    """The row of the titles (an export has lines above it) and the column of each field."""
    wanted = {squeeze(column.title): one.name for column, one in zip(_columns(kind), kind.fields, strict=True)}
    wanted |= {squeeze(one.label): one.name for one in kind.fields}
    for number, row in enumerate(sheet.rows[:10], start=1):
        columns = {
            wanted[squeeze(cell.text)]: at for at, cell in enumerate(row, start=1) if squeeze(cell.text) in wanted
        }
        lacking = [one.label for one in kind.fields if one.required and one.name not in columns]
        if columns and not lacking:
            return number, columns
    required = "、".join(one.label for one in kind.fields if one.required)
    raise Refused("no-head", f"找不到表头（须有{required or '模板里的各栏'}），没有导入。请用下载的模板填写。")
