"""The layout check: reads a .docx back and measures it against GB/T 9704-2012. What it finds is a sentence each."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn

from miyun_kpi.documents import measures as m
from miyun_kpi.documents.parts import SLOTS, THEMED
from miyun_kpi.documents.styles import FACES
from miyun_kpi.lib.errors import Refused

TWIP = 635  # English metric units
_SLACK = m.twips(m.TOLERANCE)


@dataclass(frozen=True)
class Deviation:
    """`code` names the rule, `words` say what was found where."""

    code: str
    words: str


def check_layout(content: bytes) -> list[Deviation]:
    """Every departure from the form, in the order of the page: paper, grid, text, tables, page numbers."""
    document = _open(content)
    return [
        *_paper(document),
        *_grid(document),
        *_styles(document),
        *_runs(document),
        *_red_head(document),
        *_closing(document),
        *_tables(document),
        *_page_numbers(document),
    ]


def _open(content: bytes) -> Any:
    try:
        return Document(io.BytesIO(content))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise Refused("not-docx", "这个文件不是 .docx 公文，无法检查版面。请重新生成后再试。") from error


def _words(element: Any) -> str:
    found = []
    for part in element.iter(qn("w:t"), qn("w:br")):
        found.append("\n" if part.tag == qn("w:br") else part.text or "")
    return "".join(found)


def _paper(document: Any) -> Iterator[Deviation]:
    for section in document.sections:
        found = {name: _mm(getattr(section, name)) for name in ("page_width", "page_height", *_MARGINS)}
        for name, wanted, words in (("page_width", m.PAGE[0], "纸宽"), ("page_height", m.PAGE[1], "纸高")):
            if abs(found[name] - wanted) > m.TOLERANCE:
                yield Deviation("paper", f"{words} {found[name]} mm，应为 A4 的 {wanted} mm。")
        for name, (side, words) in _MARGINS.items():
            if abs(found[name] - m.MARGINS[side]) > m.TOLERANCE:
                yield Deviation("margins", f"{words} {found[name]} mm，应为 {m.MARGINS[side]}±1 mm。")
        area = (
            found["page_width"] - found["left_margin"] - found["right_margin"],
            found["page_height"] - found["top_margin"] - found["bottom_margin"],
        )
        for length, wanted, words in zip(area, m.TYPE_AREA, ("版心宽", "版心高"), strict=True):
            if abs(length - wanted) > m.TOLERANCE:
                yield Deviation("type-area", f"{words} {length} mm，应为 {wanted}±1 mm。")


_MARGINS = {
    "top_margin": ("top", "天头"),
    "bottom_margin": ("bottom", "地脚"),
    "left_margin": ("left", "订口"),
    "right_margin": ("right", "切口"),
}


def _grid(document: Any) -> Iterator[Deviation]:
    for section in document.sections:
        grid = section._sectPr.find(qn("w:docGrid"))
        if grid is None or grid.get(qn("w:type")) != "linesAndChars":
            yield Deviation("grid", "没有设定每页行数和每行字数的网格。")
            continue
        height = section.page_height - section.top_margin - section.bottom_margin
        width = section.page_width - section.left_margin - section.right_margin
        # A type area within its millimetre of tolerance still counts as whole.
        lines = (height // TWIP + _SLACK) // int(grid.get(qn("w:linePitch"), "0") or 1)
        character = m.SIZE_3 + Decimal(grid.get(qn("w:charSpace"), "0")) / 4096
        characters = int(Decimal(width // TWIP + _SLACK) / 20 // character)
        if lines != m.LINES:
            yield Deviation("lines", f"每页 {lines} 行，应为 {m.LINES} 行。")
        if characters != m.CHARACTERS:
            yield Deviation("characters", f"每行 {characters} 字，应为 {m.CHARACTERS} 字。")


def _styles(document: Any) -> Iterator[Deviation]:
    """Faces of the styles and of the defaults; line spacing of the text: the grid alone is not obeyed by exact lines."""
    for fonts in document.styles.element.iter(qn("w:rFonts")):
        if any(fonts.get(qn(slot)) for slot in THEMED):
            yield Deviation("theme-font", "样式里还有主题字体，换一台电脑字体会变。")
            break
    for name in ("公文正文", "公文主送", "公文一级", "公文二级", "公文落款"):
        style = document.styles[name] if name in [one.name for one in document.styles] else None
        if style is None:
            yield Deviation("style", f"缺少样式“{name}”。")
            continue
        spacing = style.paragraph_format.line_spacing
        if spacing is None or isinstance(spacing, float) or abs(spacing / TWIP - m.LINE_TWIPS) > 2:
            yield Deviation("line-spacing", f"“{name}”的行距不是固定值 {m.LINE_TWIPS / 20:g} 磅。")


def _runs(document: Any) -> Iterator[Deviation]:
    """Every run of text names its faces, East Asian and Latin alike, and its size; those of its part."""
    for part, style, paragraph in _paragraphs(document):
        if style not in FACES:
            if _words(paragraph).strip():
                yield Deviation("style", f"{part}“{_words(paragraph)[:12]}”没有用公文的样式。")
            continue
        for run in paragraph.iter(qn("w:r")):
            if _words(run) or run.find(qn("w:fldChar")) is not None:
                yield from _run(run, style, part)


def _run(run: Any, style: Any, part: str) -> Iterator[Deviation]:
    face, size, _ = FACES[style]
    shown = f"{part}“{_words(run)[:12]}”"
    properties = run.find(qn("w:rPr"))
    fonts = properties.find(qn("w:rFonts")) if properties is not None else None
    named = {slot: fonts.get(qn(slot)) if fonts is not None else None for slot in SLOTS}
    if not named["w:eastAsia"]:
        yield Deviation("east-asian-font", f"{shown}没有指定中文字体。")
    if not named["w:ascii"] or not named["w:hAnsi"]:
        yield Deviation("latin-font", f"{shown}没有指定数字和字母的字体，会落到默认字体。")
    elif len(set(named.values())) > 1:
        yield Deviation("mixed-font", f"{shown}的中文和数字字体不同：{named['w:eastAsia']}、{named['w:ascii']}。")
    elif named["w:eastAsia"] not in _allowed(style, face):
        yield Deviation("wrong-font", f"{shown}用了{named['w:eastAsia']}，应为{face}。")
    half = properties.find(qn("w:sz")) if properties is not None else None
    points = Decimal(half.get(qn("w:val"))) / 2 if half is not None else None
    if points is None or (points > size if style == "公文标志" else points != size):
        yield Deviation("size", f"{shown}的字号是 {points or '没有指定'}，应为 {size} 磅。")


def _allowed(style: str, face: str) -> set[str]:
    """The rest of a line whose heading is only its first sentence is plain text; heads of tables are 黑体."""
    return {face} | ({m.BODY_FACE} if style == "公文二级" else {m.BLACK_FACE} if style == "公文表格" else set())


def _red_head(document: Any) -> Iterator[Deviation]:
    """Red belongs to the issuer's mark alone, and stands with the number over the red line."""
    names = [(name, paragraph) for _, name, paragraph in _paragraphs(document)]
    marks = [p for name, p in names if name == "公文标志" and _words(p)]
    numbers = [p for name, p in names if name == "公文字号" and _words(p)]
    for paragraph in marks:
        colours = {c.get(qn("w:val")) for c in paragraph.iter(qn("w:color"))}
        if colours != {m.RED}:
            yield Deviation("red-head", "发文机关标志不是红色。")
    for paragraph in numbers:
        border = next(paragraph.iter(qn("w:bottom")), None)
        if border is None or border.get(qn("w:color")) != m.RED:
            yield Deviation("red-line", "发文字号下没有红色分隔线。")
        if not marks:
            yield Deviation("red-head", "有发文字号，没有发文机关标志。")
    for name, paragraph in names:
        if name != "公文标志" and any(c.get(qn("w:val")) == m.RED for c in paragraph.iter(qn("w:color"))):
            yield Deviation("red-text", f"“{_words(paragraph)[:12]}”是红色，只有发文机关标志用红色。")


