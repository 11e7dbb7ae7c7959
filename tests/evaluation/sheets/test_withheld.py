"""Marks that are not filed: the audit says that they were saved, and its reader gives a reason to see which."""

import io

import pytest
from openpyxl import load_workbook

from evaluation.enums import SheetState
from miyun_kpi.audit.models import AuditEntry
from tests.factories.sheets import cell, person, save

SECRET = "61.237"


@pytest.fixture
def saved(shuiwu, sheet):
    assert save(shuiwu, sheet, cell(sheet), value=SECRET).status_code == 200
    return AuditEntry.objects.filter(action="evaluation.marks.saved").order_by("-seq")[0]


def shown(auditor, saved):
    """Everything in which the entry comes up: its page, the list, the workbook with both of its sheets."""
    pages = [f"/audit/{saved.seq}/", "/audit/", f"/audit/?action={saved.action}"]
    book = load_workbook(io.BytesIO(auditor.get(f"/accounts/audit/workbook/?action={saved.action}").content))
    cells = [str(one.value) for page in book.worksheets for row in page.iter_rows() for one in row]
    assert any("还没有报送" in one or SECRET in one for one in cells), "the export holds the entry"
    return [auditor.get(page).content.decode() for page in pages] + ["".join(cells)]


def test_no_way_shows_a_mark_that_is_not_filed(saved):
    assert SECRET in saved.data, "the audit keeps it"
    told = shown(person("shenji"), saved)
    assert not any(SECRET in one for one in told) and all("还没有报送" in one for one in told[:2])


def test_a_reason_opens_it_once_and_stands_in_the_audit(saved):
    auditor = person("shenji")
    refused = auditor.post(f"/accounts/audit/{saved.seq}/open/", {"reason": "看"})
    assert (
        refused.status_code == 422
        and SECRET not in refused.content.decode()
        and 'value="看"' in refused.content.decode()
    )
    assert not AuditEntry.objects.filter(action="audit.entry.opened").exists()
    opened = auditor.post(f"/accounts/audit/{saved.seq}/open/", {"reason": "查第三季度改分的举报"})
    assert SECRET in opened.content.decode() and "no-store" in opened["Cache-Control"]
    assert SECRET not in auditor.get(f"/audit/{saved.seq}/").content.decode()
    entry = AuditEntry.objects.get(action="audit.entry.opened")
    assert "举报" in entry.reason and str(saved.seq) in entry.data
    assert (
        person("zhengfuban1").post(f"/accounts/audit/{saved.seq}/open/", {"reason": "查第三季度改分的举报"}).status_code
        == 403
    )


def test_what_was_filed_is_read_as_everything_else(saved, sheet):
    sheet.refresh_from_db()
    sheet.state, sheet.filed_at = SheetState.FILED, saved.at
    sheet.save()
    assert all(SECRET in one for one in shown(person("shenji"), saved))
