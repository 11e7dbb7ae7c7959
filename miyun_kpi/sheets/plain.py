"""The survey of a workbook without anything odd, in bulk: what `careful.py` would say of it, or None, and that one is asked.

None is never wrong, only slower; an answer has to be certain. So only this is taken: an archive without any extras; XML that
the parser finds well formed, without comments, character sections, instructions or another encoding, so that every "<" in it
begins a tag; cells that all say their address first and are of a known kind; no formula, no error, no hidden row, no number
shown as another figure than is kept, nothing beyond the limits. What is slow to import is not imported, and no pattern is compiled: a
process is started for every file.
"""

from __future__ import annotations

import zlib
from pyexpat import ParserCreate

TYPE_CHECKING = False  # of `typing`, which takes longer to import than all that is needed here
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Limits = dict[str, int]
    Surveyed = list[tuple[str, bool, dict[str, Any]]]

END, MEMBER, LOCAL, LOCATOR = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04", b"PK\x06\x07"
# Of a member: how hard it was packed (two bits), sizes told behind it, its name in UTF-8.
FLAGS = 0x0002 | 0x0004 | 0x0008 | 0x0800
STORED, DEFLATED = 0, 8
VERSION = 45
SMALL = 1_000_000
RELATIONS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
ODD = {"9": "percent", "10": "percent", "11": "exponent", "48": "exponent"}  # of the formats every workbook has
KINDS = {b"n", b"s", b"str", b"inlineStr", b"b", b"d"}
AFTER_NAME = b" \t\r\n/>"
# With a prefix they would be missed.
PREFIXED = tuple(name + bytes([mark]) for name in (b"c", b"row", b"col", b"mergeCell", b"f") for mark in AFTER_NAME)
SHOWN = (b'hidden="false"', b'hidden="0"')
NUMBERED = (b" s=", b" cm=", b" vm=")
ZEROS = bytes.maketrans(b"0123456789", b"0" * 10)
BLOCK = 40_000  # bytes
BUT_NUMBERS = bytes(set(range(256)) - set(b'0123456789"\n'))


class Odd(Exception):
    """Not certain: the careful survey is asked."""


def certain(holds: object) -> None:
    if not holds:
        raise Odd


def survey(content: bytes, limits: Limits) -> Surveyed | None:
    """Name, whether hidden and facts of every sheet, as `careful.survey` gives them; None where that is not certain."""
    try:
        members = dict(_members(content, limits))
        certain("xl/workbook.xml" in members and not any(name.lower().endswith("vbaproject.bin") for name in members))
        odd = _odd(members["xl/styles.xml"].read()) if "xl/styles.xml" in members else set()
        sheets = list(_sheets(members["xl/workbook.xml"].read(), members["xl/_rels/workbook.xml.rels"].read()))
        certain(len(sheets) <= limits["sheets"])
        return [(name, hidden, _Sheet(members[at].read(), limits, odd).facts) for name, at, hidden in sheets]
    except Exception:  # whatever it is, the careful survey finds the word for it
        return None


class _Member:
    def __init__(self, content: bytes, head: bytes) -> None:
        self.content, self.head = content, head
        self.name = content[0:0]
        self.method, self.crc = _number(head, 10, 2), _number(head, 16)
        self.packed, self.size, self.offset = _number(head, 20), _number(head, 24), _number(head, 42)
        self.flags, self.version = _number(head, 8, 2), _number(head, 6, 1)

    def read(self) -> bytes:
        local = self.content[self.offset : self.offset + 30]
        start = self.offset + 30
        named = _number(local, 26, 2)
        certain(local[:4] == LOCAL and self.content[start : start + named] == self.name)
        start += named + _number(local, 28, 2)
        data = self.content[start : start + self.packed]
        certain(len(data) == self.packed)
        if self.method == DEFLATED:
            unpack = zlib.decompressobj(-15)
            data = unpack.decompress(data, self.size + 1)
            certain(unpack.eof and not unpack.unused_data and not unpack.unconsumed_tail)
        certain(len(data) == self.size and zlib.crc32(data) == self.crc)
        return data


def _number(text: bytes, at: int, size: int = 4) -> int:
    return int.from_bytes(text[at : at + size], "little")


