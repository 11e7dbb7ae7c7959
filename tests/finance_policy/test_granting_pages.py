"""贴息 by the pages: what the first person proposes the second confirms, and the voucher is registered."""

from django.test import Client

from finance_policy.models import Subsidy, SubsidyLine
from miyun_kpi.proposals.models import Proposal
from tests.finance_policy.test_granting import firm, rated
from tests.registers.test_records import client_of

__all__ = ["firm"]


def test_in_the_browser_from_the_calculation_to_the_voucher(office, firm, environment):
    rated(office)
    one, two = client_of("区金融办", "register_office"), client_of("区金融办", "register_office", "finance2")
    lent = {"lender": "甲银行", "contract": "1号", "principal": "1000000", "drawn_on": "2020-11-01"}
    address = f"/finance/library/{firm.pk}/loans/"
    wrong = one.post(address, lent | {"due_on": "2020-10-01"})
    assert wrong.status_code == 422 and "1000000" in wrong.content.decode()
    assert confirm(one, two, one.post(address, lent | {"due_on": "2022-11-01"})) == "finance-loan"
    span = {"record_id": firm.pk, "from_on": "2020-11-01", "to_on": "2021-02-01"}
    shown = one.get("/finance/subsidies/new/", span).content.decode()
    assert "3,833.33" in shown and "提出核定" in shown
    bad = one.get("/finance/subsidies/new/", span | {"from_on": "2020-10-01"})
    assert bad.status_code == 422 and "不在绿色产业（项目）库" in bad.content.decode()
    assert confirm(one, two, one.post("/finance/subsidies/new/", span)) == "finance-subsidy"
    row = Subsidy.objects.get()
    address = f"/finance/subsidies/{row.pk}/"
    assert "3,833.33" in one.get("/finance/subsidies/?state=waiting").content.decode()
    empty = one.post(address + "pay/", {"version": row.version, "proof": ""})
    assert empty.status_code == 422
    paid = one.post(address + "pay/", {"version": row.version, "proof": "密财1号"}, follow=True).content.decode()
    assert "密财1号" in paid and "绿水公司" in paid and "已拨付" in paid
    line = SubsidyLine.objects.get()
    undo = {"version": 2, "line_id": line.pk, "reason": "凭证号录错"}
    assert confirm(one, two, one.post(address + "reverse/", undo)) == "finance-subsidy-reverse"
    row.refresh_from_db()
    cancel = {"version": row.version, "reason": "计息止日定错"}
    assert confirm(one, two, one.post(address + "revoke/", cancel)) == "finance-subsidy-revoke"
    row.refresh_from_db()
    assert (row.state, row.due, row.paid) == ("revoked", 0, 0)


def confirm(one: Client, two: Client, answer) -> str:
    """The first person's press proposed; nothing is done before the second has pressed."""
    assert answer.status_code == 302, answer.content.decode()[:2000]
    row = Proposal.objects.latest("pk")
    own = one.post(f"/proposals/{row.pk}/decide/", {"version": row.version, "decision": "confirm", "note": ""})
    assert own.status_code == 403
    done = two.post(f"/proposals/{row.pk}/decide/", {"version": row.version, "decision": "confirm", "note": ""})
    assert done.status_code == 302, done.content.decode()
    return row.code
