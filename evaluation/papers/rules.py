"""What a paper says against what is stored, cell by cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation


@dataclass(frozen=True)
class Stored:
    """One unit as the asker may see it; None where it has no figure or the asker may not see it."""

    code: str
    name: str
    total: str | None
    rank: int | None


@dataclass(frozen=True)
class Cell:
    """`hidden`: there is no figure that the asker may see, so that nothing can be said of it."""

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


def compare_rows(stored: Sequence[Stored], said: Sequence[tuple[str, str, str]]) -> list[Cell]:
    """A whole list: (name, total, rank) of every row as read, blank for what the paper leaves out. Only what differs or is missing."""
    known = {one.name: one for one in stored}
    cells = []
    for name, total, rank in said:
        one = known.pop(name, None)
        if one is None:
            cells.append(Cell(name, "单位", "有", "没有"))
            continue
        for what, text, kept in (
            ("合计", total, one.total),
            ("名次", rank, None if one.rank is None else str(one.rank)),
        ):
            if not _same(text, kept or ""):
                cells.append(Cell(name, what, text or "空", kept or "空"))
    return cells + [Cell(name, "单位", "没有", "有") for name in known]


def _same(said: str, stored: str) -> bool:
    """Numbers by what they are, whatever noughts a spreadsheet drops."""
    try:
        return Decimal(said) == Decimal(stored)
    except InvalidOperation:
        return said == stored


def compare_lines(stored: Sequence[str], said: Sequence[str]) -> list[Cell]:
    """A text, paragraph by paragraph and cell by cell in the order of the page."""
    cells = []
    for place in range(max(len(stored), len(said))):
        kept = stored[place] if place < len(stored) else ""
        text = said[place] if place < len(said) else ""
        if kept != text:
            cells.append(Cell(f"第 {place + 1} 处", "文字", text or "空", kept or "空"))
    return cells
