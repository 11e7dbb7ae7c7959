"""A stranger's workbook, whatever is in it: cell by cell. Runs in the process of `child.py`, which asks `plain.py` first."""

import io
import posixpath
import re
import zipfile
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from miyun_kpi.sheets.plain import ODD, shown_as

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_REL = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
SMALL = 1_000_000
CONTENT = {"v", "is", "f"}


class Stop(Exception):
    def __init__(self, code: str, **facts: Any) -> None:
        self.answer = {"refused": code, **facts}


def open_zip(content: bytes, limits: dict[str, int]) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError):
        raise Stop("broken-file") from None
    members = archive.infolist()
    if len(members) > limits["members"]:
        raise Stop("too-many-members", found=len(members))
    if any(member.flag_bits & 1 for member in members):
        raise Stop("password")
    if sum(member.file_size for member in members) > limits["unpacked"]:
        raise Stop("unpacks-too-large")
    for member in members:
        if member.file_size > SMALL and member.file_size > limits["ratio"] * max(member.compress_size, 1):
            raise Stop("unpacks-too-large")
    names = {member.filename for member in members}
    if "xl/workbook.xml" not in names:
        raise Stop("not-xlsx")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Stop("macros")
    return archive


def part(archive: zipfile.ZipFile, name: str, limits: dict[str, int]) -> bytes:
    """One member, never more of it than the limit, whatever its head says."""
    with archive.open(name) as stream:
        text = stream.read(limits["unpacked"] + 1)
    if len(text) > limits["unpacked"]:
        raise Stop("unpacks-too-large")
    if b"<!DOCTYPE" in text[:2000] or b"<!ENTITY" in text[:2000]:
        raise Stop("broken-file")
    return text


def local(tag: str) -> str:
    return tag.rpartition("}")[2]


def sheet_parts(archive: zipfile.ZipFile, limits: dict[str, int]) -> list[tuple[str, str, bool]]:
    """Name, member and whether hidden, of every sheet in order."""
    book = ElementTree.fromstring(part(archive, "xl/workbook.xml", limits))
    links = ElementTree.fromstring(part(archive, "xl/_rels/workbook.xml.rels", limits))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    found = []
    for sheet in book.iter():
        if local(sheet.tag) != "sheet":
            continue
        target = targets.get(sheet.get(REL) or sheet.get(STRICT_REL) or "", "")
        member = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
        found.append((sheet.get("name", ""), member, sheet.get("state", "visible") != "visible"))
    if len(found) > limits["sheets"]:
        raise Stop("too-many-sheets", found=len(found))
    return found


def column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def odd_styles(archive: zipfile.ZipFile, limits: dict[str, int]) -> dict[str, str]:
    """Of the cell styles that show another figure than is kept, how: 0.915 stands there as 91.5 %, 999 as 00999."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    root = ElementTree.fromstring(part(archive, "xl/styles.xml", limits))
    own = {
        one.get("numFmtId"): shown_as(one.get("formatCode", "")) for one in root.iter() if local(one.tag) == "numFmt"
    }
    formats = own | ODD
    cells = next((one for one in root if local(one.tag) == "cellXfs"), ())
    return {str(at): how for at, one in enumerate(cells) if (how := formats.get(one.get("numFmtId"), ""))}


def letters_of(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class Survey:
    """What calamine does not tell: formulas, errors, numbers shown as another figure, hidden and merged places; and how far
    the cells reach.

    Told by the parser element by element, without a tree of them: of a long sheet that took most of the time.
    """

    def __init__(self, name: str, limits: dict[str, int], styles: dict[str, str]) -> None:
        self.name, self.limits, self.styles = name, limits, styles
        names = ("formulas", "errors", "hidden_rows", "hidden_columns", "merged")
        self.facts: dict[str, Any] = {one: [] for one in names} | {"shown": {}}
        self.row = self.column = self.filled = self.depth = self.cell_depth = 0
        self.attributes: dict[str, str] = {}
        self.inner: set[str] = set()

    def read(self, text: bytes) -> dict[str, Any]:
        parser = expat.ParserCreate(namespace_separator="}")
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.Parse(text, True)
        return self.facts

    def start(self, tag: str, given: dict[str, str]) -> None:
        tag, self.depth = local(tag), self.depth + 1
        if tag == "c":
            match = ADDRESS.fullmatch(given.get("r", ""))
            self.column = column_number(match[1]) if match else self.column + 1
            # The reader believes the cell's own address, not the row around it.
            self.row = int(match[2]) if match else self.row
            self.attributes, self.inner, self.cell_depth = given, set(), self.depth
        elif self.depth == self.cell_depth + 1 and self.cell_depth:
            self.inner.add(tag)
        elif tag == "row":
            self.row, self.column = int(given.get("r") or self.row + 1), 0
            if given.get("hidden") in ("1", "true") and self.row <= self.limits["rows"]:
                self.facts["hidden_rows"].append(self.row)
        elif tag == "col" and given.get("hidden") in ("1", "true"):
            first, last = int(given.get("min", "1")), int(given.get("max", "1"))
            self.facts["hidden_columns"] += list(range(first, min(last, self.limits["columns"]) + 1))
        elif tag == "mergeCell" and len(self.facts["merged"]) < self.limits["rows"]:
            self.facts["merged"].append(given.get("ref", ""))

    def end(self, tag: str) -> None:
        if self.depth == self.cell_depth:
            self.cell_depth = 0
            self.judge(self.attributes, self.inner)
        self.depth -= 1

    def judge(self, given: dict[str, str], inner: set[str]) -> None:
        # A cell may leave its address out; it then follows the one before.
        address = given.get("r") or f"{letters_of(self.column)}{self.row}"
        if "f" in inner:
            self.facts["formulas"].append(address)
        if given.get("t") == "e":
            self.facts["errors"].append(address)
        how = self.styles.get(given.get("s", ""))
        if how and "v" in inner and given.get("t", "n") == "n":
            self.facts["shown"][address] = how
        if not inner.isdisjoint(CONTENT):
            self.filled += 1
            if self.row > self.limits["rows"]:
                raise Stop("too-many-rows", sheet=self.name, address=address)
            if self.column > self.limits["columns"]:
                raise Stop("too-many-columns", sheet=self.name, address=address)
            if self.filled > self.limits["rows"] * self.limits["columns"]:
                raise Stop("too-many-rows", sheet=self.name, address=address)


def survey(content: bytes, limits: dict[str, int]) -> list[tuple[str, bool, dict[str, Any]]]:
    """Name, whether hidden and facts of every sheet. Raises Stop, and whatever a broken file makes a library raise."""
    archive = open_zip(content, limits)
    styles = odd_styles(archive, limits)
    return [
        (name, hidden, Survey(name, limits, styles).read(part(archive, member, limits)))
        for name, member, hidden in sheet_parts(archive, limits)
    ]