def _members(content: bytes, limits: Limits) -> Iterator[tuple[str, _Member]]:
    """Of an archive that ends with its directory and has no comment, no extras and nothing of more than 4 GB."""
    end = len(content) - 22
    last = content[end:]
    count, size, at = _number(last, 10, 2), _number(last, 12), _number(last, 16)
    certain(end > 0 and last[:4] == END and not any(last[4:8]) and not any(last[20:]))
    certain(_number(last, 8, 2) == count <= limits["members"] and at + size == end)
    certain(content[end - 20 : end - 16] != LOCATOR)
    names, unpacked = set(), 0
    for _ in range(count):
        head = content[at : at + 46]
        one, named = _Member(content, head), _number(head, 28, 2)
        one.name = content[at + 46 : at + 46 + named]
        certain(len(head) == 46 and head[:4] == MEMBER and one.version <= VERSION and not one.flags & ~FLAGS)
        # No extra field, no comment, no other disk.
        certain(not any(head[30:36]) and one.method in (STORED, DEFLATED) and one.name not in names)
        certain(one.name.isascii() and one.name and min(one.name) > 31)
        certain(one.size <= SMALL or one.size <= limits["ratio"] * max(one.packed, 1))
        certain(one.offset + 30 <= end)
        names.add(one.name)
        unpacked += one.size
        at += 46 + named
        yield one.name.decode(), one
    certain(at == end and unpacked <= limits["unpacked"])


def _sure(text: bytes) -> None:
    """That a "<" begins a tag wherever it stands, if the parser finds no fault."""
    certain(text[:1] == b"<" and (b"!" not in text or b"<!" not in text))
    certain(text.find(b"?", 2) < 0 or text.find(b"<?", 2) < 0)
    if text[:2] == b"<?":
        said = text[: text.index(b"?>")].lower().replace(b"'", b'"')
        certain(b'encoding="utf-8"' in said or b"encoding" not in said)
    else:
        certain(text[1:2].isalpha() and text[1:2].isascii())


def _elements(text: bytes) -> list[tuple[int, str, dict[str, str]]]:
    """Depth (of the root: 0), name without its namespace and attributes of all elements of a small part, in order."""
    _sure(text)
    found: list[tuple[int, str, dict[str, str]]] = []
    depth = 0

    def start(tag: str, given: dict[str, str]) -> None:
        nonlocal depth
        found.append((depth, tag.rpartition("}")[2], given))
        depth += 1

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1

    parser = ParserCreate(namespace_separator="}")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(text, True)
    return found


def _bare(code: str) -> str:
    """A number format without what is text in it: in quotes, after a backslash, between brackets."""
    kept, at = "", 0
    while at < len(code):
        close = {'"': '"', "[": "]"}.get(code[at])
        end = at + 1 if code[at] == "\\" else code.find(close, at + 1) if close else -1
        if end < 0:
            kept, end = kept + code[at], at
        at = end + 1
    return kept


def shown_as(code: str) -> str:
    """How a number format makes another figure of what is kept: as a "percent", in "exponent", with leading noughts
    ("padded"; for a format of nothing else the noughts themselves, "00000"), else "".
    """
    bare = _bare(code)
    if "%" in bare:
        return "percent"
    if any(digit + sign in bare.upper() for digit in "0#?." for sign in ("E+", "E-")):
        return "exponent"
    if code == bare and len(code) > 1 and not code.strip("0"):
        return code
    return "padded" if any("00" in section.partition(".")[0] for section in bare.split(";")) else ""


def _odd(text: bytes) -> set[bytes]:
    """Numbers of all cell styles that show another figure than is kept."""
    found = _elements(text)
    formats = {
        given.get("numFmtId", ""): shown_as(given.get("formatCode", "")) for _, name, given in found if name == "numFmt"
    }
    formats |= ODD
    begin = next((n for n, (depth, name, _) in enumerate(found) if depth == 1 and name == "cellXfs"), len(found))
    styles: list[str] = []
    for depth, _, given in found[begin + 1 :]:
        if depth < 2:
            break
        if depth == 2:
            styles.append(given.get("numFmtId", ""))
    return {str(at).encode() for at, one in enumerate(styles) if formats.get(one)}


def _sheets(book: bytes, links: bytes) -> Iterator[tuple[str, str, bool]]:
    targets = {given.get("Id"): given.get("Target", "") for depth, _, given in _elements(links) if depth == 1}
    for _, name, given in _elements(book):
        if name == "sheet":
            target = targets.get(given.get(RELATIONS[0]) or given.get(RELATIONS[1]) or "", "")
            certain(target and not {"", ".", ".."} & set(target.removeprefix("/").split("/")))
            at = target[1:] if target[0] == "/" else f"xl/{target}"
            yield given.get("name", ""), at, given.get("state", "visible") != "visible"


