"""The official 任务表 comes back as a workbook: read, compared, and proposed as one batch (engine 12)."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from evaluation.enums import FigureKind
from evaluation.figures.queries import SHARES, Row, Table, tables
from evaluation.figures.services.figures import Wanted, consistency_problems
from evaluation.scheme.access.office import require_office
from evaluation.scheme.models.scheme import Figure, Scheme
from evaluation.scheme.queries.figures import VALUE_WORDS, organisation_names, subject_words, value_words
from evaluation.scheme.queries.schemes import scheme_view
from evaluation.scheme.rules.figures import normalise
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import FieldError, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolver
from miyun_kpi.sheets.read import Cell, ReadSheet, address, read_workbook

HEAD_WITHIN = 10
_CARRIED = {
    **dict.fromkeys(("承担", "是", "√", "✓", "yes", "1"), "yes"),
    **dict.fromkeys(("不承担", "否", "×", "✗", "no", "0", "-", "–", "—"), "no"),
}


@dataclass(frozen=True)
class Difference:
    figure: Figure
    subject: str
    old: str
    new: str
    place: str


@dataclass(frozen=True)
class Preview:
    """What accepting would propose: `wanted` holds every cell read, equal ones as plain confirmations."""

    source: str
    wanted: Sequence[Wanted]
    differences: Sequence[Difference]
    absent: Sequence[str]

    @property
    def confirmations(self) -> int:
        return len(self.wanted) - len(self.differences)


@dataclass
class _Reading:
    """Values by figure with where they stood, and everything that is wrong, by cell."""

    values: dict[int, tuple[Figure, str, str]] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)
    sheet: str = ""
    resolve: Callable[[str], Organisation | None] = field(default_factory=resolver)

    def wrong(self, place: str, code: str, message: str) -> None:
        where = f"“{self.sheet}”{place}" if place else f"“{self.sheet}”"
        self.errors.append(FieldError(f"{where}：{message}", code, field=f"{self.sheet}!{place}"))


def read_task_table(*, actor: Actor, scheme: Scheme, file_name: str, content: bytes) -> Preview:
    """Compare a filled workbook with the scheme; writes nothing. All that is wrong is refused at once, by cell."""
    require_office(actor, Verb.CONFIRM_FIGURES, track=scheme.track)
    sheets = read_workbook(content, formulas=True)
    view = scheme_view(scheme)
    reading = _Reading()
    layout = {squeeze(table.name): table for table in tables(view)}
    present: set[str] = set()
    for sheet in sheets:
        reading.sheet = sheet.name
        table = layout.get(squeeze(sheet.name))
        if table is None:
            reading.wrong(
                "", "unknown-sheet", f"模板里没有这张表。请只留{'、'.join(t.name for t in layout.values())}。"
            )
        elif table.name in present:
            reading.wrong("", "doubled-sheet", "这张表出现了两次，请只留一张。")
        elif sheet.hidden:
            reading.wrong("", "hidden", "这张表是隐藏的，请取消隐藏后再导入。")
        else:
            present.add(table.name)
            _read_table(reading, table, sheet)
    if not reading.errors:
        for problem in consistency_problems(view, {pk: value for pk, (_, value, _) in reading.values.items()}):
            reading.errors.append(FieldError(problem, "sums-differ"))
    if reading.errors:
        count = len(reading.errors)
        message = reading.errors[0].message if count == 1 else f"有 {count} 处要改，整个文件没有读入。请改好后再上传。"
        raise Refused("cells-refused", message, errors=reading.errors)
    absent = [table.name for table in layout.values() if table.name not in present]
    return _preview(reading, _source(file_name, content), absent)


def _source(file_name: str, content: bytes) -> str:
    name = "".join(ch for ch in PurePath(file_name.replace("\\", "/")).name if ch.isprintable())
    return f"{name[-100:]} sha256:{hashlib.sha256(content).hexdigest()}"


def _preview(reading: _Reading, source: str, absent: Sequence[str]) -> Preview:
    found = sorted(reading.values.values(), key=lambda one: one[0].order)
    shares = [value for figure, value, _ in found if figure.kind == FigureKind.SHARE]
    names = organisation_names([figure for figure, _, _ in found], shares)
    differences = [
        Difference(
            figure,
            subject_words(figure),
            value_words(figure.kind, figure.value, names),
            value_words(figure.kind, value, names),
            place,
        )
        for figure, value, place in found
        if value != figure.value
    ]
    return Preview(source, [Wanted(f.pk, f.version, value) for f, value, _ in found], differences, absent)


def _read_table(reading: _Reading, table: Table, sheet: ReadSheet) -> None:
    head = _head_row(table, sheet)
    if head is None:
        reading.wrong("", "no-head", f"找不到表头（第一列应为“{table.key_titles[0]}”）。请照模板的表头填写。")
        return
    for merged in sheet.merged:
        reading.wrong(merged, "merged", "是合并单元格，请取消合并，逐格写明。")
    columns = _columns(reading, table, sheet, head)
    seen: dict[tuple[str, ...], int] = {}
    rows = {_key(table, row.keys): row for row in table.rows}
    for number in range(head + 1, len(sheet.rows) + 1):
        keys = [sheet.cell(number, columns[t]).text if t in columns else "" for t in table.key_titles]
        if all(sheet.cell(number, c).blank for c in range(1, len(sheet.rows[number - 1]) + 1)):
            continue
        key = _key(table, keys)
        row = rows.get(key)
        if row is None:
            shown = " ".join(k.strip() for k in keys if k.strip())[:40] or "（空）"
            reading.wrong(address(number, 1), "unknown-row", f"方案里没有“{shown}”这一行。请照模板的行，不要增减。")
        elif key in seen:
            reading.wrong(address(number, 1), "doubled-row", f"与第 {seen[key]} 行重复，请只留一行。")
        else:
            seen[key] = number
            if number in sheet.hidden_rows:
                reading.wrong(address(number, 1), "hidden", f"第 {number} 行是隐藏的，请取消隐藏后再导入。")
            _read_row(reading, table, sheet, number, row, columns)
    for key, row in rows.items():
        if key not in seen:
            reading.wrong("", "missing-row", f"缺“{' '.join(row.keys)}”一行。请照模板补上。")


def _head_row(table: Table, sheet: ReadSheet) -> int | None:
    wanted = squeeze(table.key_titles[0])
    return next(
        (n for n in range(1, min(HEAD_WITHIN, len(sheet.rows)) + 1) if squeeze(sheet.cell(n, 1).text) == wanted), None
    )


def _columns(reading: _Reading, table: Table, sheet: ReadSheet, head: int) -> dict[str, int]:
    """Column by title. The order is free; unknown, doubled, hidden and missing columns are named."""
    titles = {squeeze(title): title for title in (*table.key_titles, *table.titles)}
    columns: dict[str, int] = {}
    for number in range(1, len(sheet.rows[head - 1]) + 1):
        cell = sheet.cell(head, number)
        title = titles.get(squeeze(cell.text))
        if title is None:
            if any(not sheet.cell(row, number).blank for row in range(head, len(sheet.rows) + 1)):
                shown = cell.text.strip()[:20] or "（没有表头）"
                reading.wrong(address(head, number), "unknown-column", f"模板里没有“{shown}”这一列，请删去。")
        elif title in columns:
            reading.wrong(address(head, number), "doubled-column", f"“{title}”这一列出现了两次，请只留一列。")
        else:
            columns[title] = number
            if number in sheet.hidden_columns:
                reading.wrong(address(head, number), "hidden", f"“{title}”这一列是隐藏的，请取消隐藏后再导入。")
    for title in titles.values():
        if title not in columns:
            reading.wrong("", "missing-column", f"缺“{title}”一列。请照模板补上。")
    return columns


def _key(table: Table, keys: Sequence[str]) -> tuple[str, ...]:
    """What identifies a row: an organisation by its name whatever number stands before it, else the numbers."""
    own = [squeeze(key).removesuffix(".0") for key in keys]
    return (own[1],) if table.kind == FigureKind.CARRIED else tuple(own[: table.identifying])


def _read_row(
    reading: _Reading, table: Table, sheet: ReadSheet, number: int, row: Row, columns: dict[str, int]
) -> None:
    if table.name == SHARES:
        who, share = (columns.get(title) for title in table.titles)
        if who and share:
            _read_share(reading, sheet, row.figures[0], number, who, share)
        return
    for title, figure in zip(table.titles, row.figures, strict=True):
        column = columns.get(title)
        if column:
            _read_cell(reading, sheet, figure, number, column)


def _usable(reading: _Reading, sheet: ReadSheet, place: str, cell: Cell) -> bool:
    if place in sheet.errors:
        reading.wrong(place, "error-value", "是错误值（如 #REF!），请改成数值。")
    elif cell.kind in ("percent", "formula"):
        reading.wrong(place, cell.kind, cell.odd)
    elif cell.kind == "date":
        reading.wrong(place, "date", f"是日期（{cell.text[:10]}）。表格软件会把“1/2”改成日期，请把单元格设为文本再写。")
    elif cell.blank:
        reading.wrong(place, "blank", "是空白。空白不作任何取值读，请写明。")
    else:
        return True
    return False


def _read_cell(reading: _Reading, sheet: ReadSheet, figure: Figure, row: int, column: int) -> None:
    place, cell = address(row, column), sheet.cell(row, column)
    if not _usable(reading, sheet, place, cell):
        return
    text = cell.text.strip()
    if figure.kind == FigureKind.CARRIED:
        text = _CARRIED.get(squeeze(text).lower(), text)
    elif figure.kind in VALUE_WORDS:
        words = {squeeze(word): value for value, word in VALUE_WORDS[figure.kind].items()}
        text = words.get(squeeze(text), text)
    elif figure.kind == FigureKind.WEIGHT:
        text = text.removesuffix("分")
    _keep(reading, figure, text, place)


def _read_share(reading: _Reading, sheet: ReadSheet, figure: Figure, row: int, who: int, share: int) -> None:
    places = [(address(row, column), sheet.cell(row, column)) for column in (who, share)]
    usable = [_usable(reading, sheet, place, cell) for place, cell in places]  # both, so that both are told
    if not all(usable):
        return
    name, part = places[0][1].text.strip(), places[1][1].text
    organisation = reading.resolve(name)
    if organisation is None:
        reading.wrong(places[0][0], "unknown-organisation", f"没有叫“{name[:30]}”的单位。请写全称或公报里的简称。")
        return
    _keep(reading, figure, f"{organisation.code}:{part}", places[1][0])


def _keep(reading: _Reading, figure: Figure, text: str, place: str) -> None:
    try:
        value = normalise(figure.kind, text)
    except Refused as refusal:
        reading.wrong(place, refusal.code, refusal.message.replace("，没有保存", ""))
        return
    reading.values[figure.pk] = (figure, value, f"“{reading.sheet}”{place}")
