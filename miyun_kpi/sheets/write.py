"""Workbooks out. Text stays text, also where it is typed anew; numbers are exact decimals with a fixed number of places; nothing is a formula."""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell as StyledCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.xml.functions import fromstring

from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import Refused
from miyun_kpi.site import tag

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A spreadsheet keeps fifteen significant digits; a longer number would be changed silently.
MOST_DIGITS = 15
# Of one sheet: about a minute of work, and well under the 1,048,576 of the file format.
MOST_ROWS = 200_000
A4 = 9  # of the file format
# A cell of the file format holds no more; what is longer says that it was cut.
MOST_CHARACTERS, CUT = 32_767, "…（一格放不下，后面的没有写入）"
# No file of the format may hold them.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f]")

Cell = str | int | Decimal | None


@dataclass(frozen=True)
class Column:
    """`places`: decimals shown for numbers; None for text and whole numbers. `width` in characters. `text`: nothing but text
    is meant to stand there, so that its blank cells and those below the last row are Text as well.

    On a protected sheet only an `open` column can be typed in; with `limits`, one a row, it takes numbers from 0 to
    there and nothing else.
    """

    title: str
    width: int = 12
    places: int | None = None
    open: bool = False
    limits: Sequence[Decimal] | None = None
    text: bool = False


@dataclass(frozen=True)
class Sheet:
    """`lines` stand above the table, `notes` below it, each in its own row. `rows` are read once, as they are written.

    `filled_in`: protected but for its open columns. `concealed`: for the program alone, not offered by “unhide”.
    """

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    lines: Sequence[str] = ()
    notes: Sequence[str] = ()
    landscape: bool = True
    filled_in: bool = False
    concealed: bool = False


_HEAD = Font(name="宋体", bold=True)
_TITLE = Font(name="宋体", bold=True, size=14)
_PLAIN = Font(name="宋体")
_RULE = Border(bottom=Side(style="thin", color="FF7B868E"))
_OPEN = PatternFill("solid", fgColor="FFFFFBE8")
_BAND = PatternFill("solid", fgColor="FFE9ECE8")
# The format of a cell that takes what is typed as it is typed: in any other one a spreadsheet makes a number of 007 and of a
# telephone, rounds the digits of a long one behind the fifteenth, and makes a day of 3-1.
TEXT = "@"


def workbook(sheets: Sequence[Sheet], *, title: str, at: datetime) -> bytes:
    """An .xlsx of the sheets. `at` is written as the day of making, so that the same call gives the same file.

    Raises Refused for more than MOST_ROWS rows: a sheet is whole or not made. Raises ValueError for a number that a
    spreadsheet cannot hold exactly, and for a row of another length than its head.
    """
    book = Workbook(write_only=True)
    book.properties.creator = "密云区绩效考评"
    book.properties.title = f"{tag()}　{title}" if tag() else title
    book.properties.created = book.properties.modified = at.replace(tzinfo=None, microsecond=0)
    try:
        for sheet in sheets:
            page = _Page(book, sheet.title[:31], sheet.columns)
            book._add_sheet(page)
            _write(page, sheet)
    except BaseException:
        _forget(book)
        raise
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _forget(book: Workbook) -> None:
    """The library keeps rows in temporary files until it saves them; a book that is not saved leaves none behind."""
    for page in book.worksheets:
        page.close()
        page._writer.cleanup()


def _checked(sheet: Sheet) -> Iterable[Sequence[Cell]]:
    for number, row in enumerate(sheet.rows, start=1):
        if number > MOST_ROWS:
            raise Refused(
                "too-many-rows",
                f"“{sheet.title}”超过 {MOST_ROWS // 10_000} 万行，没有导出：一次最多导出这么多，少导了会算错。请先筛选，分几次导出。",
            )
        if len(row) != len(sheet.columns):
            raise ValueError(f"{len(row)} cells for {len(sheet.columns)} columns")
        for value in row:
            if isinstance(value, int | Decimal) and len(Decimal(value).as_tuple().digits) > MOST_DIGITS:
                raise ValueError(f"{value} has more than {MOST_DIGITS} digits")
        yield row


