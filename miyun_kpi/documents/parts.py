"""What python-docx has no word for, written into the XML: grid, faces, fields, table rules, watermark."""

import re
from collections.abc import Sequence
from typing import Any

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from miyun_kpi.documents import measures as m

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
SLOTS = ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs")
THEMED = ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme")


def set_grid(section: Any, line: int, space: int) -> None:
    """22 lines of 28 characters a page: the grid of lines and characters."""
    for old in section.findall(qn("w:docGrid")):
        section.remove(old)
    grid = OxmlElement("w:docGrid")
    for name, value in (("type", "linesAndChars"), ("linePitch", line), ("charSpace", space)):
        grid.set(qn(f"w:{name}"), str(value))
    section.append(grid)


def printable(text: str) -> str:
    """Without the control characters that no document can hold."""
    return _CONTROL.sub("", text)


def _faces(properties: Any, face: str) -> None:
    fonts = properties.get_or_add_rFonts()
    for slot in SLOTS:
        fonts.set(qn(slot), face)
    for slot in THEMED:
        fonts.attrib.pop(qn(slot), None)
    # A dash or a quotation mark is Chinese here, not Latin.
    fonts.set(qn("w:hint"), "eastAsia")


def set_faces(run: Any, face: str) -> None:
    """The same face for Chinese and for Latin letters and digits, or these fall to a default one."""
    _faces(run._element.get_or_add_rPr(), face)


def set_style_faces(style: Any, face: str) -> None:
    _faces(style.element.get_or_add_rPr(), face)


def clear_default_faces(document: Any) -> None:
    """The defaults of the file name a theme; ours name a face."""
    for fonts in document.styles.element.iter(qn("w:rFonts")):
        for slot in THEMED:
            if fonts.attrib.pop(qn(slot), None) is not None:
                fonts.set(qn({"w:cstheme": "w:cs"}.get(slot, slot.removesuffix("Theme"))), m.BODY_FACE)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def first_line(style: Any, *, characters: int, twips: int) -> None:
    found = style.element.get_or_add_pPr().get_or_add_ind()
    found.set(qn("w:firstLineChars"), str(characters))
    found.set(qn("w:firstLine"), str(twips))


def off_grid(style: Any) -> None:
    """Cells have lines of their own, closer than the text's."""
    snap = OxmlElement("w:snapToGrid")
    snap.set(qn("w:val"), "0")
    style.element.get_or_add_pPr().append(snap)


INDENTS = {
    "left": "w:left",
    "left_characters": "w:leftChars",
    "right": "w:right",
    "right_characters": "w:rightChars",
    "hanging": "w:hanging",
    "hanging_characters": "w:hangingChars",
}


def indent(paragraph: Any, **lengths: int) -> None:
    """Indents in hundredths of a character, and in twips for programs that do not know these."""
    found = paragraph._p.get_or_add_pPr().get_or_add_ind()
    for name, value in lengths.items():
        found.set(qn(INDENTS[name]), str(value))
    if "hanging" in lengths:
        for name in ("w:firstLine", "w:firstLineChars"):
            found.attrib.pop(qn(name), None)


def add_field(run: Any, instruction: str) -> None:
    for kind in ("begin", "", "separate", "text", "end"):
        if kind == "text":
            element = OxmlElement("w:t")
            element.text = "1"
        elif kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = f" {instruction} "
        run._element.append(element)


def red_line(paragraph: Any) -> None:
    """The red line as wide as the type area, 4 mm below 发文字号."""
    border = parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="12" '
        f'w:space="{round(m.RED_LINE_BELOW / 25.4 * 72)}" w:color="{m.RED}"/></w:pBdr>'
    )
    # The border stands right behind the style in the order of the schema.
    paragraph._p.get_or_add_pPr().get_or_add_pStyle().addnext(border)


# Tables --------------------------------------------------------------------------------------------------------------
def _borders(kinds: dict[str, str]) -> Any:
    lines = "".join(f"<w:{side} {look}/>" for side, look in kinds.items())
    return parse_xml(f"<w:tblBorders {nsdecls('w')}>{lines}</w:tblBorders>")


def _properties(table: Any) -> Any:
    found = table._tbl.tblPr
    for name in ("w:tblW", "w:tblLayout", "w:tblBorders", "w:tblpPr", "w:tblLook", "w:jc", "w:tblCellMar"):
        for old in found.findall(qn(name)):
            found.remove(old)
    return found


