"""Workbooks out. Text stays text, numbers are exact decimals with a fixed number of places; nothing is a formula."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from miyun_kpi.lib.decimals import plain

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A spreadsheet keeps fifteen significant digits; a longer number would be changed silently.
MOST_DIGITS = 15
A4 = 9  # of the file format

Cell = str | int | Decimal | None


@dataclass(frozen=True)
class Column:
    """`places`: decimals shown for numbers; None for text and whole numbers. `width` in characters.

    On a protected sheet only an `open` column can be typed in; with `limits`, one a row, it takes numbers from 0 to
    there and nothing else.
    """

    title: str
    width: int = 12
    places: int | None = None
    open: bool = False
    limits: Sequence[Decimal] | None = None


@dataclass(frozen=True)
class Sheet:
    """`lines` stand above the table, `notes` below it, each in its own row.

    `filled_in`: protected but for its open columns. `concealed`: for the program alone, not offered by “unhide”.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
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


def workbook(sheets: Sequence[Sheet], *, title: str, at: datetime) -> bytes:
    """An .xlsx of the sheets. `at` is written as the day of making, so that the same call gives the same file.

    Raises ValueError for a number that a spreadsheet cannot hold exactly, and for a row of another length than its head.
    """
    for sheet in sheets:
        _check(sheet)
    book = Workbook(write_only=True)
    book.properties.creator = "密云区绩效考评"
    book.properties.title = title
    book.properties.created = book.properties.modified = at.replace(tzinfo=None, microsecond=0)
    for sheet in sheets:
        _write(book.create_sheet(sheet.title[:31]), sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _check(sheet: Sheet) -> None:
    for row in sheet.rows:
        if len(row) != len(sheet.columns):
            raise ValueError(f"{len(row)} cells for {len(sheet.columns)} columns")
        for value in row:
            if isinstance(value, int | Decimal) and len(Decimal(value).as_tuple().digits) > MOST_DIGITS:
                raise ValueError(f"{value} has more than {MOST_DIGITS} digits")


def _write(page: WriteOnlyWorksheet, sheet: Sheet) -> None:
    page.freeze_panes = f"A{len(sheet.lines) + 2}"
    for index, column in enumerate(sheet.columns, start=1):
        page.column_dimensions[get_column_letter(index)].width = column.width
    page.page_setup.orientation = "landscape" if sheet.landscape else "portrait"
    page.page_setup.paperSize = A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_title_rows = f"{len(sheet.lines) + 1}:{len(sheet.lines) + 1}"
    page.protection.sheet = sheet.filled_in
    if sheet.concealed:
        page.sheet_state = "veryHidden"
    _validate(page, sheet)
    for number, line in enumerate(sheet.lines):
        page.append([_text(page, line, _TITLE if number == 0 else _PLAIN)])
    head = [_text(page, column.title, _HEAD) for column in sheet.columns]
    for cell in head:
        cell.fill, cell.border, cell.alignment = _BAND, _RULE, Alignment(wrap_text=True, vertical="center")
    page.append(head)
    for row in sheet.rows:
        page.append([_cell(page, value, column) for value, column in zip(row, sheet.columns, strict=True)])
    for note in sheet.notes:
        page.append([_text(page, note, _PLAIN)])


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


def _text(page: WriteOnlyWorksheet, value: str, font: Font) -> WriteOnlyCell:
    """A text cell whatever it begins with: “=1+1” is three characters, never a formula."""
    cell = WriteOnlyCell(page, value="")
    cell.value = "".join(ch for ch in value if ch >= " " or ch in "\t\n")
    cell.data_type = "s"
    cell.font = font
    return cell


def _cell(page: WriteOnlyWorksheet, value: Cell, column: Column) -> WriteOnlyCell:
    cell = _valued(page, value, column)
    if column.open:
        cell.protection, cell.fill, cell.border = Protection(locked=False), _OPEN, _RULE
        cell.alignment = Alignment(wrap_text=column.limits is None, vertical="top")
        if column.limits is None:
            cell.number_format = "@"
    return cell


def _valued(page: WriteOnlyWorksheet, value: Cell, column: Column) -> WriteOnlyCell:
    if value is None:
        return WriteOnlyCell(page)
    if isinstance(value, str):
        return _text(page, value, _PLAIN)
    cell = WriteOnlyCell(page, value=0)
    # The library would write a number by way of a float; its own digits go into the file as they stand.
    cell._value = f"{value:f}" if isinstance(value, Decimal) else str(value)
    cell.font = _PLAIN
    if column.places is not None:
        cell.number_format = "0." + "0" * column.places if column.places else "0"
    return cell
