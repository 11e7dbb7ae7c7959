"""印发 of a notice that is dated before the last working day: 补登 with its reason."""

from datetime import date

import pytest

from miyun_kpi.accounts.models import User
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import Refused
from personnel.services import drafts
from personnel.services.issue import issue
from tests.personnel.test_personnel import AT, GIVEN, draft, hands

__all__ = ["hands"]


def test_a_notice_of_an_earlier_day_says_why_it_is_registered_only_now(hands, client):
    """印发 follows a paper: its day counts, and one of an earlier week shows 补登 for good."""
    row = draft(hands[0], GIVEN)
    drafts.submit(actor=hands[0], notice_id=row.pk, version=row.version, at=AT)
    row.refresh_from_db()
    sent = {"notice_id": row.pk, "number": "密政发〔2020〕92号", "dated": date(2020, 6, 29), "at": AT}
    with pytest.raises(
        Refused, match="成文日期 2020-06-29 早于上一个工作日，属于补登.*请写现在才登记的理由"
    ) as refusal:
        issue(actor=hands[1], version=row.version, **sent)
    assert refusal.value.code == "late-entry"
    client.force_login(User.objects.get(username="hr2"))
    page = f"/personnel/notices/{row.pk}/"
    typed = {"version": row.version, "number": "密政发〔2020〕92号", "dated": "2020-06-29", "late_reason": ""}
    refused = client.post(f"{page}do/issue/", typed)
    assert refused.status_code == 422 and "密政发〔2020〕92号" in refused.content.decode()
    answer = client.post(f"{page}do/issue/", typed | {"late_reason": "市里月底才批复"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.late == "补登，依据密政发〔2020〕92号；市里月底才批复" and row.on == date(2020, 6, 29)
    assert row.late in client.get(page).content.decode()
    assert "补登" in client.get("/personnel/notices/").content.decode()
    said = AuditEntry.objects.filter(action="personnel.notice.issued").latest("pk")
    assert row.late in str(said.data)
