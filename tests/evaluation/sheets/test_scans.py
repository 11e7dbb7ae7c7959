"""盖章扫描件: asked for by the scheme, of the marks as they are, never where material goes offline."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from evaluation.models import MarkSheet, Scheme, SheetScan
from evaluation.sheets.services.scans import remove_scan
from evaluation.sheets.services.sheets import file_sheet
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.lib.errors import NotFound, Refused
from tests.evaluation.conftest import _demo_of_module, actor_named, demo
from tests.factories.sheets import cell, fill, person, save, water_sheet

__all__ = ["_demo_of_module", "demo"]
PDF = b"%PDF-1.4\n%%EOF\n"
REASON = "打分情况已经会议讨论"


@pytest.fixture
def sheet(demo):
    Scheme.objects.update(scan_required=True)
    found = water_sheet()
    fill(found)
    return water_sheet()


def seen(sheet):
    return sum(sheet.marks.values_list("version", flat=True))


def upload(sheet, client: Client | None = None, content=PDF, version=None, name="盖章.pdf"):
    data = {"seen": seen(sheet) if version is None else version, "file": SimpleUploadedFile(name, content)}
    return (client or person("shuiwu")).post(f"/evaluation/sheets/{sheet.pk}/scan/", data)


def file(sheet):
    return file_sheet(
        actor=actor_named("shuiwu"), sheet_id=sheet.pk, version=sheet.version, at=timezone.now(), reason=REASON
    )


def test_without_a_scan_nothing_is_filed_and_with_one_it_is(sheet):
    with pytest.raises(Refused, match="须附盖章的扫描件"):
        file(sheet)
    assert MarkSheet.objects.get(pk=sheet.pk).state == "open"
    assert upload(sheet).status_code == 302
    assert file(sheet).state == "filed"


def test_a_scheme_that_asks_for_none_files_without(sheet):
    Scheme.objects.update(scan_required=False)
    assert file(sheet).state == "filed"


def test_a_mark_changed_after_the_stamp_asks_for_a_new_scan(sheet):
    upload(sheet)
    assert save(person("shuiwu"), sheet, cell(sheet), value="87").status_code == 200
    with pytest.raises(Refused, match="又改过分"):
        file(sheet)
    assert upload(sheet, version=seen(sheet) - 1).status_code == 409
    assert upload(sheet).status_code == 302 and file(sheet).state == "filed"


@pytest.mark.parametrize("content", [b"MZ\x90\x00", b"", b"<html></html>"])
def test_what_is_no_scan_is_refused_and_the_page_says_so(sheet, content):
    answer = upload(sheet, content=content)
    assert answer.status_code in (409, 422) and "没有上传" in answer.content.decode()
    assert not SheetScan.objects.exists()


def test_a_sheet_with_blanks_is_not_yet_stamped(demo):
    Scheme.objects.update(scan_required=True)
    found = water_sheet()
    fill(found, leave=1)
    assert "空白" in upload(found).content.decode() and not SheetScan.objects.exists()


def test_offline_material_takes_no_file_and_needs_none(sheet):
    sheet.indicator.offline_only = True
    sheet.indicator.save()
    assert "网上不收文件" in upload(sheet).content.decode()
    assert file(sheet).state == "filed"


@pytest.mark.parametrize(("who", "status"), [("weijian", 404), ("beizhuang", 404), ("zhengfuban2", 403)])
def test_a_foreign_sheet_takes_no_scan_from_others(sheet, who, status):
    assert upload(sheet, person(who)).status_code == status


def test_a_wrong_scan_is_taken_away_while_the_sheet_is_open(sheet):
    upload(sheet)
    kept = Attachment.objects.get(kind="evaluation.sheet-scan")
    with pytest.raises(NotFound):
        remove_scan(actor=actor_named("weijian"), attachment_id=kept.pk, at=timezone.now())
    remove_scan(actor=actor_named("shuiwu"), attachment_id=kept.pk, at=timezone.now())
    assert not SheetScan.objects.exists()


def test_whoever_reads_the_sheet_reads_the_scan(sheet):
    upload(sheet)
    address = f"/evidence/{Attachment.objects.get(kind='evaluation.sheet-scan').pk}/"
    assert person("zhengfuban1").get(address).status_code == 200
    assert person("weijian").get(address).status_code == 404
    page = person("shuiwu").get(f"/evaluation/sheets/{sheet.pk}/").content.decode()
    assert "盖章.pdf" in page
