"""核验: what a printed paper says against what is stored, by its code (engine 18, 23)."""

import io
import json
import random
import re
import zipfile
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from evaluation.engine.queries.codes import code_of
from evaluation.engine.rules import codes
from evaluation.engine.rules.codes import Paper
from evaluation.models import Bulletin, Ranking
from evaluation.papers.rules import compare_lines
from tests.factories.bulletins import _quarter, client_of, document, finalised, quarter, ranking_of, ready, rows_of

__all__ = ["_quarter", "quarter"]
CHECK = "/evaluation/check/"


def _code(ranking: Ranking) -> str:
    return code_of(Paper.RANKING, ranking.pk, ranking.seal)


def _asked(username: str, **said: object) -> str:
    answer = client_of(username).post(CHECK, said)
    assert answer.status_code == 200, answer.content[:300]
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode().partition("<main")[2]).split())


@pytest.mark.parametrize("number", [1, 31, 32, 12_345, 2**40])
def test_a_code_is_read_as_it_was_written_however_it_is_typed(number):
    text = codes.written(Paper.RECEIPT, number, codes.check_of("ab" * 32))
    for typed in (
        text,
        text.lower(),
        text.replace("-", ""),
        f"　{text} ",
        "".join(chr(ord(c) + 0xFEE0) for c in text),
        text.replace("0", "o").replace("1", "l"),
    ):
        found = codes.read(typed)
        assert found is not None and (found.paper, found.number) == (Paper.RECEIPT, number)
    assert codes.read(text[1:]) is None or codes.read(text[1:]).paper != Paper.RECEIPT
    for nothing in ("", "M", "X1234567890", "一二三", "M" * 40):
        assert codes.read(nothing) is None


def test_every_printed_paper_bears_its_code_and_a_qr_without_style(quarter):
    ranking, receipt = ranking_of(), ranking_of().rows.order_by("position").first()
    pages = {
        reverse("evaluation:ranking", args=[ranking.pk]): _code(ranking),
        reverse("evaluation:receipt", args=[ranking.pk, receipt.organisation.code]): code_of(
            Paper.RECEIPT, receipt.pk, receipt.seal
        ),
    }
    for address, code in pages.items():
        page = client_of("office1").get(address).content.decode()
        assert code in page and "<svg" in page.partition(code)[2]
        assert "style=" not in page.partition(code)[2].partition("</svg>")[0]
    book = load_workbook(
        io.BytesIO(client_of("office1").get(reverse("evaluation:ranking-sheet", args=[ranking.pk])).content)
    )
    assert any(_code(ranking) in str(cell.value) for row in book.worksheets[0].iter_rows(max_row=9) for cell in row)


def test_the_code_alone_shows_what_is_stored_and_no_verdict(quarter):
    ranking = ranking_of()
    page = client_of("office1").get(CHECK, {"code": _code(ranking)}).content.decode()
    assert rows_of()[0]["total"] in page and "请填上纸上的合计或名次再核验" in page
    assert "与系统一致" not in page and "不一致" not in page
    assert "与系统一致" not in _asked("office1", code=_code(ranking))


def test_two_hundred_figures_altered_by_one_digit_are_all_found(quarter):
    chance = random.Random(11)
    sources = [(track, row) for track in ("township", "department") for row in rows_of(track)]
    for _ in range(200):
        track, row = chance.choice(sources)
        text = row["total"]
        places = [place for place, char in enumerate(text) if char.isdigit()]
        place = chance.choice(places)
        digit = chance.choice([d for d in "0123456789" if d != text[place]])
        said = _asked(
            "office1", code=_code(ranking_of(track)), unit=row["name"], total=text[:place] + digit + text[place + 1 :]
        )
        assert "不一致 1 处" in said and "与系统一致" not in said, (row["name"], text, place, digit)
    one = sources[0][1]
    said = _asked("office1", code=_code(ranking_of("township")), unit=one["name"], total=one["total"], rank=one["rank"])
    assert "与系统一致" in said and "不一致" not in said
    assert "不一致 1 处" in _asked(
        "office1", code=_code(ranking_of("township")), unit=one["name"], rank=one["rank"] + 1
    )


