"""Splits the source text into documents and clauses along its printed hierarchy.

Every line that is not blank and not page furniture is given to exactly one leaf; a section that has parts becomes a row
of its own spanning them, and the lines before its first part become the leaf `…·首`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from miyun_kpi.gazette.rules.headings import heading_of
from miyun_kpi.lib.citations import DocumentName, document_name, free_ref

NUMERALS = "一二三四五六七八九十"
NUMBER_LINE = re.compile(r"^[\u4e00-\u9fff]{2,10}〔\d{4}〕 ?\d+ ?号$")
CONTENTS_LINE = re.compile(r"^(?P<title>.+的通知) [（(](?P<number>[\u4e00-\u9fff]{2,10}〔\d{4}〕\d+号)[)）]\t\d+$")
DATE_LINE = re.compile(r"^(\d{4}) ?年 ?(\d+) ?月 ?(\d+) ?日$")
ATTACHMENT = re.compile(r"^附件 ?(\d*)[：:]?$")
ATTACHMENT_LIST = re.compile(r"^(?:- )?附件[：:].")
TASK_TABLE = re.compile(r"^\d{4} 年.*任务表$")
TABLE_HEAD = re.compile(r"^(考评维度|序号)\t")
POINTS_TABLE = re.compile(r"考核项目及分值$")
ZONE_LIST = re.compile(r"^(新城核心区|绿色发展区|生态保护区|经济功能区)：")
UNITS = re.compile(r"^(牵头单位|责任单位)：")
# A paragraph about the whole article, printed after the last of its items.
AFTER_ITEMS = re.compile(r"^出站后再次申请进站的博士后人员")
ACT = re.compile(r"同志.*[；。]$")

# Marker → rank: a marker closes everything of its own rank and below.
MARKERS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(rf"^(第[{NUMERALS}]+章)")),
    (1, re.compile(rf"^([{NUMERALS}]+)、")),
    (2, re.compile(rf"^(第[{NUMERALS}]+条)")),
    (3, re.compile(rf"^(?:- )?[（(]([{NUMERALS}]+)[）)]")),
    (4, re.compile(r"^(\d+)\. ?(?=\D)|^(\d+)\. (?=\d{4} )")),
    (5, re.compile(r"^[（(](\d+)[）)]")),
)
ATTACHMENT_RANK, LEAF_RANK = 0, 9


@dataclass(frozen=True)
class DocumentText:
    """`first` and `last` are 1-based lines of the source file; `ref` as of lib.citations, `name` the 文号."""

    ref: str
    name: DocumentName
    title: str
    issued_on: date
    first: int
    last: int
    order: int


@dataclass(frozen=True)
class ClauseText:
    """`text` is exactly the lines `line_from` to `line_to` of the source file."""

    document: str
    ref: str
    heading: str
    text: str
    line_from: int
    line_to: int
    level: int
    parent: str | None
    order: int
    leaf: bool


def find_documents(lines: Sequence[str]) -> list[DocumentText]:
    """The documents in printed order; titles are taken from the table of contents, where they are undamaged."""
    titles = {document_name(m["number"]): m["title"] for line in lines if (m := CONTENTS_LINE.match(line))}
    starts: list[tuple[DocumentName, int]] = []
    for index, line in enumerate(lines):
        name = document_name(line) if NUMBER_LINE.match(line) else None
        if name in titles and name is not None:
            title = index - 1
            while not lines[title].strip():
                title -= 1
            starts.append((name, title + 1))
    documents: list[DocumentText] = []
    for order, (name, start) in enumerate(starts, start=1):
        last = starts[order][1] - 1 if order < len(starts) else len(lines)
        while not lines[last - 1].strip():
            last -= 1
        dates = [m for line in lines[start - 1 : last] if (m := DATE_LINE.match(line))]
        issued_on = date(int(dates[0][1]), int(dates[0][2]), int(dates[0][3]))
        ref = free_ref(name, {document.ref for document in documents})
        documents.append(DocumentText(ref, name, titles[name], issued_on, start, last, order))
    return documents


def furniture(lines: Sequence[str]) -> list[int]:
    """Numbers of the lines that belong to no document: masthead and table of contents."""
    first = find_documents(lines)[0].first
    return [number for number in range(1, first) if lines[number - 1].strip()]


class _Reader:
    """Walks one document and hands each line to the section that is open."""

    def __init__(self, document: DocumentText, lines: Sequence[str]) -> None:
        self.document = document
        self.numbered = [(n, lines[n - 1]) for n in range(document.first, document.last + 1) if lines[n - 1].strip()]
        self.stack: list[tuple[int, str]] = []
        self.parents: dict[str, str | None] = {}
        self.owned: dict[str, list[int]] = {}
        self.heads: dict[str, int] = {}

    def open(self, rank: int, ref: str) -> None:
        while self.stack and self.stack[-1][0] >= rank:
            self.stack.pop()
        self.parents[ref] = self.stack[-1][1] if self.stack else None
        self.stack.append((rank, ref))

    def above(self, rank: int) -> str:
        """Ref of what stays open when a marker of this rank arrives, "" at the top."""
        return next((ref for r, ref in reversed(self.stack) if r < rank), "")

    def give(self, number: int) -> None:
        self.owned.setdefault(self.stack[-1][1], []).append(number)

    def read(self) -> None:
        self.open(1, "通知")
        if self.document.title.endswith("人事任免事项的通知"):
            self.read_personnel()
        else:
            self.read_plan()

    def read_personnel(self) -> None:
        acts = 0
        for number, line in self.numbered:
            if line.endswith("研究决定："):
                self.open(1, "决定")
            elif ACT.search(line):
                acts += 1
                self.open(1, f"任免{acts}")
            elif acts and not self.stack[-1][1].startswith("落款"):
                self.open(1, "落款")
            self.give(number)

    def read_plan(self) -> None:
        promulgated = listing = False
        for position, (number, line) in enumerate(self.numbered):
            if not promulgated:
                self.give(number)
                if DATE_LINE.match(line):
                    promulgated = True
                    self.open(1, "引言")
                continue
            if match := ATTACHMENT.match(line):
                listing = False
                self.open(ATTACHMENT_RANK, f"附件{match[1]}")
            elif TASK_TABLE.match(line) and not listing:
                listing = False
                self.open(ATTACHMENT_RANK, f"附件{int(self.attachment()[2:]) + 1}")
            elif ATTACHMENT_LIST.match(line):
                listing = True
                self.open(1, "附件清单")
            elif not listing:
                self.read_line(position, line)
            self.give(number)

    def attachment(self) -> str:
        return next((ref for rank, ref in self.stack if rank == ATTACHMENT_RANK), "")

    def read_line(self, position: int, line: str) -> None:
        attachment = self.attachment()
        if attachment in ("附件2", "附件3", "附件4", "附件5"):
            self.read_row(position, line, attachment)
        elif POINTS_TABLE.search(line):
            self.open(LEAF_RANK, self.above(4) + "表")
        elif match := ZONE_LIST.match(line):
            self.open(LEAF_RANK, self.above(4) + match[1])
        elif UNITS.match(line):
            self.read_units()
        elif AFTER_ITEMS.match(line):
            self.open(3, self.above(3) + "·续")
        else:
            for rank, pattern in MARKERS:
                if match := pattern.match(line):
                    self.open(
                        rank,
                        self.ref_of(rank, next(group for group in match.groups() if group)),
                    )
                    return

    def ref_of(self, rank: int, mark: str) -> str:
        if mark.startswith("第"):
            return mark
        above = self.above(rank)
        dot = "·" if above == self.attachment() != "" else ""
        return above + dot + {3: f"（{mark}）", 5: f"（{mark}）"}.get(rank, mark)

    def read_units(self) -> None:
        """Units printed after the last of several sub-points, when the first has none, belong to the whole point."""
        rank, ref = self.stack[-1]
        point = self.parents[ref]
        if rank == 5 and point and ref != f"{point}（1）" and not self.has_units(f"{point}（1）"):
            self.open(5, f"{point}·单位")

    def has_units(self, ref: str) -> bool:
        texts = dict(self.numbered)
        return any(UNITS.match(texts[n]) for n in self.owned[ref])

    def read_row(self, position: int, line: str, attachment: str) -> None:
        column = 1 if attachment in ("附件2", "附件4") else 0
        cells = line.split("\t")
        if TABLE_HEAD.match(line):
            following = self.numbered[position + 1][1].split("\t")
            if column and not following[1].strip():
                return  # the page ends inside a row: the repeated head stays in it
            self.heads[attachment] = self.heads.get(attachment, 0) + 1
            count = self.heads[attachment]
            self.open(LEAF_RANK, f"{attachment}·表头{count if count > 1 else ''}")
        elif len(cells) > column and cells[column].strip().isdigit():
            self.open(LEAF_RANK, f"{attachment}·{cells[column].strip()}")
        elif line.startswith("注："):
            self.open(LEAF_RANK, f"{attachment}·注")


def split_document(document: DocumentText, lines: Sequence[str]) -> list[ClauseText]:
    """Clauses of one document in printed order, each section before its parts."""
    reader = _Reader(document, lines)
    reader.read()
    children: dict[str, list[str]] = {ref: [] for ref in reader.parents}
    for ref, parent in reader.parents.items():
        if parent is not None:
            children[parent].append(ref)
    rows: list[ClauseText] = []

    def add(ref: str, parent: str | None, level: int, first: int, last: int, leaf: bool) -> None:
        text = "\n".join(lines[first - 1 : last])
        heading = heading_of(ref, text)
        rows.append(
            ClauseText(
                document.ref,
                ref,
                heading,
                text,
                first,
                last,
                level,
                parent,
                len(rows) + 1,
                leaf,
            )
        )

    def span(ref: str) -> tuple[int, int]:
        ends = [end for child in children[ref] for end in span(child)] + reader.owned.get(ref, [])
        return min(ends), max(ends)

    def walk(ref: str, level: int) -> None:
        add(ref, reader.parents[ref], level, *span(ref), leaf=not children[ref])
        own = reader.owned.get(ref, [])
        if children[ref] and own:
            add(f"{ref}·首", ref, level + 1, own[0], own[-1], leaf=True)
        for child in children[ref]:
            walk(child, level + 1)

    for ref, parent in reader.parents.items():
        if parent is None:
            walk(ref, 1)
    return rows


def split(text: str) -> tuple[list[DocumentText], list[ClauseText]]:
    lines = text.split("\n")
    documents = find_documents(lines)
    return documents, [clause for document in documents for clause in split_document(document, lines)]