def _write(page: "_Page", sheet: Sheet) -> None:
    page.freeze_panes = f"A{len(sheet.lines) + 2}"
    for index, column in enumerate(sheet.columns, start=1):
        page.column_dimensions[get_column_letter(index)].width = column.width
        if column.text:
            page.column_dimensions[get_column_letter(index)].number_format = TEXT
    page.page_setup.orientation = "landscape" if sheet.landscape else "portrait"
    page.page_setup.paperSize = A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_title_rows = f"{len(sheet.lines) + 1}:{len(sheet.lines) + 1}"
    if tag():
        # Also of a form that has no line above its head, for its rows are read by their places.
        page.oddHeader.center.text = f"{tag()}数据，不得引用"
    page.protection.sheet = sheet.filled_in
    if sheet.concealed:
        page.sheet_state = "veryHidden"
    _validate(page, sheet)
    page.begin()
    for number, line in enumerate(_said(sheet)):
        page.append([_text(page, line, _TITLE if number == 0 else _PLAIN)])
    head = [_text(page, column.title, _HEAD) for column in sheet.columns]
    for cell in map(_own_style, head):
        cell.fill, cell.border, cell.alignment = _BAND, _RULE, Alignment(wrap_text=True, vertical="center")
    page.append(head)
    for row in _checked(sheet):
        page.append(list(row))
    for note in sheet.notes:
        page.append([_text(page, note, _PLAIN)])


def _said(sheet: Sheet) -> list[str]:
    """The lines above the table; of the demonstration or a rehearsal the first one says so, whoever passes the file on."""
    lines = list(sheet.lines)
    if lines and not sheet.concealed and tag():
        lines[0] = f"【{tag()}数据，不得引用】{lines[0]}"
    return lines


def _validate(page: WriteOnlyWorksheet, sheet: Sheet) -> None:
    """Cells with a limit take a number from 0 to it; one rule for all rows with the same limit."""
    for index, column in enumerate(sheet.columns, start=1):
        rules: dict[str, DataValidation] = {}
        for number, limit in enumerate(map(plain, column.limits or ()), start=len(sheet.lines) + 2):
            if limit not in rules:
                rules[limit] = DataValidation(
                    type="decimal", operator="between", formula1="0", formula2=limit, allow_blank=True
                )
                rules[limit].errorTitle = column.title
                rules[limit].error = f"请填 0 至 {limit} 的数，最多三位小数。"
                page.data_validations.append(rules[limit])
            rules[limit].add(f"{get_column_letter(index)}{number}")


class _Writer(WorksheetWriter):
    """Writes a row of plain values as one element made of text: element by element it cost twice as much. What comes out
    is the same but for a cell without content, which is one tag instead of two."""

    def write_row(self, xf: Any, row: Sequence[Cell | StyledCell], row_idx: int) -> None:
        page: _Page = self.ws
        try:
            made = fromstring(page.row_text(row, row_idx))
        except (_Styled, SyntaxError):  # the library has its own word for a character that no XML may hold
            super().write_row(xf, page.cells(row, row_idx), row_idx)
        else:
            xf.write(made)


class _Styled(Exception):
    pass


