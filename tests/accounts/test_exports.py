"""Accounts and the audit as workbooks, in the filter of their pages."""

import io

from openpyxl import load_workbook

from miyun_kpi.accounts.enums import Role
from miyun_kpi.audit.models import AuditEntry
from tests.accounts.people import person


def rows(answer):
    assert answer.status_code == 200
    sheet = load_workbook(io.BytesIO(answer.content)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=1)]


def test_accounts_go_out_as_the_list_shows_them(admin, marker, signed_in):
    client = signed_in(admin)
    found = rows(client.get("/accounts/people/workbook/?q=水务"))
    assert [row[0] for row in found[-2:]] == ["用户名", marker.username] and "区水务局" in found[-1][2]


def test_the_audit_goes_out_with_its_hashes_for_the_auditor(admin, signed_in):
    client = signed_in(admin)
    client.post("/accounts/people/new/", {"username": "xinren", "display_name": "新人"})
    entry = AuditEntry.objects.filter(action="accounts.account.created").get()
    client = signed_in(person("shen9", Role.AUDITOR, "区审计局"))
    found = rows(client.get(f"/accounts/audit/workbook/?action={entry.action}"))
    assert found[-1][0] == str(entry.seq) and found[-1][9] == entry.hash and found[-1][4] == "建立账号"
    assert client.get("/accounts/audit/workbook/?since=x").status_code == 400
