"""The one reader of workbooks: declared columns in, rows of typed values out; what is wrong is told at once, by cell.

A door (marks, 任务表, a register, any import) declares its columns and keeps only its own checks. The order of the columns
is free; lines may stand above the head. Nothing is guessed: hidden, merged, doubled, unknown and computed things are named,
and so is a page that nobody reads.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from miyun_kpi.db.room import require_room
from miyun_kpi.lib.errors import FieldError, Refused
from miyun_kpi.sheets.columns import READERS, ColumnSpec, Kind, same
from miyun_kpi.sheets.columns import YES_NO as YES_NO
from miyun_kpi.sheets.read import Cell, Limits, ReadSheet, address, read_workbook

HEAD_WITHIN = 10
FIGURES = (Kind.NUMBER, Kind.FIGURE)
# Kinds of cells that a column of figures takes for the number kept; as a text nobody knows what was meant.
NUMBERS = ("exponent", "tiny", "padded")
# How a sentence says where it is: by cell and column, by cell alone (the sentence names the column), by sheet and cell.
BY_TITLE, BY_CELL, BY_SHEET = "{place}（{title}）", "{place}", "“{sheet}”{place}"


@dataclass(frozen=True)
class TableSpec:
    """`sheet`: the name of its page, "" for the only one with its head. `passed`: titles that may stand there and are not
    read; `beside`: pages of the template that are not read. `where`: how its sentences say the place. `concealed`: a page
    of the program, hidden on purpose. `surplus`: what else is said of a column nobody declared.
    """

    columns: Sequence[ColumnSpec]
    sheet: str = ""
    passed: Sequence[str] = ()
    beside: Sequence[str] = ()
    where: str = BY_TITLE
    concealed: bool = False
    surplus: str = ""

    @property
    def key(self) -> ColumnSpec:
        """The column a head is known by: the first that must be there."""
        return next((one for one in self.columns if not one.optional), self.columns[0])


@dataclass
class TableRow:
    """One row that is not blank. `row[key]` is the typed value; a cell that could not be read has none and is told once."""

    number: int
    table: "Table"
    cells: dict[str, Cell]
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[FieldError] = field(default_factory=list)
    spoilt: set[str] = field(default_factory=set)

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def place(self, key: str) -> str:
        """B7, or the row where the workbook lacks the column."""
        at = self.table.columns.get(key)
        return address(self.number, at) if at else f"第 {self.number} 行"

    def blank(self, key: str) -> bool:
        return key not in self.cells or self.cells[key].blank

    def wrong(self, key: str, code: str, message: str) -> None:
        """What the door finds wrong; nothing beside a cell that could not be read."""
        if key not in self.spoilt:
            self.problems.append(self.table.problem(self.place(key), code, message, self.table.titles.get(key, "")))

    def judged(self, key: str, judge: Callable[..., Any], *given: Any) -> Any:
        """What `judge(*given)` returns, or None where it refuses the cell."""
        try:
            return judge(*given)
        except Refused as refusal:
            self.wrong(key, refusal.code, refusal.message.replace("，没有保存", ""))
            return None

    def read(self, column: ColumnSpec, broken: bool) -> Any:
        """The typed value of a cell, or what is wrong with it. `broken`: an error value stands there."""
        nothing = "" if column.kind in (Kind.TEXT, Kind.FIGURE) else None
        cell = self.cells.get(column.key)
        if cell is None:
            return nothing
        said = cell.text.strip()[:10] if cell.kind == "date" else cell.text.strip()
        try:
            if broken:
                raise Refused("error-value", "是错误值（如 #REF!），请改成数值。")
            if cell.kind in ("formula", "percent"):
                raise Refused(cell.kind, cell.odd)
            if cell.kind == "long" or cell.kind in NUMBERS and column.kind not in FIGURES:
                raise Refused("digits-lost" if cell.kind == "long" else "not-as-shown", cell.odd)
            if cell.kind == "control" and column.kind in FIGURES:
                raise Refused("bad-character", cell.odd)
            if cell.kind and cell.kind not in NUMBERS and column.kind in FIGURES:
                raise Refused("not-a-number", cell.odd)
            if "\x00" in said:
                raise Refused("bad-character", "含有读不出的字符，请重写。")
            if said:
                return READERS[column.kind](said, column)
            if column.required:
                raise Refused("blank", f"是空白，请写{'日期，例如 2020-10-31' if column.kind == Kind.DAY else '明'}。")
        except Refused as refusal:
            self.wrong(column.key, refusal.code, refusal.message.replace("，没有保存", ""))
            self.spoilt.add(column.key)
        return nothing


@dataclass
class Table:
    """`head` is the row of the titles (0: none found), `columns` where each key stands; `general` is what is wrong with
    the page, what is wrong with a row is with the row.
    """

    spec: TableSpec
    source: str
    sheet: str
    head: int = 0
    columns: dict[str, int] = field(default_factory=dict)
    rows: list[TableRow] = field(default_factory=list)
    general: list[FieldError] = field(default_factory=list)

    @property
    def titles(self) -> dict[str, str]:
        return {one.key: one.title for one in self.spec.columns}

    @property
    def whole(self) -> bool:
        """Whether its head is there with every column that must be: else no row is read."""
        return bool(self.head) and all(one.optional or one.key in self.columns for one in self.spec.columns)

    @property
    def problems(self) -> list[FieldError]:
        return [*self.general, *(problem for row in self.rows for problem in row.problems)]

    def problem(self, place: str, code: str, message: str, title: str = "") -> FieldError:
        form = self.spec.where if title or self.spec.where == BY_SHEET else BY_CELL
        where = form.format(place=place, title=title, sheet=self.sheet)
        named = f"{self.sheet}!{place}" if self.spec.where == BY_SHEET else place
        return FieldError(f"{where}：{message}", code, field=named)

    def wrong(self, place: str, code: str, message: str) -> None:
        self.general.append(self.problem(place, code, message))

    def refuse_if_wrong(self) -> None:
        refuse(self.problems)


@dataclass
class Book:
    """The tables found, by the name of their page; `others`: pages with content that nobody reads."""

    source: str
    tables: dict[str, Table] = field(default_factory=dict)
    others: list[FieldError] = field(default_factory=list)

    @property
    def problems(self) -> list[FieldError]:
        return [*(problem for table in self.tables.values() for problem in table.problems), *self.others]


def refuse(problems: Sequence[FieldError]) -> None:
    if problems:
        many = f"有 {len(problems)} 处要改，整个文件没有读入。请改好后再上传。"
        raise Refused("cells-refused", problems[0].message if len(problems) == 1 else many, errors=list(problems))


def read_table(content: bytes, spec: TableSpec, *, file_name: str = "", limits: Limits | None = None) -> Table:
    """The rows of one table. Raises Refused for a file that cannot be read; other problems are in the answer."""
    book = read_tables(content, [spec], file_name=file_name, limits=limits)
    (table,) = book.tables.values()
    if not table.head:
        raise Refused("no-head", table.general[0].message.partition("：")[2])
    table.general += book.others
    if not table.rows and not table.problems:
        raise Refused("no-rows", "表头下面没有内容，没有读入。请填好后再上传。")
    return table


def read_tables(
    content: bytes, specs: Sequence[TableSpec], *, file_name: str = "", limits: Limits | None = None
) -> Book:
    """Several tables of one workbook, each on the page of its name; one that is not there is not in the answer."""
    require_room("没有导入")
    pages = read_workbook(content, limits=limits, formulas=True)
    book, read = Book(source_of(file_name, content)), []
    for spec in specs:
        page = _page(pages, spec) if len(specs) == 1 else _named(pages, spec)
        if page is not None:
            read.append(page)
            book.tables[spec.sheet] = _table(page, spec, book.source)
    known = {same(name) for spec in specs for name in spec.beside}
    shown = "、".join(f"“{one.sheet}”" for one in specs if one.sheet and not one.concealed) or f"“{read[0].name}”"
    for page in pages:
        if _filled(page) and same(page.name) not in known and not any(page is one for one in read):
            # Rows may have been typed into a copy of the page: they are named, not passed over.
            said = f"还有一张表“{page.name}”写了内容，只读{shown}。要用的并到那里，再删去这一张。"
            book.others.append(FieldError(said, "second-sheet", field=page.name))
    return book


def source_of(file_name: str, content: bytes) -> str:
    name = "".join(ch for ch in PurePath(file_name.replace("\\", "/")).name if ch.isprintable())
    return f"{name[-100:]} sha256:{hashlib.sha256(content).hexdigest()}"


def _filled(page: ReadSheet) -> bool:
    return any(not cell.blank for row in page.rows for cell in row)


def _named(pages: Iterable[ReadSheet], spec: TableSpec) -> ReadSheet | None:
    return next((page for page in pages if spec.sheet and same(page.name) == same(spec.sheet)), None)


def _page(pages: Sequence[ReadSheet], spec: TableSpec) -> ReadSheet:
    """The page of the only table: the one of its name, else the only one with its head, else the only one written on."""
    found = _named(pages, spec)
    filled = [page for page in pages if _filled(page)] or list(pages[:1])
    headed = [page for page in filled if _head(page, spec)]
    if found is None and len(headed or filled) != 1:
        which = f"“{spec.sheet}”" if spec.sheet else "模板里的"
        raise Refused("many-sheets", f"工作簿里有 {len(filled)} 张表，没有读入。请只留{which}那一张。")
    return found or (headed or filled)[0]


def _table(page: ReadSheet, spec: TableSpec, source: str) -> Table:
    table = Table(spec, source, page.name)
    table.head = _head(page, spec)
    if not table.head:
        table.wrong("", "no-head", f"找不到表头（须有“{spec.key.title}”一列），没有读入。请照模板的表头填写。")
        return table
    if page.hidden and not spec.concealed:
        where = "" if spec.where == BY_SHEET else f"“{page.name}”"
        table.wrong(where, "hidden", "这张表是隐藏的，请取消隐藏后再导入。")
    for merged in page.merged:
        table.wrong(merged, "merged", "是合并单元格，请取消合并，逐格写明。")
    _columns(table, page)
    told = _rows(table, page) if table.whole else set()
    for place in sorted(page.errors - told):
        table.wrong(place, "error-value", "是错误值（如 #REF!），请改成数值。")
    for place in page.formulas:
        if place not in told:
            table.wrong(place, "formula", Cell("=", "formula").odd)
    return table


def _head(page: ReadSheet, spec: TableSpec) -> int:
    """Of the first rows that bear the title of the first column the one with most of the titles."""
    wanted = {same(title) for one in spec.columns for title in (one.title, *one.also)}
    keys = {same(title) for title in (spec.key.title, *spec.key.also)}
    best = found = 0
    for number in range(1, min(HEAD_WITHIN, len(page.rows)) + 1):
        there = {same(cell.text) for cell in page.rows[number - 1]}
        if there & keys and len(there & wanted) > best:
            best, found = len(there & wanted), number
    return found


def _columns(table: Table, page: ReadSheet) -> None:
    head, spec = table.head, table.spec
    wanted = {same(title): one for one in spec.columns for title in (one.title, *one.also)}
    passed = {same(title) for title in spec.passed}
    for number in range(1, max(len(row) for row in page.rows[head - 1 :]) + 1):
        cell = page.cell(head, number)
        column = wanted.get(same(cell.text))
        if column is None:
            if same(cell.text) not in passed and any(
                not page.cell(row, number).blank for row in range(head, len(page.rows) + 1)
            ):
                shown = cell.text.strip()[:20] or "（没有表头）"
                said = f"模板里没有“{shown}”这一列，请删去。{spec.surplus}"
                table.wrong(address(head, number), "unknown-column", said)
        elif column.key in table.columns:
            said = f"“{column.title}”这一列出现了两次，请只留一列。"
            table.wrong(address(head, number), "doubled-column", said)
        else:
            table.columns[column.key] = number
            if number in page.hidden_columns and not spec.concealed:
                said = f"“{column.title}”这一列是隐藏的，请取消隐藏后再导入。"
                table.wrong(address(head, number), "hidden", said)
    for one in spec.columns:
        if not one.optional and one.key not in table.columns:
            table.wrong(f"第 {head} 行", "missing-column", f"缺“{one.title}”一列。请照模板补上。")


def _rows(table: Table, page: ReadSheet) -> set[str]:
    """Reads every row that is not blank; returns the addresses of its cells."""
    told: set[str] = set()
    for number in range(table.head + 1, len(page.rows) + 1):
        row = TableRow(number, table, {key: page.cell(number, at) for key, at in table.columns.items()})
        places = {row.place(key) for key in row.cells}
        if all(cell.blank for cell in row.cells.values()) and not places & page.errors:
            continue
        if number in page.hidden_rows and not table.spec.concealed:
            table.wrong(f"A{number}", "hidden", f"第 {number} 行是隐藏的，请取消隐藏后再导入。")
        for column in table.spec.columns:
            row.values[column.key] = row.read(column, row.place(column.key) in page.errors)
        table.rows.append(row)
        told |= places
    return told
