"""Evidence files: told by content, kept outside everything served, downloaded only, fetched by whom the owner lets."""

import hashlib
import io
import stat
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from miyun_kpi.attachments.models import Attachment
from miyun_kpi.attachments.rules import DOCX, JPEG, OFD, PDF, PNG, XLSX, FileType, recognise, safe_name
from miyun_kpi.audit.models import AuditEntry
from tests.evaluation.conftest import _demo_of_module, demo
from tests.evaluation.tracking.test_tracking import lines, plain_line
from tests.factories.sheets import person

__all__ = ["_demo_of_module", "demo"]
PDF_BYTES = b"%PDF-1.7\n1 0 obj\n"


def packed(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PDF_BYTES, PDF),
        (b"\x89PNG\r\n\x1a\n....", PNG),
        (b"\xff\xd8\xff\xe0....", JPEG),
        (packed("[Content_Types].xml", "word/document.xml"), DOCX),
        (packed("[Content_Types].xml", "xl/workbook.xml"), XLSX),
        (packed("OFD.xml"), OFD),
    ],
)
def test_a_file_is_what_its_content_is(content, expected):
    assert recognise(io.BytesIO(content)) == expected


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b"<html><script>alert(1)</script>", "只收"),
        (b"MZ\x90\x00", "只收"),
        (b"#!/bin/sh\n", "只收"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", "只收"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "旧格式"),
        (packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "带宏"),
        (packed("a.txt"), "压缩包"),
        (b"PK\x03\x04 broken", "损坏"),
    ],
)
def test_what_is_not_on_the_list_is_refused_with_the_reason(content, words):
    found = recognise(io.BytesIO(content))
    assert not isinstance(found, FileType) and words in found


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("台账.pdf", "台账.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\temp\\a.exe", "a.exe.pdf"),
        ("a\u202efdp.exe", "afdp.exe.pdf"),
        ('x"\r\nSet-Cookie: a=b', "xSet-Cookie a=b.pdf"),
        ("...", "佐证材料.pdf"),
        ("", "佐证材料.pdf"),
        ("长" * 300 + ".pdf", "长" * 100 + ".pdf"),
    ],
)
def test_a_name_is_made_safe_and_bears_the_extension_of_its_content(sent, kept):
    assert safe_name(sent, "pdf") == kept


@pytest.fixture
def line(demo, tmp_path, settings):
    settings.VAR_DIR = tmp_path
    return plain_line()


def upload(client, line, content=PDF_BYTES, name="台账.pdf"):
    path = f"/evaluation/tracking/lines/{line.pk}/evidence/"
    return client.post(path, {"file": SimpleUploadedFile(name, content)})


def test_a_stored_file_is_kept_under_a_name_of_ours_and_comes_back_as_a_download(line, tmp_path):
    client = person("beizhuang")
    assert upload(client, line, name="x.html").status_code == 302
    row = Attachment.objects.get()
    (place,) = [path for path in (tmp_path / "evidence").rglob("*") if path.is_file()]
    assert place.read_bytes() == PDF_BYTES and stat.S_IMODE(place.stat().st_mode) == 0o600
    assert (row.sha256, row.size, row.name) == (hashlib.sha256(PDF_BYTES).hexdigest(), len(PDF_BYTES), "x.html.pdf")
    assert "x" not in place.name.replace(row.path.split("/")[1], "")
    answer = client.get(f"/evidence/{row.pk}/")
    assert b"".join(answer.streaming_content) == PDF_BYTES
    assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/pdf" and "sandbox" in answer["Content-Security-Policy"]
    assert AuditEntry.objects.filter(action="attachments.file.stored").count() == 1


def test_the_page_of_a_line_says_what_must_never_be_uploaded(line):
    page = person("beizhuang").get(f"/evaluation/tracking/lines/{line.pk}/").content.decode()
    assert "严禁上传、处理涉密信息" in page


def test_the_same_content_twice_is_two_files_and_removing_one_leaves_the_other(
    line, tmp_path, django_capture_on_commit_callbacks
):
    client = person("beizhuang")
    upload(client, line)
    upload(client, line)
    first, second = Attachment.objects.order_by("pk")
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"/evaluation/tracking/evidence/{first.pk}/remove/").status_code == 302
    assert [path for path in (tmp_path / "evidence").rglob("*") if path.is_file()] == [
        tmp_path / "evidence" / second.path
    ]
    assert client.get(f"/evidence/{first.pk}/").status_code == 404
    assert AuditEntry.objects.filter(action="attachments.file.removed").count() == 1


def test_a_refused_file_leaves_nothing_behind(line, tmp_path, settings):
    client = person("beizhuang")
    settings.EVIDENCE_LARGEST = 10
    assert "MB" in upload(client, line).content.decode()
    settings.EVIDENCE_LARGEST = 10**6
    assert upload(client, line, b"<script>", "a.pdf").status_code == 422
    settings.EVIDENCE_MOST = 1
    upload(client, line)
    assert "最多 1 份" in upload(client, line).content.decode()
    assert len([p for p in (tmp_path / "evidence").rglob("*") if p.is_file()]) == 1 == Attachment.objects.count()


def test_a_file_is_fetched_by_those_who_may_read_its_line_and_nobody_else(line):
    water = lines().get(unit__duty__key="tracked/2020/township/4")
    upload(person("beizhuang"), water)
    address = f"/evidence/{Attachment.objects.get().pk}/"
    seen = {who: person(who).get(address).status_code for who in ("beizhuang", "shuiwu", "zhengfuban1", "lingdao")}
    unseen = {who: person(who).get(address).status_code for who in ("weijian", "guanliyuan", "anquan", "shenji")}
    assert set(seen.values()) == {200} and set(unseen.values()) == {404}


def test_a_file_without_a_keeper_is_nobodys(line):
    upload(person("beizhuang"), line)
    Attachment.objects.update(kind="something.else")
    assert person("beizhuang").get(f"/evidence/{Attachment.objects.get().pk}/").status_code == 404


@pytest.mark.parametrize("who", ["shuiwu", "zhengfuban1", "lingdao"])
def test_nobody_but_the_unit_uploads_or_removes(line, who):
    upload(person("beizhuang"), line)
    assert upload(person(who), line).status_code == 404
    assert person(who).post(f"/evaluation/tracking/evidence/{Attachment.objects.get().pk}/remove/").status_code == 404
    assert Attachment.objects.count() == 1