_SEVERAL = re.compile(r"[0-9]+[.．].*\D[0-9]+[.．] ?\D")
_GRADE = re.compile("密级[：:]")
_NOTE = re.compile(r"^（.*公开.*）$")


def _closing(document: Any) -> Iterator[Deviation]:
    """附件说明, one annex a line (7.3.4); 附注 in brackets right below the date (7.3.6); no grade of secrecy (7.2.2)."""
    lines = [(name, _words(paragraph)) for part, name, paragraph in _paragraphs(document) if not part]
    lines = [(name, words) for name, words in lines if words.strip()]
    for at, (name, words) in enumerate(lines):
        if _GRADE.search(words):
            yield Deviation("classification", f"“{words[:16]}”标了密级，非密件不标。")
        if name == "公文正文" and words.startswith("附件：") and _SEVERAL.search(words):
            yield Deviation("annex-lines", "几个附件的名称写在一行，应一件一行。")
        if name == "公文正文" and _NOTE.fullmatch(words) and (at == 0 or lines[at - 1][0] != "公文落款"):
            yield Deviation("note-place", f"附注“{words[:16]}”不在成文日期的下一行。")


def _tables(document: Any) -> Iterator[Deviation]:
    width = m.twips(m.TYPE_AREA[0])
    for number, table in enumerate(document.element.body.iter(qn("w:tbl")), start=1):
        rows = list(table.iter(qn("w:tr")))
        imprint = table.find(f"{qn('w:tblPr')}/{qn('w:tblpPr')}") is not None
        if not imprint and rows and next(rows[0].iter(qn("w:tblHeader")), None) is None:
            yield Deviation("table-head", f"第 {number} 张表的表头不在各页重复。")
        if any(next(row.iter(qn("w:cantSplit")), None) is None for row in rows):
            yield Deviation("table-rows", f"第 {number} 张表有行会跨页断开。")
        columns = [int(column.get(qn("w:w"), "0")) for column in table.iter(qn("w:gridCol"))]
        if abs(sum(columns) - width) > m.twips(m.TOLERANCE):
            yield Deviation("table-width", f"第 {number} 张表宽 {m.millimetres(sum(columns))} mm，应与版心同宽。")


