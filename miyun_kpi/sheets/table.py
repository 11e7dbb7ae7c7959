"""A workbook of one table with declared columns, read row by row; everything that is wrong is told at once, by cell.

The order of the columns is free; lines may stand above the head. Nothing is guessed: hidden, merged, doubled and unknown
things are named.
"""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import PurePath

from miyun_kpi.lib.decimals import read_decimal
from miyun_kpi.lib.errors import FieldError, Refused
from miyun_kpi.sheets.read import Cell, Limits, ReadSheet, address, read_workbook

HEAD_WITHIN = 10


def same(text: str) -> str:
    """How titles are compared: without blanks, full width as half width."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@dataclass
class TableRow:
    """One row that is not blank; `cells` by declared title. Reads say what is wrong to the table they belong to."""

    number: int
    cells: dict[str, tuple[str, Cell]]
    problems: list[FieldError]

    def place(self, title: str) -> str:
        return self.cells[title][0]

    def wrong(self, title: str, code: str, message: str) -> None:
        self.problems.append(FieldError(f"{self.place(title)}（{title}）：{message}", code, field=self.place(title)))

    def text(self, title: str, *, longest: int, required: bool = False) -> str:
        cell = self.cells[title][1]
        said = cell.text.strip()
        if cell.kind == "formula":
            return ""  # named with all others
        if cell.kind == "percent":
            self.wrong(title, "percent", cell.odd)
            return said
        if cell.kind == "date":
            said = said[:10]
        if "\x00" in said:
            self.wrong(title, "bad-character", "含有读不出的字符，请重写。")
        elif len(said) > longest:
            self.wrong(title, "too-long", f"超过 {longest} 字，请精简。")
        elif required and not said:
            self.wrong(title, "blank", "是空白，请写明。")
        return said

    def day(self, title: str, *, required: bool = False) -> date | None:
        """A date cell or text like 2020-10-31, 2020/10/31, 2020年10月31日, 2020.10.31."""
        said = self.cells[title][1].text.strip()
        if self.cells[title][1].kind == "formula":
            return None
        if not said:
            if required:
                self.wrong(title, "blank", "是空白，请写日期，例如 2020-10-31。")
            return None
        found = read_day(said)
        if found is None:
            self.wrong(title, "bad-date", f"“{said[:20]}”不是日期，请写成 2020-10-31。")
        return found

    def number_of(self, title: str, *, places: int, signed: bool = False) -> Decimal | None:
        """A number with at most `places` decimals, never rounded; blank is None, not 0."""
        cell = self.cells[title][1]
        if cell.blank:
            return None
        if cell.kind:
            if cell.kind != "formula":
                self.wrong(title, "percent" if cell.kind == "percent" else "not-a-number", cell.odd)
            return None
        said = cell.text.strip()
        minus = signed and said[:1] in "-−－"
        try:
            value = read_decimal(said[1:] if minus else said, places=places, what=title)
        except Refused as refusal:
            self.wrong(title, refusal.code, refusal.message.replace("，没有保存", ""))
            return None
        return -value if minus and value else value


def read_day(text: str) -> date | None:
    said = unicodedata.normalize("NFKC", text).strip()
    if len(said) > 10 and said[10] in "T ":
        said = said[:10]
    for mark in "年月/.":
        said = said.replace(mark, "-")
    parts = said.removesuffix("日").split("-")
    if len(parts) != 3 or not all(p.isascii() and p.isdigit() for p in parts) or len(parts[0]) != 4:
        return None
    try:
        return date(*map(int, parts))
    except ValueError:
        return None


@dataclass
class Table:
    source: str
    rows: list[TableRow] = field(default_factory=list)
    problems: list[FieldError] = field(default_factory=list)

    def refuse_if_wrong(self) -> None:
        if not self.problems:
            return
        count = len(self.problems)
        message = self.problems[0].message if count == 1 else f"有 {count} 处要改，整个文件没有读入。请改好后再上传。"
        raise Refused("cells-refused", message, errors=self.problems)


def read_table(content: bytes, *, file_name: str, titles: Sequence[str], limits: Limits | None = None) -> Table:
    """The rows of the one sheet. Raises Refused for a file that cannot be read; other problems are in the answer."""
    sheets = read_workbook(content, limits=limits, formulas=True)
    table = Table(source_of(file_name, content))
    if len(sheets) != 1:
        raise Refused("many-sheets", f"工作簿里有 {len(sheets)} 张表，没有读入。请只留模板里的那一张。")
    (sheet,) = sheets
    head = _head(sheet, titles)
    if head is None:
        raise Refused("no-head", f"找不到表头（须有“{titles[0]}”一列），没有读入。请照模板的表头填写。")
    _oddities(table, sheet)
    columns = _columns(table, sheet, head, titles)
    if any(title not in columns for title in titles):
        return table
    for number in range(head + 1, len(sheet.rows) + 1):
        if all(sheet.cell(number, c).blank for c in range(1, len(sheet.rows[number - 1]) + 1)):
            continue
        if number in sheet.hidden_rows:
            _wrong(table, f"A{number}", "hidden", f"第 {number} 行是隐藏的，请取消隐藏后再导入。")
        cells = {title: (address(number, column), sheet.cell(number, column)) for title, column in columns.items()}
        table.rows.append(TableRow(number, cells, table.problems))
    if not table.rows and not table.problems:
        raise Refused("no-rows", "表头下面没有内容，没有读入。请填好后再上传。")
    return table


def source_of(file_name: str, content: bytes) -> str:
    name = "".join(ch for ch in PurePath(file_name.replace("\\", "/")).name if ch.isprintable())
    return f"{name[-100:]} sha256:{hashlib.sha256(content).hexdigest()}"


def _wrong(table: Table, place: str, code: str, message: str) -> None:
    table.problems.append(FieldError(f"{place}：{message}", code, field=place))


def _head(sheet: ReadSheet, titles: Sequence[str]) -> int | None:
    """The first row that bears the first title."""
    wanted = same(titles[0])
    for number in range(1, min(HEAD_WITHIN, len(sheet.rows)) + 1):
        if any(same(cell.text) == wanted for cell in sheet.rows[number - 1]):
            return number
    return None


def _oddities(table: Table, sheet: ReadSheet) -> None:
    if sheet.hidden:
        _wrong(table, sheet.name, "hidden", "这张表是隐藏的，请取消隐藏后再导入。")
    for merged in sheet.merged:
        _wrong(table, merged, "merged", "是合并单元格，请取消合并，逐格写明。")
    for place in sorted(sheet.errors):
        _wrong(table, place, "error-value", "是错误值（如 #REF!），请改成数值。")
    for place in sheet.formulas:
        _wrong(table, place, "formula", Cell("=", "formula").odd)


def _columns(table: Table, sheet: ReadSheet, head: int, titles: Sequence[str]) -> dict[str, int]:
    wanted = {same(title): title for title in titles}
    columns: dict[str, int] = {}
    for number in range(1, max(len(row) for row in sheet.rows[head - 1 :]) + 1):
        cell = sheet.cell(head, number)
        title = wanted.get(same(cell.text))
        if title is None:
            if any(not sheet.cell(row, number).blank for row in range(head, len(sheet.rows) + 1)):
                shown = cell.text.strip()[:20] or "（没有表头）"
                _wrong(table, address(head, number), "unknown-column", f"模板里没有“{shown}”这一列，请删去。")
        elif title in columns:
            _wrong(table, address(head, number), "doubled-column", f"“{title}”这一列出现了两次，请只留一列。")
        else:
            columns[title] = number
            if number in sheet.hidden_columns:
                _wrong(table, address(head, number), "hidden", f"“{title}”这一列是隐藏的，请取消隐藏后再导入。")
    for title in titles:
        if title not in columns:
            _wrong(table, f"第 {head} 行", "missing-column", f"缺“{title}”一列。请照模板补上。")
    return columns
