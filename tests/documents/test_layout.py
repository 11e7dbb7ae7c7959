"""公文 in the form of GB/T 9704-2012: what is written, and that the layout check sees each thing that is spoilt."""

import io
import re
import time
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from miyun_kpi.documents import measures, pdf
from miyun_kpi.documents.check import check_layout
from miyun_kpi.documents.content import Paragraph
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.packages import STAMP
from tests.documents.samples import DRAFT, FINAL, spoilt, written
from tests.factories.papers import text_of

XML = "word/document.xml"


def part(content: bytes, name: str = XML) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read(name).decode()


def everything(content: bytes) -> str:
    archive = zipfile.ZipFile(io.BytesIO(content))
    return "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))


@pytest.mark.parametrize("official", [FINAL, DRAFT], ids=["final", "draft"])
def test_what_we_write_keeps_every_measure(official):
    assert check_layout(written(official)) == []


def test_the_same_document_is_the_same_file_whenever_it_is_written(monkeypatch):
    """The library stamps the members of the package by the clock, in steps of two seconds."""
    moments = iter([time.localtime(1_800_000_000 + 3600 * hour) for hour in range(1000)])
    monkeypatch.setattr(zipfile.time, "localtime", lambda *given: next(moments))
    first, second = written(), written()
    assert first == second
    assert {member.date_time for member in zipfile.ZipFile(io.BytesIO(first)).infolist()} == {STAMP}


def test_the_type_area_is_156_by_225_with_22_lines_of_28_characters():
    section = Document(io.BytesIO(written())).sections[0]
    assert [round(length.mm) for length in (section.page_width, section.page_height)] == [210, 297]
    width = section.page_width - section.left_margin - section.right_margin
    height = section.page_height - section.top_margin - section.bottom_margin
    assert (width / Mm(1), height / Mm(1)) == pytest.approx((156, 225), abs=0.1)
    line, space = measures.LINE_TWIPS / 20, 16 + measures.CHARACTER_SPACE / 4096
    assert 22 * line <= 225 / 25.4 * 72 < 23 * line
    assert 28 * space <= 156 / 25.4 * 72 < 29 * space


def test_every_run_names_its_face_for_chinese_and_for_latin_alike():
    seen = 0
    for text in (part(written(DRAFT)), *(part(written(DRAFT), f"word/header{n}.xml") for n in (1, 2))):
        for run in re.findall(r"<w:r>.*?</w:r>", text, re.S):
            fonts = re.search(r"<w:rFonts [^>]*>", run)
            assert fonts, run
            faces = {slot: re.search(rf'w:{slot}="([^"]+)"', fonts[0]) for slot in ("ascii", "hAnsi", "eastAsia")}
            assert all(faces.values()) and len({found[1] for found in faces.values()}) == 1, run
            seen += 1
    assert seen > 150
    assert "Theme=" not in part(written(), "word/styles.xml")


def test_title_body_and_headings_have_their_faces():
    document = Document(io.BytesIO(written()))
    faces = {}
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            fonts = run._element.rPr.rFonts
            faces.setdefault(run.text[:6], (fonts.get(qn("w:eastAsia")), run.font.size.pt))
    assert faces["关于2020"] == ("方正小标宋简体", 22)
    assert faces["本季度21个"] == ("仿宋_GB2312", 16)
    assert faces["一、总体情况"] == ("黑体", 16)
    assert faces["（一）得分情"] == ("楷体_GB2312", 16)
    assert faces["最高89.0"] == ("仿宋_GB2312", 16), "only the first sentence of a second level is 楷体"


def test_the_red_head_stands_only_once_it_is_entered():
    assert measures.RED in part(written()) and "密政办字〔2020〕20号" in text_of(written())
    bare = part(written(replace(FINAL, issuer_mark="", number="")))
    assert measures.RED not in bare and "密政办字" not in bare
    marked = written(replace(FINAL, number=""))
    assert "北京市密云区人民政府办公室文件" in text_of(marked) and check_layout(marked) == []


def test_tables_repeat_their_heads_and_break_no_row():
    tables = re.findall(r"<w:tbl>.*?</w:tbl>", part(written()), re.S)
    assert len(tables) == 3
    for table in tables[:2]:
        assert table.count("<w:tblHeader/>") == 1
    for table in tables:
        assert table.count("<w:cantSplit/>") == len(re.findall(r"<w:tr[ >]", table))