def _page_numbers(document: Any) -> Iterator[Deviation]:
    if not document.settings.odd_and_even_pages_header_footer:
        yield Deviation("page-number", "单双页的页码没有分开。")
    for section in document.sections:
        for footer, words in ((section.footer, "单页"), (section.even_page_footer, "双页")):
            element = footer._element
            instructions = "".join(part.text or "" for part in element.iter(qn("w:instrText")))
            if "PAGE" not in instructions or _words(element).replace(" ", "") != "—1—":
                yield Deviation("page-number", f"{words}的页码不是“— 1 —”的样子。")
        if abs(_mm(section.footer_distance) - m.FOOTER_FROM_EDGE) > m.TOLERANCE:
            yield Deviation("page-number", "页码离版心下边缘不是 7 mm。")


def _paragraphs(document: Any) -> Iterator[tuple[str, str, Any]]:
    """Part of the page ("" the text itself), name of the style, paragraph."""
    names = {style.style_id: style.name for style in document.styles}
    parts = [("", document.element.body)]
    for section in document.sections:
        for part in (section.header, section.even_page_header, section.footer, section.even_page_footer):
            parts.append(("页眉页脚", part._element))
    for words, element in parts:
        for paragraph in element.iter(qn("w:p")):
            style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
            yield words, names.get(style.get(qn("w:val")), "") if style is not None else "", paragraph


def _mm(length: Any) -> Decimal:
    return m.millimetres(round((length or 0) / TWIP))
