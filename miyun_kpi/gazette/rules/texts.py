"""The source text as numbered paragraphs, and the forms in which two spellings of it are compared."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_BLANKS = re.compile(r"\s+")
# A line that ends so is complete; the others go on after the page break.
_ENDS = tuple("。；：:;！？.”）)") + ("通知", "方案", "要点", "意见", "办法")
_SHORTEST_BROKEN = 30
_NUMBERED = re.compile(r"\d+\. ")

Pieces = tuple[tuple[str, bool], ...]


def squeeze(text: str) -> str:
    """NFKC without any blank: the form in which names and quotations are compared (the scan scatters blanks)."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text))


@dataclass(frozen=True)
class Paragraph:
    """`first` and `last` are lines of the source file; `cells` is filled for a table row, else empty."""

    first: int
    last: int
    text: str
    cells: tuple[str, ...] = ()

    @property
    def lines(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first}–{self.last}"


def paragraphs(text: str, line_from: int) -> list[Paragraph]:
    """Running text of a clause: a sentence broken by a page end is put together again, all else keeps its line."""
    out: list[Paragraph] = []
    for number, line in enumerate(text.split("\n"), start=line_from):
        if not line.strip():
            continue
        if "\t" in line:
            cells = tuple(cell.strip() for cell in line.rstrip("\t").split("\t"))
            out.append(Paragraph(number, number, line.replace("\t", " ").strip(), cells))
        elif out and _goes_on(out[-1]) and not _NUMBERED.match(line):
            out[-1] = Paragraph(out[-1].first, number, out[-1].text + _plain(line))
        else:
            out.append(Paragraph(number, number, _plain(line)))
    return out


def _plain(line: str) -> str:
    """Without the marks of the scan: asterisks around bold words, a dash before a list item."""
    return line.strip().removeprefix("- ").replace("**", "")


def _goes_on(paragraph: Paragraph) -> bool:
    text = paragraph.text
    return not paragraph.cells and len(text) > _SHORTEST_BROKEN and not text.endswith(_ENDS)


def flow(text: str) -> str:
    """A clause as it is quoted: paragraphs in lines, page breaks undone."""
    return "\n".join(paragraph.text for paragraph in paragraphs(text, 1))


@lru_cache(maxsize=4096)
def _squeezed(text: str) -> tuple[str, tuple[int, ...]]:
    """The comparison form, and for each of its characters its place in the text."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for plain in unicodedata.normalize("NFKC", character).casefold():
            if not plain.isspace():
                characters.append(plain)
                places.append(place)
    return "".join(characters), tuple(places)


def find(text: str, words: str) -> list[tuple[int, int]]:
    """Where the words stand, as (start, end) of the text; blanks, width and case do not matter."""
    wanted = squeeze(words).casefold()
    if not wanted:
        return []
    plain, places = _squeezed(text)
    found, start = [], plain.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        found.append((places[start], places[end - 1] + 1))
        start = plain.find(wanted, end)
    return found


def mark(text: str, hits: Sequence[tuple[int, int]]) -> Pieces:
    """The text in alternating pieces, plain and hit."""
    pieces: list[tuple[str, bool]] = []
    last = 0
    for start, end in hits:
        if start > last:
            pieces.append((text[last:start], False))
        pieces.append((text[start:end], True))
        last = end
    if last < len(text):
        pieces.append((text[last:], False))
    return tuple(pieces)


def snippets(text: str, hits: Sequence[tuple[int, int]], around: int = 24, most: int = 3) -> list[Pieces]:
    """Each of the first hits with some characters before and after it."""
    out = []
    for start, end in hits[:most]:
        before, after = max(0, start - around), min(len(text), end + around)
        pieces = [("…" if before else "") + text[before:start], text[start:end]]
        rest = text[end:after] + ("…" if after < len(text) else "")
        out.append(
            tuple((piece, hit) for piece, hit in ((pieces[0], False), (pieces[1], True), (rest, False)) if piece)
        )
    return out