def test_the_words_stand_in_the_order_of_the_form():
    text = text_of(written())
    order = [
        "北京市密云区人民政府办公室文件",
        "密政办字〔2020〕20号",
        "关于2020年第二季度",
        "各乡镇人民政府，地区、街道办事处：",
        "本季度21个单位",
        "附件：2020年第二季度考评排名表",
        "2020年7月16日",
        "（公开属性：依申请公开）",
        "附件\n",
        "49 | 第49个单位 | 41.0026",
        "抄送：区委办公室，区人大常委会办公室。",
        "北京市密云区人民政府办公室 | 2020年7月17日印发",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_a_draft_says_so_and_bears_its_watermark_on_odd_and_even_pages():
    content = written(DRAFT)
    assert "（送审稿）" in text_of(content)
    headers = [name for name in zipfile.ZipFile(io.BytesIO(content)).namelist() if "/header" in name]
    assert len(headers) == 2
    assert all('string="试算件　不得引用"' in part(content, name) for name in headers)
    assert "试算件" not in everything(written()) and "送审稿" not in everything(written())


def test_several_attachments_are_numbered():
    attachments = [*FINAL.attachments, replace(FINAL.attachments[0], title="部门排名表")]
    text = text_of(written(replace(FINAL, attachments=attachments)))
    assert "附件：1. 2020年第二季度考评排名表" in text and "2. 部门排名表" in text and "附件2" in text
    lines = text.split("\n")
    at = lines.index("附件：1. 2020年第二季度考评排名表")
    assert lines[at + 1] == "2. 部门排名表", "a line each"


def test_a_long_title_of_an_annex_goes_on_under_its_first_character():
    document = Document(io.BytesIO(written(replace(FINAL, attachments=FINAL.attachments * 2))))
    first, second = (p for p in document.paragraphs if p.text.startswith(("附件：", "2. ")))
    indents = [p._p.pPr.ind for p in (first, second)]
    assert [one.get(qn("w:leftChars")) for one in indents] == ["650", "650"]
    assert [one.get(qn("w:hangingChars")) for one in indents] == ["450", "150"]


def joined(document):
    first, second = (p for p in document.paragraphs if p.text.startswith(("附件：", "2. ")))
    first.runs[0].text += "　" + second.text
    second._p.getparent().remove(second._p)


def graded(document):
    first_with_text(document, "（公开属性").runs[0].text = "（公开属性：依申请公开；密级：非密）"


def moved(document):
    note, text = first_with_text(document, "（公开属性"), first_with_text(document, "请各单位")
    text._p.addprevious(note._p)


@pytest.mark.parametrize(
    ("change", "code"), [(joined, "annex-lines"), (graded, "classification"), (moved, "note-place")]
)
def test_the_closing_lines_are_measured_too(change, code):
    two = replace(FINAL, attachments=FINAL.attachments * 2)
    assert check_layout(written(two)) == []
    assert [one.code for one in check_layout(spoilt(change, two))] == [code]


@pytest.mark.parametrize(
    ("signatory", "characters"), [("办公室", Decimal("5.5")), ("北京市密云区人民政府办公室", Decimal("0.5"))]
)
def test_the_signatory_is_centred_over_the_date(signatory, characters):
    assert measures.signature_indent(signatory, "2020年7月1日") == characters
    assert measures.signature_indent("甲" * 40, "2020年7月1日") == 0


def first_with_text(document, words):
    return next(p for p in document.paragraphs if words in p.text)


def spoil_run(words, **faces):
    def change(document):
        fonts = first_with_text(document, words).runs[0]._element.rPr.rFonts
        for slot, face in faces.items():
            fonts.attrib.pop(qn(f"w:{slot}"), None)
            if face:
                fonts.set(qn(f"w:{slot}"), face)

    return change


def spoil_section(**lengths):
    def change(document):
        for name, length in lengths.items():
            setattr(document.sections[0], name, Mm(length))

    return change


def drop(tag):
    def change(document):
        for found in list(document.element.iter(qn(tag))):
            found.getparent().remove(found)

    return change


def spoil_grid(**values):
    def change(document):
        grid = next(document.element.iter(qn("w:docGrid")))
        for name, value in values.items():
            grid.set(qn(f"w:{name}"), str(value))

    return change


def red_words(document):
    from docx.shared import RGBColor

    first_with_text(document, "本季度").runs[0].font.color.rgb = RGBColor(255, 0, 0)


def black_mark(document):
    from docx.shared import RGBColor

    first_with_text(document, "办公室文件").runs[0].font.color.rgb = RGBColor(0, 0, 0)


def plain_page_number(document):
    footer = document.sections[0].even_page_footer
    for run in list(footer.paragraphs[0].runs):
        run._element.getparent().remove(run._element)


def larger(document):
    first_with_text(document, "本季度").runs[0].font.size = Pt(15)


def loose(document):
    document.styles["公文正文"].paragraph_format.line_spacing = 1.5


def foreign_style(document):
    document.add_paragraph("后来加的话", style="Normal")


def narrow_table(document):
    for column in document.tables[0]._tbl.tblGrid.findall(qn("w:gridCol")):
        column.set(qn("w:w"), "1000")


SPOILT = {
    "paper": spoil_section(page_width=216, right_margin=32),
    "margins": spoil_section(left_margin=31),
    "type-area": spoil_section(top_margin=25.4, bottom_margin=25.4),
    "grid": drop("w:docGrid"),
    "lines": spoil_grid(linePitch=620),
    "characters": spoil_grid(charSpace=0),
    "east-asian-font": spoil_run("本季度", eastAsia=None),
    "latin-font": spoil_run("本季度", ascii=None, hAnsi=None),
    "mixed-font": spoil_run("本季度", ascii="Times New Roman"),
    "wrong-font": spoil_run("本季度", ascii="宋体", hAnsi="宋体", eastAsia="宋体", cs="宋体"),
    "size": larger,
    "line-spacing": loose,
    "style": foreign_style,
    "red-text": red_words,
    "red-head": black_mark,
    "red-line": drop("w:pBdr"),
    "table-head": drop("w:tblHeader"),
    "table-rows": drop("w:cantSplit"),
    "table-width": narrow_table,
    "page-number": plain_page_number,
}


@pytest.mark.parametrize("code", SPOILT)
def test_the_check_sees_what_is_spoilt(code):
    found = check_layout(spoilt(SPOILT[code]))
    assert code in {deviation.code for deviation in found}
    assert all(deviation.words.endswith("。") for deviation in found)


def test_a_millimetre_is_allowed_and_more_is_not():
    assert check_layout(spoilt(spoil_section(top_margin=37.9))) == []
    assert {one.code for one in check_layout(spoilt(spoil_section(top_margin=38.2)))} == {"margins", "type-area"}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rubbish", b"<html>"])
def test_what_is_no_document_is_refused_in_a_sentence(content):
    with pytest.raises(Refused) as refusal:
        check_layout(content)
    assert refusal.value.code == "not-docx"


@pytest.mark.parametrize("words", ["<w:t>&amp;", "a\u0000b\u000bc", "=1+1", "𠮷\u2028"])
def test_any_words_can_be_set(words):
    content = written(replace(FINAL, blocks=[Paragraph(words)], watermark='"<&>'))
    assert check_layout(content) == []


def test_the_same_document_has_the_same_words_and_parts():
    first, second = written(), written(replace(FINAL, dated=date(2020, 7, 16)))
    assert part(first) == part(second)


def test_without_libreoffice_the_pdf_is_refused_and_the_document_stands(monkeypatch):
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    assert pdf.converter() == ""
    with pytest.raises(Refused) as refusal:
        pdf.convert_to_pdf(written())
    assert refusal.value.code == "no-converter"


@pytest.mark.parametrize(
    ("script", "code"),
    [("exit 1", "pdf-failed"), ("exit 0", "pdf-failed"), ("sleep 5", "pdf-too-slow")],
)
def test_a_converter_that_fails_or_hangs_is_refused(monkeypatch, tmp_path, script, code):
    program = tmp_path / "soffice"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(pdf.shutil, "which", lambda name: str(program))
    monkeypatch.setattr(pdf, "SECONDS", 0.5)
    with pytest.raises(Refused) as refusal:
        pdf.convert_to_pdf(written())
    assert refusal.value.code == code


def test_the_converter_gets_the_document_and_its_pdf_comes_back(monkeypatch, tmp_path):
    program = tmp_path / "soffice"
    program.write_text('#!/bin/sh\nfor last; do :; done\ncp "$last" "${last%.docx}.pdf"\n')
    program.chmod(0o755)
    monkeypatch.setattr(pdf.shutil, "which", lambda name: str(program))
    content, scratch = written(), tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(pdf.tempfile, "tempdir", str(scratch))
    assert pdf.convert_to_pdf(content) == content
    assert list(scratch.iterdir()) == []