def test_a_code_that_was_made_up_or_belongs_to_another_paper_is_none(quarter):
    code = _code(ranking_of())
    other = code_of(Paper.RANKING, ranking_of("department").pk, ranking_of().seal)
    forged = code[:-1] + ("0" if code[-1] != "0" else "1")
    for typed in (forged, other, "R1-ABCD-EFGH", "哈哈"):
        assert "没有这个核验码" in _asked("office1", code=typed, total="87.5")


def test_a_unit_compares_only_what_it_may_see(quarter):
    """Another unit's 得分明细 by its code: what the 公开范围 gives of it, and no more."""
    Ranking.objects.filter(pk=ranking_of().pk)
    other = next(row for row in rows_of() if row["name"] != "北庄镇")
    stored = ranking_of().rows.get(organisation__code=other["organisation"])
    code = code_of(Paper.RECEIPT, stored.pk, stored.seal)
    scope = ranking_of().disclosure_scope
    said = _asked("town", code=code, total=other["total"], rank=other["rank"])
    assert scope == "total" and "与系统一致" in said
    trial = client_of("town").get(CHECK, {"code": code}).content.decode()
    assert other["total"] in trial


def test_what_is_not_published_is_no_code_for_a_unit(quarter, settings):
    from django.utils import timezone

    from evaluation.ranking.services import compute_trial
    from miyun_kpi.lib.actors import SYSTEM

    ranking = ranking_of()
    trial, _ = compute_trial(actor=SYSTEM, scheme=ranking.scheme, period=ranking.period, at=timezone.now())
    assert "没有这个核验码" in _asked("town", code=_code(trial), total="80")
    assert "没有这个核验码" not in _asked("office1", code=_code(trial), unit="北庄镇", total="80")


def test_an_exported_table_is_compared_cell_by_cell(quarter):
    ranking = ranking_of()
    content = client_of("office1").get(reverse("evaluation:ranking-sheet", args=[ranking.pk])).content
    assert "与系统一致" in _asked("office1", code=_code(ranking), file=SimpleUploadedFile("排名.xlsx", content))
    book = load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == "北庄镇":
                changed = sheet.cell(cell.row, 1)
    changed.value = changed.value + 1
    out = io.BytesIO()
    book.save(out)
    said = _asked("office1", code=_code(ranking), file=SimpleUploadedFile("排名.xlsx", out.getvalue()))
    assert "不一致 1 处" in said and "北庄镇 名次" in said
    # Any other cell, a page put in, a row hidden.
    for change in ("cell", "page", "row"):
        book = load_workbook(io.BytesIO(content))
        sheet = book.worksheets[0]
        if change == "cell":
            row = next(cell.row for line in sheet.iter_rows() for cell in line if cell.value == "北庄镇")
            sheet.cell(row, 4).value = "新城核心区"
        elif change == "page":
            book.create_sheet("通报", 0)["A1"] = "北庄镇 第 1 名"
        else:
            sheet.row_dimensions[12].hidden = True
        out = io.BytesIO()
        book.save(out)
        said = _asked("office1", code=_code(ranking), file=SimpleUploadedFile("排名.xlsx", out.getvalue()))
        assert "不一致 1 处" in said, change


def test_a_final_bulletin_is_compared_word_by_word(quarter):
    bulletin = finalised(ready())
    bulletin.refresh_from_db()
    code = code_of(Paper.BULLETIN, bulletin.pk, bulletin.seal)
    content = document(bulletin)
    text = "".join(zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode())
    assert code in re.sub(r"<[^>]+>", "", text)
    assert "与系统一致" in _asked("town", code=code, file=SimpleUploadedFile("通报.docx", content))
    first = rows_of()[0]["total"]
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(out, "w") as pack:
        for name in given.namelist():
            part = given.read(name)
            if name == "word/document.xml":
                assert first.encode() in part
                part = part.replace(first.encode(), str(Decimal(first) + Decimal("0.0001")).encode(), 1)
            pack.writestr(name, part)
    said = _asked("town", code=code, file=SimpleUploadedFile("通报.docx", out.getvalue()))
    assert "不一致 1 处" in said and first in said
    assert Bulletin.objects.get(pk=bulletin.pk).version == bulletin.version