class _Sheet:
    """The parser tells element by element what stands before and behind the cells; of these it only judges the form."""

    def __init__(self, text: bytes, limits: Limits, odd: set[bytes]) -> None:
        self.limits = limits
        self.hidden: list[int] = []
        self.merged: list[str] = []
        _sure(text)
        certain(text.count(b"<sheetData") <= 1)
        begin, end = text.find(b"<sheetData>") + 11, text.rfind(b"</sheetData>")
        parser = ParserCreate(namespace_separator="}")
        parser.StartElementHandler = self.start
        if begin > 10 and end >= begin:
            _cells(text[begin:end], limits, odd)
            parser.Parse(text[:begin], False)
            parser.StartElementHandler = None
            parser.Parse(text[begin:end], False)
            parser.StartElementHandler = self.start
            text = text[end:]
        parser.Parse(text, True)

    @property
    def facts(self) -> dict[str, Any]:
        none: dict[str, list[str]] = {name: [] for name in ("formulas", "errors", "hidden_rows")}
        return {**none, "shown": {}, "hidden_columns": self.hidden, "merged": self.merged}

    def start(self, tag: str, given: dict[str, str]) -> None:
        tag = tag.rpartition("}")[2]
        certain(tag not in ("c", "row"))
        if tag == "col" and given.get("hidden") in ("1", "true"):
            first, last = int(given.get("min", "1")), int(given.get("max", "1"))
            self.hidden += range(first, min(last, self.limits["columns"]) + 1)
        elif tag == "mergeCell" and len(self.merged) < self.limits["rows"]:
            self.merged.append(given.get("ref", ""))


def _cells(text: bytes, limits: Limits, odd: set[bytes]) -> None:
    """That there is nothing to say of what stands in <sheetData>, once the parser has found it well formed.

    Columns, kinds and lengths of numbers are few however many cells there are: what differs is judged once.
    """
    shapes: set[bytes] = set()
    numbers: set[bytes] = set()
    styles: set[bytes] = set()
    count = 0
    for block in _blocks(text):
        tags = _tags(block)
        if not tags:
            continue
        count += len(tags)
        joined = b"\n".join(tags)
        certain(joined.count(b"\n") == len(tags) - 1 and count <= limits["rows"] * limits["columns"])
        shapes.update(joined.translate(ZEROS).split(b"\n"))
        numbers.update(joined.translate(None, BUT_NUMBERS).split(b"\n"))
        if odd:
            styles.update(tag[tag.index(b'"') :] for tag in tags)
    for shape in shapes:
        _judge(shape, limits["columns"])
    certain(all(int(number[: number.index(b'"')]) <= limits["rows"] for number in numbers))
    for style in styles:
        said = style.split(b'"')
        shown = dict(zip(said[1::2], said[2::2], strict=False))
        certain(shown.get(b" s=") not in odd or shown.get(b" t=", b"n") != b"n")


def _blocks(text: bytes) -> Iterator[bytes]:
    """Of whole rows: small enough that their pieces take the same memory one after another."""
    at = 0
    while at < len(text):
        end = text.find(b"<row", at + BLOCK)
        yield text[at : end if end > 0 else len(text)]
        at = end if end > 0 else len(text)


def _tags(block: bytes) -> list[bytes]:
    """The tags of the cells from their address on; Odd where there is anything else that would have to be told."""
    certain(b"hidden" not in block or block.count(b"hidden") == sum(map(block.count, SHOWN)))
    certain(b"<mergeCell" not in block and not _formula(block))
    certain(not _prefixed(block))
    for row in block.split(b"<row")[1:]:
        number = row[4 : row.index(b'"', 4)]
        certain(row[:4] == b' r="' and number.isdigit() and len(number) <= 7)
    cells = block.split(b'<c r="')
    certain(len(cells) == block.count(b"<c") + 1)
    return [cell.split(b">", 1)[0] for cell in cells[1:]]


def _prefixed(block: bytes) -> bool:
    """Whether a name that is looked for may stand behind a prefix; in the text of a cell other words stand before it."""
    pieces = block.split(b":")
    return any(
        after.startswith(PREFIXED) and not set(before[before.rfind(b"<") :]) & set(b" \t\r\n>")
        for before, after in zip(pieces, pieces[1:], strict=False)
    )


def _formula(text: bytes) -> bool:
    """A mark that is nowhere is looked for faster alone than behind a "<", of which there are many."""
    return b"f" in text and b"<f" in text and any(b"<f" + bytes([mark]) in text for mark in AFTER_NAME)


def _judge(shape: bytes, columns: int) -> None:
    """Whether a tag with 0 for every digit is like `B00" s="0" t="s"`: an address within the columns, style and kind."""
    place, *said, last = shape.split(b'"')
    letters = place.rstrip(b"0")
    column, digits = 0, len(place) - len(letters)
    for letter in letters:
        certain(65 <= letter <= 90)
        column = column * 26 + letter - 64
    certain(0 < digits <= 7 and 0 < len(letters) <= 3 and column <= columns)
    certain(last in (b"", b"/", b" /") and len(said) % 2 == 0)
    for name, value in zip(said[::2], said[1::2], strict=True):
        certain(value in KINDS if name == b" t=" else name in NUMBERED and value.isdigit())
