"""A workbook of ours that comes back, page by page as text, to be held against the one that was written."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from miyun_kpi.sheets.read import read_workbook


@dataclass(frozen=True)
class PageText:
    """`concealed`: the page, or rows or columns of it, are hidden. Trailing blanks of a row and blank rows are left out."""

    name: str
    concealed: bool
    rows: tuple[tuple[str, ...], ...]


def pages_of(content: bytes) -> list[PageText]:
    """Numbers by what they are, whatever noughts a spreadsheet drops; a formula is “=”, which no workbook of ours holds."""
    found = []
    for page in read_workbook(content, formulas=True):
        rows = tuple(texts for row in page.rows if (texts := _trimmed([_plain(cell.text.strip()) for cell in row])))
        hidden = page.hidden or bool(page.hidden_rows) or bool(page.hidden_columns)
        found.append(PageText(page.name, hidden, rows))
    return found


def _plain(text: str) -> str:
    try:
        return f"{Decimal(text).normalize():f}"
    except (InvalidOperation, ValueError):
        return text


def _trimmed(texts: list[str]) -> tuple[str, ...]:
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)