def test_what_stands_beside_the_words_of_a_bulletin_is_named(quarter):
    """Hidden text, a formula, a word in the foot: a reader of words alone would call the paper the same."""
    bulletin = finalised(ready())
    bulletin.refresh_from_db()
    code = code_of(Paper.BULLETIN, bulletin.pk, bulletin.seal)
    content = document(bulletin)
    m = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    body = {
        "formula": f"<w:p><m:oMath {m}><m:r><m:t>更正：北庄镇第一名</m:t></m:r></m:oMath></w:p>",
        "hidden": "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>x</w:t></w:r></w:p>",
        "line": "<w:p><w:r><w:t>（打印时状态：现行）另加一句</w:t></w:r></w:p><w:p><w:r><w:t>另加一句</w:t></w:r></w:p>",
    }
    for name, added in body.items():
        altered = _with(content, "word/document.xml", b"<w:body>", f"<w:body>{added}".encode())
        said = _asked("town", code=code, file=SimpleUploadedFile("通报.docx", altered))
        assert "不一致" in said and "与系统一致" not in said, name


def _with(content: bytes, member: str, old: bytes, new: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name in given.namelist():
            part = given.read(name)
            pack.writestr(name, part.replace(old, new, 1) if name == member else part)
    return out.getvalue()


@pytest.mark.parametrize(
    ("member", "old", "new"),
    [
        ("word/document.xml", b"<?xml", b"<<<"),
        ("_rels/.rels", b"<?xml", b""),
        ("[Content_Types].xml", b"<Types", b"<Tipes"),
        ("word/document.xml", b"<w:body>", b"<w:body>" + b"<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 300_000),
    ],
)
def test_a_broken_or_swollen_document_gets_one_sentence(quarter, member, old, new):
    bulletin = finalised(ready())
    bulletin.refresh_from_db()
    code = code_of(Paper.BULLETIN, bulletin.pk, bulletin.seal)
    altered = _with(document(bulletin), member, old, new)
    answer = client_of("town").post(CHECK, {"code": code, "file": SimpleUploadedFile("通报.docx", altered)})
    assert answer.status_code == 422 and "没有比对" in answer.content.decode()


def test_the_line_of_the_moment_is_no_difference():
    assert compare_lines(["一", "二"], ["（打印时状态：之后有改动）", "一", "二"]) == []
    (cell,) = compare_lines(["一", "二"], ["另加", "一", "二"])
    assert (cell.said, cell.stored) == ("另加", "没有")


def test_a_file_of_another_kind_or_a_number_that_is_none_gets_one_sentence(quarter):
    code = _code(ranking_of())
    client = client_of("office1")
    answer = client.post(CHECK, {"code": code, "file": SimpleUploadedFile("通报.docx", b"x")})
    assert answer.status_code == 422 and "请上传从系统导出的 .xlsx" in answer.content.decode()
    answer = client.post(CHECK, {"code": code, "total": "八十七"})
    assert answer.status_code == 422 and "不是数字，没有比对" in answer.content.decode()
    assert code in answer.content.decode()
    answer = client.post(CHECK, {"code": code, "total": "87.5"})
    assert answer.status_code == 422 and "请从列表里选一家" in answer.content.decode()


def test_a_tampered_result_is_not_vouched_for(quarter):
    from tests.factories.tampering import unguarded

    ranking = ranking_of()
    document_ = json.loads(ranking.document)
    document_["rows"][0]["total"] = "99.9999"
    with unguarded():
        Ranking.objects.filter(pk=ranking.pk).update(document=json.dumps(document_))
        answer = client_of("office1").post(
            CHECK, {"code": _code(ranking), "unit": document_["rows"][0]["name"], "total": "99.9999"}
        )
    assert answer.status_code == 503 and "与系统一致" not in answer.content.decode()
