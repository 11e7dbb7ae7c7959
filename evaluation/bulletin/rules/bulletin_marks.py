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
_SAID = "[一二两三四五六七八九十百千万亿零〇]"
# Behind a bracket that numbers a line nothing is counted: （12）分 is a figure.
_NUMBERING = r"（(?:\d{1,2}|[一二三四五六七八九十]{1,3})）(?!分|家|个|名|位|项|件|条|次|成|倍|[%％])"
_HEAD = re.compile(rf"\s*(?:\d{{1,2}}[.．、]|[一二三四五六七八九十]{{1,3}}、|{_NUMBERING})", re.ASCII)
# Numbers that are no figures: dates, quarters, numbers of documents, clauses, numbering, idioms that hold a numeral.
_HARMLESS = re.compile(
    r"\d{4}\s*年|\d{1,2}\s*月|\d{1,2}\s*日|〔\d{4}〕\s*\d+\s*号"
    rf"|[二〇零一三四五六七八九]{{4}}年|{_SAID}{{1,2}}月|{_SAID}{{1,3}}日|第?[一二三四]季度"
    rf"|第(?:\d+|{_SAID}+)(?:条|款|项|章|节|批|期)|(?<=[：；。]){_NUMBERING}"
    # The sentence above a table that the draft draws.
    rf"|排在[前后]{_SAID}{{1,3}}名的是(?=：)"
    rf"|[每这那另某同任何下上][一两](?:个|家|项|件|条|次|位|名|处|年|天|期|类|份)"
    r"|一次性|一年来|一年一度|一成不变|一分为二|一分部署|九分落实|一件事|一[人村户企镇街事]一[策品码档评]|千家万户|万无一失"
    r"|两个维护|两个确立|三个年|四个意识|四个自信|四个全面|五个一|有一点|一点也"
    r"|十分(?=重视|关键|必要|重要|明显|突出|显著|认真|努力|扎实|紧迫|繁重|不)",
    re.ASCII | re.MULTILINE,
)
_COUNTED = (
    "家|个|名|位|项|件|条|次|分|成|倍|格|处|份|类|批|户|人|所|镇|街道|乡|村|部门|单位|百分点|点|轮|期|天|年|月"
    "|亩|吨|公里|平方|元|以上|以下|以内|并列"
)
_DIGITS = r"[0-9０-９]+(?:[.．,，][0-9０-９]+)*[%％‰]?"
_NUMBER = re.compile(
    # In brackets of any kind, with them: （12）, 〔12〕, 【十二】.
    rf"[（(〔\[【［](?:{_DIGITS}|{_SAID}+)[）)〕\]】］]|{_DIGITS}"
    # In words: 第三, 倒数第二, 百分之五, 三分之一, 八十九点五分, 前三, 十家, 两成, 过半, 翻番.
    rf"|(?:倒数)?第{_SAID}+(?:名|位)?|{_SAID}+分之{_SAID}+(?:点{_SAID}+)?|{_SAID}+点{_SAID}+(?:分|个百分点|倍)?"
    rf"|[前后]{_SAID}+(?=名|位|家|[，。、；]|的|为|是|$)|{_SAID}+[多余几]?(?:{_COUNTED})|[数几]{_SAID}+(?:{_COUNTED})"
    r"|一半|半数|过半|大半|翻番|翻[一两]番"
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
            yield from _bare(words[end : match.start()], first=end == 0)
        yield _figure(match[1], (match[2] or "").strip(), facts, scopes)
        end = match.end()
    if end < len(words):
        yield from _bare(words[end:], first=end == 0)


def _figure(source: str, value: str, facts: Mapping[str, Fact], scopes: Mapping[str, str]) -> Piece:
    if source == BY_HAND:
        return Piece(value, source, value, "" if value else "bad-mark")
    fact = facts.get(source)
    if fact is None:
        return Piece(value or source, source, "", "unknown-source")
    if not within(fact.level, scopes[fact.track]):
        return Piece(value, source, fact.value, "beyond-scope")
    return Piece(value, source, fact.value, "" if value == fact.value else "stale-figure")


def _bare(words: str, *, first: bool) -> Iterator[Piece]:
    """Words outside braces, cut where a number stands that has no source. `first`: a line may begin with its numbering."""
    if "{" in words or "}" in words:
        yield Piece(words, problem="bad-mark")
        return
    # Harmless numbers are blanked out at their place, so that the positions stay.
    searched = _HARMLESS.sub(_blank, _HEAD.sub(_blank, words, count=1) if first and _HEAD.match(words) else words)
    end = 0
    for match in _NUMBER.finditer(searched):
        if match.start() > end:
            yield Piece(words[end : match.start()])
        yield Piece(words[match.start() : match.end()], problem="unsourced-figure")
        end = match.end()
    if end < len(words):
        yield Piece(words[end:])


def _blank(match: re.Match[str]) -> str:
    return "□" * len(match[0])


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
