"""Our paragraph styles, one for each part of a 公文: by them the layout check knows what it looks at."""

from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.shared import Pt, RGBColor

from miyun_kpi.documents import measures as m
from miyun_kpi.documents import parts
from miyun_kpi.documents.content import Style

LEFT, CENTRE, RIGHT, BOTH = (
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)
ALIGNMENTS = {"l": LEFT, "c": CENTRE, "r": RIGHT}

# Face, size in points, colour ("" is black).
FACES: dict[Style, tuple[str, int, str]] = {
    "公文标志": (m.TITLE_FACE, m.MARK_SIZE, m.RED),
    "公文字号": (m.BODY_FACE, m.SIZE_3, ""),
    "公文标题": (m.TITLE_FACE, m.SIZE_2, ""),
    "公文稿次": (m.REGULAR_FACE, m.SIZE_3, ""),
    "公文主送": (m.BODY_FACE, m.SIZE_3, ""),
    "公文正文": (m.BODY_FACE, m.SIZE_3, ""),
    "公文一级": (m.BLACK_FACE, m.SIZE_3, ""),
    "公文二级": (m.REGULAR_FACE, m.SIZE_3, ""),
    "公文附件": (m.BLACK_FACE, m.SIZE_3, ""),
    "公文落款": (m.BODY_FACE, m.SIZE_3, ""),
    "公文表题": (m.BLACK_FACE, m.SIZE_4, ""),
    "公文表格": (m.BODY_FACE, m.SIZE_SMALL_4, ""),
    "公文版记": (m.BODY_FACE, m.SIZE_4, ""),
    "公文页码": (m.PAGE_FACE, m.SIZE_4, ""),
    "公文空行": (m.BODY_FACE, m.SIZE_3, ""),
    "公文眉注": (m.BLACK_FACE, m.SIZE_4, ""),
}
CENTRED = ("公文标志", "公文字号", "公文标题", "公文稿次", "公文表题")
# A red head is higher than a line of text; page numbers and cells have lines of their own.
OWN_LINES = ("公文标志", "公文页码", "公文表格", "公文版记", "公文眉注")
INDENTED = ("公文正文", "公文一级", "公文二级")


def make_styles(document: Any) -> None:
    normal = document.styles["Normal"]
    parts.set_style_faces(normal, m.BODY_FACE)
    normal.font.size = Pt(m.SIZE_3)
    normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(0)
    parts.clear_default_faces(document)
    for name, (face, size, colour) in FACES.items():
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        parts.set_style_faces(style, face)
        style.font.size, style.font.bold = Pt(size), False
        if colour:
            style.font.color.rgb = RGBColor.from_string(colour)
        shape = style.paragraph_format
        shape.alignment = CENTRE if name in CENTRED else RIGHT if name in ("公文落款", "公文眉注") else BOTH
        shape.widow_control = False
        if name == "公文表格":
            parts.off_grid(style)
            shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(18)
        elif name in OWN_LINES:
            shape.line_spacing_rule = WD_LINE_SPACING.SINGLE
        else:
            shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(m.LINE_TWIPS / 20)
        if name in ("公文一级", "公文二级", "公文表题"):
            shape.keep_with_next = True
        if name in INDENTED:
            parts.first_line(style, characters=200, twips=2 * m.SIZE_3 * 20)
