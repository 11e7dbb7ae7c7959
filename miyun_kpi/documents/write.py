"""Writes an official document as .docx in the form of GB/T 9704-2012. No other place of the house makes one."""

import io
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph as Written

from miyun_kpi.documents import measures as m
from miyun_kpi.documents import parts
from miyun_kpi.documents.content import Block, Official, Paragraph, Style, Table, chinese_date
from miyun_kpi.documents.styles import ALIGNMENTS, FACES, make_styles
from miyun_kpi.lib.packages import steady
from miyun_kpi.site import tag

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def write_official(official: Official, *, at: datetime) -> bytes:
    writer = _Writer(official)
    writer.head()
    writer.body()
    writer.foot()
    core = writer.document.core_properties
    core.title, core.author, core.comments = "".join(official.title), official.signatory or "", official.source
    core.created = core.modified = at.replace(tzinfo=None)
    core.last_modified_by, core.revision, core.language = "", 1, "zh-CN"
    stream = io.BytesIO()
    writer.document.save(stream)
    return steady(stream.getvalue(), keep_modified=True)


class _Writer:
    def __init__(self, official: Official) -> None:
        self.official = official
        self.document: Any = Document()
        make_styles(self.document)
        self._page()

    def _page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(m.PAGE[0]), Mm(m.PAGE[1])
        for side, length in m.MARGINS.items():
            setattr(section, f"{side}_margin", Mm(length))
        section.footer_distance, section.header_distance = Mm(float(m.FOOTER_FROM_EDGE)), Mm(15)
        section.gutter = Mm(0)
        parts.set_grid(section._sectPr, m.LINE_TWIPS, m.CHARACTER_SPACE)
        self.document.settings.odd_and_even_pages_header_footer = True
        self._page_number(section.footer, WD_ALIGN_PARAGRAPH.RIGHT, "right")
        self._page_number(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT, "left")
        for header in (section.header, section.even_page_header):
            header.is_linked_to_previous = False
            line = header.paragraphs[0]
            line.style = "公文眉注"
            words = f"{tag()}件　不得引用" if tag() else self.official.watermark
            if words:
                self._run(line, words, "公文眉注")
                parts.add_watermark(line, words)

    def _page_number(self, footer: Any, alignment: Any, side: str) -> None:
        """— 1 —, on odd pages one character from the right edge, on even ones from the left (7.5)."""
        footer.is_linked_to_previous = False
        line = footer.paragraphs[0]
        line.style, line.alignment = "公文页码", alignment
        parts.indent(line, **{f"{side}_characters": 100, side: m.SIZE_4 * 20})
        self._run(line, "— ", "公文页码")
        parts.add_field(self._run(line, "", "公文页码"), "PAGE")
        self._run(line, " —", "公文页码")

    # Paragraphs ------------------------------------------------------------------------------------------------------
    def _line(self, text: str, style: Style, *, into: Any = None) -> Written:
        paragraph: Written = (into or self.document).add_paragraph(style=style)
        if text:
            self._run(paragraph, text, style)
        return paragraph

    def _run(self, paragraph: Written, text: str, style: Style, face: str = "") -> Any:
        """Every run says its faces and its size itself: a mixed line never falls back to a default face."""
        wanted, size, colour = FACES[style]
        run = paragraph.add_run(parts.printable(text))
        parts.set_faces(run, face or wanted)
        run.font.size = Pt(size)
        if colour:
            run.font.color.rgb = RGBColor.from_string(colour)
        return run

    def _empty(self, lines: int = 1, *, keep: bool = False) -> None:
        for _ in range(lines):
            self._line("", "公文空行").paragraph_format.keep_with_next = keep or None

    # 版头, 主体, 版记 ----------------------------------------------------------------------------------------------------
    def head(self) -> None:
        official = self.official
        if official.issuer_mark:
            mark = self._line("", "公文标志")
            self._run(mark, official.issuer_mark, "公文标志").font.size = Pt(m.mark_size(official.issuer_mark))
            mark.paragraph_format.space_before = Mm(m.MARK_BELOW_EDGE)
            if official.number:
                self._empty(2)
                parts.red_line(self._line(official.number, "公文字号"))
            self._empty(2)
        title = self._line("", "公文标题")
        for index, words in enumerate(official.title):
            run = self._run(title, words, "公文标题")
            if index < len(official.title) - 1:
                run.add_break(WD_BREAK.LINE)
        if official.stage:
            self._line(f"（{official.stage}）", "公文稿次")
        self._empty()
        if official.addressee:
            self._line(f"{official.addressee.rstrip('：:')}：", "公文主送")

    def body(self) -> None:
        official = self.official
        for block, after in zip_longest(official.blocks, official.blocks[1:]):
            self._block(block)
            if isinstance(block, Paragraph) and isinstance(after, Table):
                self.document.paragraphs[-1].paragraph_format.keep_with_next = True
        # A page with the signature alone would say 此页无正文: the end of the text goes over with it.
        if official.signatory and official.blocks and isinstance(official.blocks[-1], Paragraph):
            self.document.paragraphs[-1].paragraph_format.keep_with_next = True
        self._attachment_note()
        self._signature()
        if official.note:
            self._line(official.note, "公文正文")
        for number, attachment in enumerate(official.attachments, start=1):
            head = self._line(f"附件{number if len(official.attachments) > 1 else ''}", "公文附件")
            head.paragraph_format.page_break_before = True
            self._empty()
            self._line(attachment.title, "公文标题")
            self._empty()
            for block in attachment.blocks:
                self._block(block)

    def _block(self, block: Block) -> None:
        if isinstance(block, Table):
            self._table(block)
        else:
            self._paragraph(block)

    def _paragraph(self, block: Paragraph) -> None:
        style: Style = "公文一级" if block.level == 1 else "公文二级" if block.level == 2 else "公文正文"
        # （一）小标题。正文: only the first sentence is a heading (7.3.3).
        head, stop, rest = block.text.partition("。")
        if block.level == 2 and rest:
            line = self._line(head + stop, "公文二级")
            self._run(line, rest, "公文正文")
            return
        self._line(block.text, style)

    def _attachment_note(self) -> None:
        titles = [attachment.title for attachment in self.official.attachments]
        if not titles:
            return
        self._empty(keep=True)
        for index, title in enumerate(titles):
            number = f"{index + 1}. " if len(titles) > 1 else ""
            line = self._line(f"{'附件：' if index == 0 else ''}{number}{title}", "公文正文")
            line.paragraph_format.keep_with_next = True
            # The first stands two characters in, the next under its number; a long title goes on under its own first
            # character, past the number of a character and a half (7.3.4).
            past = 150 if number else 0
            hanging = past + (300 if index == 0 else 0)
            left = 500 + past
            parts.indent(
                line, left_characters=left, left=left * 32 // 10, hanging_characters=hanging, hanging=hanging * 32 // 10
            )

    def _signature(self) -> None:
        official = self.official
        if not official.signatory:
            return
        dated = chinese_date(official.dated) if official.dated else ""
        self._empty(2, keep=True)
        above = m.signature_indent(official.signatory, dated) if dated else Decimal(4)
        for text, characters in ((official.signatory, above), (dated, Decimal(4))):
            if text:
                line = self._line(text, "公文落款")
                line.paragraph_format.keep_with_next = text != dated
                parts.indent(line, right_characters=int(characters * 100), right=int(characters * m.SIZE_3 * 20))

    def foot(self) -> None:
        """版记 at the foot of the last page: 抄送, then who printed it and when, between three lines (7.4)."""
        official = self.official
        rows: list[tuple[str, str]] = []
        if official.copies:
            rows.append((f"抄送：{official.copies.rstrip('。')}。", ""))
        if official.printer:
            printed = f"{chinese_date(official.printed_on)}印发" if official.printed_on else ""
            rows.append((official.printer, printed))
        if not rows:
            return
        table = self.document.add_table(rows=len(rows), cols=2)
        parts.imprint(table, [bool(right) for _, right in rows])
        for index, (left, right) in enumerate(rows):
            cells = table.rows[index].cells
            first = cells[0] if right else cells[0].merge(cells[1])
            self._cell(first, left, "公文版记", "l")
            parts.indent(first.paragraphs[0], left_characters=100, left=m.SIZE_4 * 20)
            if left.startswith("抄送"):
                # Lines that follow stand under the first name after the colon.
                edge = {"left_characters": 400, "left": m.SIZE_4 * 80}
                parts.indent(first.paragraphs[0], **edge, hanging_characters=300, hanging=m.SIZE_4 * 60)
            if right:
                self._cell(cells[1], right, "公文版记", "r")
                parts.indent(cells[1].paragraphs[0], right_characters=100, right=m.SIZE_4 * 20)
        # A table must be followed by a paragraph; it takes as good as no room.
        self._line("", "公文空行").paragraph_format.line_spacing = Pt(1)

    # Tables ----------------------------------------------------------------------------------------------------------
    def _table(self, block: Table) -> None:
        if block.caption:
            self._line(block.caption, "公文表题")
        table = self.document.add_table(rows=1, cols=len(block.heads))
        parts.grid_table(table, _columns(block.widths))
        self._row(table.rows[0], block.heads, "c" * len(block.heads), face=m.BLACK_FACE)
        parts.repeat_head(table.rows[0])
        for row in block.rows:
            self._row(table.add_row(), row, block.align)
        for row in table.rows:
            row.height, row.height_rule = Pt(20), WD_ROW_HEIGHT_RULE.AT_LEAST
            parts.keep_row_whole(row)

    def _row(self, row: Any, words: Sequence[str], align: str, face: str = "") -> None:
        for cell, text, side in zip(row.cells, words, align, strict=True):
            self._cell(cell, text, "公文表格", side, face)

    def _cell(self, cell: _Cell, text: str, style: Style, side: str, face: str = "") -> None:
        line = cell.paragraphs[0]
        line.style, line.alignment = style, ALIGNMENTS[side]
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        if text:
            self._run(line, text, style, face)


def _columns(shares: Sequence[int]) -> list[int]:
    """Twips of each column; together exactly the width of the type area."""
    whole, total = m.twips(m.TYPE_AREA[0]), sum(shares)
    widths = [whole * share // total for share in shares]
    widths[-1] += whole - sum(widths)
    return widths
