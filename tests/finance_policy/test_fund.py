"""风险补偿基金: 办理日期 beside the registration; posting keeps the order of registration."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from finance_policy.models import FundEntry
from finance_policy.services import fund
from miyun_kpi.acts.days import IN_TIME, Late
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import Refused
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import decide, propose
from tests.finance_policy.conftest import AT, another
from tests.finance_policy.test_granting_pages import confirm
from tests.registers.test_records import api, client_of

D = date.fromisoformat
LATE = Late("密财发7号", "凭证今天才送到")


def enter(actor, kind, amount, on, late=IN_TIME, basis="某拨款文"):
    given = {"kind": kind, "amount": Decimal(amount), "on": D(on), "party": "区财政局", "basis": basis, "late": late}
    return fund.enter(actor=actor, at=AT, **given)


def test_an_entry_of_an_earlier_day_names_its_paper_and_stands_behind_what_was_registered_before(office):
    # 2020-10-19 is the working day before.
    first = enter(office, "paid-in", "100", "2020-10-19")
    with pytest.raises(Refused, match="补登"):
        enter(office, "loan-loss", "40", "2020-09-30")
    with pytest.raises(Refused, match="理由"):
        enter(office, "loan-loss", "40", "2020-09-30", Late("密财发7号", ""))
    with pytest.raises(Refused, match="办理日期"):
        enter(office, "loan-loss", "40", "2020-10-21")
    late = enter(office, "loan-loss", "40", "2020-09-30", LATE)
    assert (first.number, first.late) == (1, "")
    assert (late.number, late.on, late.balance) == (2, D("2020-09-30"), 60)
    assert late.late == "补登，依据密财发7号；凭证今天才送到"
    said = json.loads(AuditEntry.objects.filter(action="finance.fund.entered").latest("pk").data)
    assert (said["on"], said["late"]) == ("2020-09-30", late.late)


def test_whether_it_is_late_is_asked_by_the_day_of_the_proposal(office):
    given = {"kind": "paid-in", "amount": Decimal(5), "on": D("2020-10-19"), "party": "区财政局", "basis": "某文"}
    row = propose(actor=office, code="finance-fund", late=IN_TIME, asked_on=AT.date(), at=AT, **given)
    later = AT + timedelta(days=9)
    decide(actor=another(office, 21), proposal_id=row.pk, version=1, confirm=True, note="", at=later)
    entry = FundEntry.objects.get()
    assert (entry.on, entry.late, entry.entered_at) == (D("2020-10-19"), "", later)


def test_in_the_browser_and_by_a_token(office):
    one, two = client_of("区金融办", "register_office"), client_of("区金融办", "register_office", "finance2")
    typed = {"kind": "paid-in", "amount": "100", "party": "区财政局", "basis": "某拨款文", "done_on": "2020-09-30"}
    wrong = one.post("/finance/fund/", typed)
    shown = wrong.content.decode()
    assert wrong.status_code == 422 and "补登" in shown and 'value="2020-09-30"' in shown and "某拨款文" in shown
    assert not Proposal.objects.exists()
    typed |= {"late_source": LATE.source, "late_reason": LATE.reason}
    assert confirm(one, two, one.post("/finance/fund/", typed)) == "finance-fund"
    row = FundEntry.objects.get()
    assert (row.on, row.late) == (D("2020-09-30"), "补登，依据密财发7号；凭证今天才送到")
    assert row.late in two.get("/finance/fund/").content.decode()
    # Without a day it is of today.
    bare = {name: typed[name] for name in ("kind", "amount", "party", "basis")} | {"amount": "7"}
    confirm(one, two, one.post("/finance/fund/", bare))
    newest = FundEntry.objects.latest("number")
    assert (newest.on, newest.late, newest.balance) == (newest.entered_at.astimezone().date(), "", 107)
    headers = api("区金融办", "register_office")

    def send(body):
        return Client().post("/api/v1/green/fund/", json.dumps(bare | body), "application/json", headers=headers)

    assert send({"amount": "8.005"}).status_code == 422
    late = send({"amount": "8", "on": "2020-09-30"})
    assert late.status_code == 422 and "补登" in late.json()["message"]
    assert send({"amount": "8"}).status_code == 202
    assert FundEntry.objects.count() == 2 and Proposal.objects.latest("pk").given["amount"] == "8"
