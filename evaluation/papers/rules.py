"""What a paper says against what is stored, cell by cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher

Row = tuple[str, ...]
# Lines of a paper that say when and by whom it was taken out, and how things stood then: not part of what is stored.
OF_THE_MOMENT = ("导出 ", "打印时状态", "（打印时状态")
NAME = "考评对象"


@dataclass(frozen=True)
class Stored:
    """One unit as the asker may see it; None where it has no figure or the asker may not see it."""

    code: str
    name: str
    total: str | None
    rank: int | None


@dataclass(frozen=True)
class Cell:
    """`stored` None: there is no figure that the asker may see, so that nothing can be said of it."""

    name: str
    what: str
    said: str
    stored: str | None

    @property
    def hidden(self) -> bool:
        return self.stored is None

    @property
    def agrees(self) -> bool:
        return self.stored == self.said


def compare_unit(stored: Stored, *, total: Decimal | None, rank: int | None) -> list[Cell]:
    """A figure agrees only if every digit that is printed was said: 87.65 is not 87.6512, nor is it 87.66."""
    cells = []
    if total is not None:
        kept = stored.total
        same = kept is not None and Decimal(kept) == total
        cells.append(Cell(stored.name, "合计", kept if same and kept else f"{total:f}", kept))
    if rank is not None:
        cells.append(Cell(stored.name, "名次", str(rank), None if stored.rank is None else str(stored.rank)))
    return cells


def compare_page(name: str, stored: Sequence[Row], said: Sequence[Row]) -> list[Cell]:
    """The rows of one page of a workbook, aligned; only what differs. A row is called by its unit, a cell by the head above it."""
    heads = next((row for row in stored if NAME in row), ())
    kept, told = _lasting(stored), _lasting(said)
    cells = []
    for tag, a, b, c, d in SequenceMatcher(None, kept, told, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for place in range(max(b - a, d - c)):
            old = kept[a + place] if a + place < b else None
            new = told[c + place] if c + place < d else None
            cells += _of_row(name, heads, old, new)
    return cells


def _lasting(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if not row[0].startswith(OF_THE_MOMENT)]


def _of_row(page: str, heads: Row, old: Row | None, new: Row | None) -> list[Cell]:
    label = _label(page, heads, new or old or ())
    if old is None or new is None:
        return [Cell(label, "整行", "没有" if new is None else "有", "没有" if old is None else "有")]
    width = max(len(old), len(new))
    return [
        Cell(label, heads[at] if at < len(heads) and heads[at] else f"第 {at + 1} 列", _at(new, at), _at(old, at))
        for at in range(width)
        if _at(old, at) != _at(new, at)
    ]


def _label(page: str, heads: Row, row: Row) -> str:
    at = heads.index(NAME) if NAME in heads else len(row)
    return row[at] if at < len(row) and row[at] else page


def _at(row: Row, at: int) -> str:
    return row[at] if at < len(row) and row[at] else "空"


def compare_lines(stored: Sequence[str], said: Sequence[str]) -> list[Cell]:
    """A text, paragraph by paragraph and cell by cell in the order of the page; one that was put in moves no other."""
    kept = [line for line in stored if not line.startswith(OF_THE_MOMENT)]
    told = [line for line in said if not line.startswith(OF_THE_MOMENT)]
    cells = []
    for tag, a, b, c, d in SequenceMatcher(None, kept, told, autojunk=False).get_opcodes():
        for place in range(max(b - a, d - c) if tag != "equal" else 0):
            old = kept[a + place] if a + place < b else ""
            new = told[c + place] if c + place < d else ""
            where = f"第 {c + place + 1 if new else a + place + 1} 处"
            cells.append(Cell(where, "文字", new or "没有", old or "没有"))
    return cells