class _Page(WriteOnlyWorksheet):
    """A sheet whose rows are either cells or the plain values of its columns."""

    _writer: Any = None

    def __init__(self, book: Workbook, title: str, columns: Sequence[Column]) -> None:
        super().__init__(book, title)
        self.of_columns = [(column, get_column_letter(n)) for n, column in enumerate(columns, start=1)]
        self.tags: dict[tuple[int, type], str] = {}

    def begin(self) -> None:
        """Once all that stands before the rows is known; the library would take its own writer with the first of them."""
        self._writer = _Writer(self)
        self._writer.write_top()

    def _values_to_row(self, values: Sequence[Cell | StyledCell], row_idx: int) -> Sequence[Cell | StyledCell]:
        return values

    def cells(self, values: Sequence[Cell | StyledCell], row_idx: int) -> Iterator[StyledCell]:
        for n, value in enumerate(values):
            cell = value if isinstance(value, StyledCell) else _cell(self, value, self.of_columns[n][0])
            cell.column, cell.row = n + 1, row_idx
            yield cell

    def row_text(self, values: Sequence[Cell | StyledCell], row_idx: int) -> str:
        """Raises _Styled for a row of cells."""
        said = [f'<row r="{row_idx}">']
        for n, value in enumerate(values):
            tag = self.tags.get((n, type(value)))
            if tag is None:
                if isinstance(value, StyledCell):
                    raise _Styled
                tag = self.tags[n, type(value)] = self._tag(value, *self.of_columns[n])
            if not tag:
                continue
            text = _content(value)
            if isinstance(value, str):
                if not text:
                    said.append(f"{tag % row_idx}/>")
                    continue
                kept = "" if text == text.strip() else ' xml:space="preserve"'
                said.append(f"{tag % row_idx}><is><t{kept}>{escape(text)}</t></is></c>")
            else:
                said.append(f"{tag % row_idx}/>" if text is None else f"{tag % row_idx}><v>{text}</v></c>")
        said.append("</row>")
        return "".join(said)

    def _tag(self, value: Cell, column: Column, letter: str) -> str:
        """The beginning of all cells of a column and a kind of value, "" where nothing is written for them."""
        cell = _cell(self, value, column)
        if value is None and not cell.has_style:
            return ""
        style = f' s="{cell.style_id}"' if cell.has_style else ""
        kind = "inlineStr" if cell.data_type == "s" else cell.data_type
        return f'<c r="{letter}%d"{style} t="{kind}"'


def _content(value: Cell) -> str | None:
    """What is written: a number by its own digits, for the library would write it by way of a float."""
    if isinstance(value, str):
        said = UNWRITABLE.sub("", value)
        return said if len(said) <= MOST_CHARACTERS else said[: MOST_CHARACTERS - len(CUT)] + CUT
    if value is None:
        return None
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _text(page: WriteOnlyWorksheet, value: str, font: Font) -> WriteOnlyCell:
    """A text cell whatever it begins with: “=1+1” is three characters, never a formula."""
    cell = _empty(page, font)
    cell._value = _content(value)
    cell.data_type = "s"
    return cell


def _empty(page: WriteOnlyWorksheet, font: Font) -> WriteOnlyCell:
    """Cells of a font share one style, for the library looks a font up anew for every cell: whoever changes more than the
    content of one takes a style of its own first."""
    styles = page.__dict__.setdefault("_styles_of_fonts", {})
    cell = WriteOnlyCell(page)
    if id(font) not in styles:
        cell.font = font
        styles[id(font)] = cell._style
    cell._style = styles[id(font)]
    return cell


def _own_style(cell: WriteOnlyCell) -> WriteOnlyCell:
    cell._style = copy(cell._style)
    return cell


def _cell(page: WriteOnlyWorksheet, value: Cell, column: Column) -> WriteOnlyCell:
    cell = _valued(page, value, column)
    if column.open:
        _own_style(cell)
        cell.protection, cell.fill, cell.border = Protection(locked=False), _OPEN, _RULE
        cell.alignment = Alignment(wrap_text=column.limits is None, vertical="top")
        if column.limits is None:
            cell.number_format = TEXT
    return cell


def _valued(page: WriteOnlyWorksheet, value: Cell, column: Column) -> WriteOnlyCell:
    if value is None and not column.text:
        return WriteOnlyCell(page)
    if value is None or isinstance(value, str):
        cell = _empty(page, _PLAIN) if value is None else _text(page, value, _PLAIN)
        # In a column of numbers a blank or a word gives way to a number: as Text it would be left out of every sum.
        if column.places is None and column.limits is None:
            _own_style(cell).number_format = TEXT
        return cell
    cell = _empty(page, _PLAIN)
    cell.data_type = "n"
    cell._value = _content(value)
    if column.places is not None:
        _own_style(cell).number_format = "0." + "0" * column.places if column.places else "0"
    return cell