def _width(properties: Any, widths: Sequence[int], *, floating: str = "", borders: Any) -> None:
    """Children of tblPr in the order of the schema."""
    if floating:
        properties.append(parse_xml(floating))
    properties.append(parse_xml(f'<w:tblW {nsdecls("w")} w:w="{sum(widths)}" w:type="dxa"/>'))
    properties.append(parse_xml(f'<w:jc {nsdecls("w")} w:val="center"/>'))
    properties.append(borders)
    properties.append(parse_xml(f'<w:tblLayout {nsdecls("w")} w:type="fixed"/>'))
    margins = "".join(f'<w:{side} w:w="57" w:type="dxa"/>' for side in ("left", "right"))
    properties.append(parse_xml(f"<w:tblCellMar {nsdecls('w')}>{margins}</w:tblCellMar>"))


def _set_columns(table: Any, widths: Sequence[int]) -> None:
    for column, width in zip(table._tbl.tblGrid.findall(qn("w:gridCol")), widths, strict=True):
        column.set(qn("w:w"), str(width))
    for row in table._tbl.tr_lst:
        for cell, width in zip(row.tc_lst, widths, strict=False):
            found = cell.get_or_add_tcPr().get_or_add_tcW()
            found.set(qn("w:w"), str(width))
            found.set(qn("w:type"), "dxa")


def grid_table(table: Any, widths: Sequence[int]) -> None:
    line = 'w:val="single" w:sz="4" w:space="0" w:color="000000"'
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    _width(_properties(table), widths, borders=_borders(dict.fromkeys(sides, line)))
    _set_columns(table, widths)


def imprint(table: Any, split: Sequence[bool]) -> None:
    """版记: at the foot of the type area, first and last line thick (0.35 mm), the one between thin (0.25 mm)."""
    whole = m.twips(m.TYPE_AREA[0])
    thick, thin = (
        'w:val="single" w:sz="8" w:space="0" w:color="000000"',
        'w:val="single" w:sz="6" w:space="0" w:color="000000"',
    )
    position = (
        f'<w:tblpPr {nsdecls("w")} w:leftFromText="0" w:rightFromText="0" w:horzAnchor="margin" '
        'w:vertAnchor="margin" w:tblpXSpec="center" w:tblpYSpec="bottom"/>'
    )
    widths = [whole * 6 // 10, whole - whole * 6 // 10]
    properties = _properties(table)
    _width(properties, widths, floating=position, borders=_borders({"top": thick, "bottom": thick, "insideH": thin}))
    _set_columns(table, widths)
    for row in table.rows:
        keep_row_whole(row)


def _row_property(row: Any, name: str) -> None:
    properties = row._tr.get_or_add_trPr()
    if properties.find(qn(name)) is None:
        properties.append(OxmlElement(name))


def repeat_head(row: Any) -> None:
    _row_property(row, "w:tblHeader")


def keep_row_whole(row: Any) -> None:
    properties = row._tr.get_or_add_trPr()
    if properties.find(qn("w:cantSplit")) is None:
        properties.insert(0, OxmlElement("w:cantSplit"))


# Watermark -----------------------------------------------------------------------------------------------------------
def add_watermark(paragraph: Any, words: str) -> None:
    """Grey words across the page, behind the text, as Word itself draws them."""
    safe = printable(words).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    picture = parse_xml(
        f'<w:r {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">'
        f'<w:rPr><w:rFonts w:ascii="{m.BLACK_FACE}" w:hAnsi="{m.BLACK_FACE}" w:eastAsia="{m.BLACK_FACE}" '
        f'w:cs="{m.BLACK_FACE}" w:hint="eastAsia"/><w:sz w:val="28"/></w:rPr><w:pict>'
        '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" '
        'path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/>'
        '<v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/>'
        '<v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/><v:f eqn="mid @5 @6"/>'
        '<v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/><v:f eqn="sum @6 0 @5"/></v:formulas>'
        '<v:path textpathok="t" o:connecttype="custom"/><v:textpath on="t" fitshape="t"/></v:shapetype>'
        '<v:shape id="watermark" o:spid="_x0000_s2049" type="#_x0000_t136" '
        'style="position:absolute;margin-left:0;margin-top:0;width:400pt;height:80pt;rotation:315;z-index:-251658752;'
        "mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
        'mso-position-vertical:center;mso-position-vertical-relative:margin" fillcolor="#d0d0d0" stroked="f">'
        f'<v:fill opacity=".5"/><v:textpath style="font-family:&quot;{m.BLACK_FACE}&quot;;font-size:1pt" string="{safe}"/>'
        "</v:shape></w:pict></w:r>"
    )
    paragraph._p.append(picture)
