"""Figures in an edited text. Each stands in braces behind the name of its source: {总分·北庄镇 89.0026}.

The braces are not printed. What stands in none is no figure of the snapshot, so a bare number is flagged too.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from evaluation.bulletin.rules.bulletin_facts import Fact, within

BY_HAND = "自拟"
TABLE = "表"
_MARK = re.compile(r"\{([^{}\s]+)(?:\s+([^{}]*?))?\s*\}")
# Numbers that are no figures: dates, numbers of documents, the numbering of lines.
_HARMLESS = re.compile(
    r"\d{4}\s*年|\d{1,2}\s*月|\d{1,2}\s*日|〔\d{4}〕\s*\d+\s*号|^\s*\d{1,2}[.．、]|（\d{1,2}）", re.ASCII | re.MULTILINE
)
_NUMBER = re.compile(
    r"[0-9０-９]+(?:[.．][0-9０-９]+)?[%％]?|第[一二三四五六七八九十百]+(?:名|位)|[一二三四五六七八九十百零〇]+点[一二三四五六七八九零〇]+分"
)
_LEVELS = ((1, re.compile(r"[一二三四五六七八九十]+、")), (2, re.compile(r"（[一二三四五六七八九十]+）")))


@dataclass(frozen=True)
class Piece:
    """Plain words (`source` empty) or a figure. `problem` is a code of Finding, "" while it agrees."""

    text: str
    source: str = ""
    snapshot: str = ""
    problem: str = ""

    @property
    def by_hand(self) -> bool:
        return self.source == BY_HAND


@dataclass(frozen=True)
class Line:
    """One paragraph; `table` is the source of a table that stands in its place."""

    number: int
    pieces: tuple[Piece, ...]
    level: int = 0
    table: str = ""

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class Finding:
    """`code` stale-figure, unknown-source, unsourced-figure, beyond-scope or bad-mark; `words` one sentence."""

    code: str
    line: int
    words: str


def read_lines(text: str, facts: Mapping[str, Fact], scopes: Mapping[str, str]) -> list[Line]:
    """The text as paragraphs of words and figures, each compared with the snapshot. `scopes`: track → 公开范围."""
    found = []
    for number, raw in enumerate(text.splitlines(), start=1):
        words = raw.strip().strip("\u3000").strip()
        if not words:
            continue
        alone = _MARK.fullmatch(words)
        if alone and alone[1].split("·")[0] == TABLE:
            found.append(Line(number, (), table=alone[1]))
            continue
        level = next((level for level, pattern in _LEVELS if pattern.match(words)), 0)
        found.append(Line(number, tuple(_pieces(words, facts, scopes)), level))
    return found


def _pieces(words: str, facts: Mapping[str, Fact], scopes: Mapping[str, str]) -> Iterator[Piece]:
    end = 0
    for match in _MARK.finditer(words):
        if match.start() > end:
            yield from _bare(words[end : match.start()])
        yield _figure(match[1], (match[2] or "").strip(), facts, scopes)
        end = match.end()
    if end < len(words):
        yield from _bare(words[end:])


def _figure(source: str, value: str, facts: Mapping[str, Fact], scopes: Mapping[str, str]) -> Piece:
    if source == BY_HAND:
        return Piece(value, source, value, "" if value else "bad-mark")
    fact = facts.get(source)
    if fact is None:
        return Piece(value or source, source, "", "unknown-source")
    if not within(fact.level, scopes[fact.track]):
        return Piece(value, source, fact.value, "beyond-scope")
    return Piece(value, source, fact.value, "" if value == fact.value else "stale-figure")


def _bare(words: str) -> Iterator[Piece]:
    """Words outside braces, cut where a number stands that has no source."""
    if "{" in words or "}" in words:
        yield Piece(words, problem="bad-mark")
        return
    # Harmless numbers are blanked out at their place, so that the positions stay.
    searched = _HARMLESS.sub(lambda match: "□" * len(match[0]), words)
    end = 0
    for match in _NUMBER.finditer(searched):
        if match.start() > end:
            yield Piece(words[end : match.start()])
        yield Piece(words[match.start() : match.end()], problem="unsourced-figure")
        end = match.end()
    if end < len(words):
        yield Piece(words[end:])


def findings(lines: list[Line], tables: Collection[str]) -> list[Finding]:
    """What keeps the text from being final. `tables`: the sources of those that can be drawn."""
    found = []
    for line in lines:
        if line.table and line.table not in tables:
            found.append(Finding("unknown-source", line.number, f"第 {line.number} 行：没有“{line.table}”这张表。"))
        for piece in line.pieces:
            if piece.problem:
                found.append(Finding(piece.problem, line.number, f"第 {line.number} 行：{_sentence(piece)}"))
    return found


def _sentence(piece: Piece) -> str:
    match piece.problem:
        case "stale-figure":
            return f"{piece.source}写作“{piece.text or '空'}”，快照是“{piece.snapshot}”。"
        case "unknown-source":
            return f"快照里没有“{piece.source}”这个出处。"
        case "beyond-scope":
            return f"{piece.source}超出本期的公开范围，不能写进通报。"
        case "unsourced-figure":
            return f"“{piece.text}”没有出处。请写成 {{出处 数字}}，或用 {{自拟 {piece.text}}} 说明由本办自拟。"
        case _:
            return f"“{(piece.text or piece.source)[:20]}”的花括号不成对或里面是空的。"


def figures(lines: list[Line]) -> list[tuple[int, Piece]]:
    """Every figure with the line it stands on."""
    return [(line.number, piece) for line in lines for piece in line.pieces if piece.source]


def printed(text: str) -> str:
    """The text without its marks, as it is read by others."""
    return _MARK.sub(lambda match: match[2] or "", text)
