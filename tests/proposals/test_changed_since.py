"""What is confirmed is what was read: where its ground has changed since it was proposed, the second person reads it anew."""

import re
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.test import Client

from farmland.models import Application, Fee, Rate, Warrant
from farmland.services import fees
from finance_policy.models import Loan, Subsidy
from finance_policy.services import loans
from miyun_kpi.accounts.models import User
from miyun_kpi.acts.days import IN_TIME
from miyun_kpi.lib.errors import Conflict
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import decide, propose
from tests.factories.rankings import BACKEND
from tests.farmland.conftest import AT as OF_FARMLAND
from tests.farmland.conftest import act, four_lots, pool, purse, rate, reserved, settled, use
from tests.farmland.test_two_persons import NO_IDS, pools, purses
from tests.finance_policy.conftest import office, second
from tests.finance_policy.test_granting import NOW, colleague, firm, given, lend, pay, rated
from tests.postdoc.test_one_body import posted

__all__ = ["colleague", "firm", "four_lots", "given", "office", "pool", "pools", "purse", "purses", "second"]


def proposed(actor, code, at=NOW, **more):
    return propose(actor=actor, code=code, at=at, **more)


def confirmed(actor, row, at=NOW, **more):
    return decide(actor=actor, proposal_id=row.pk, version=row.version, confirm=True, note="", at=at, **more)


def stops(actor, row, at=NOW, **more):
    with pytest.raises(Conflict) as refused:
        confirmed(actor, row, at, **more)
    row.refresh_from_db()
    assert row.state == "proposed"
    return refused.value.code


class Page:
    """Of the second person: what it says, and what its form sends."""

    def __init__(self, row, unit):
        posted("第二人", resolve(unit), "")
        self.client, self.address = Client(), f"/proposals/{row.pk}/"
        self.client.force_login(User.objects.get(username="第二人"), backend=BACKEND)

    @property
    def text(self):
        return self.client.get(self.address).content.decode()

    def hidden(self):
        return dict(re.findall(r'<input type="hidden" name="(seen|read)" value="(\d+)">', self.text))

    def confirm(self, **more):
        row = Proposal.objects.get()
        typed = {"version": row.version, "decision": "confirm", "note": ""} | more
        return self.client.post(f"{self.address}decide/", typed)


# ── 19号 ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_subsidy_is_released_at_the_sum_that_was_read(office, firm):
    rated(office)
    lend(office, firm)
    span = {"from_on": date(2020, 11, 1), "to_on": date(2021, 2, 1)}
    row = proposed(office, "finance-subsidy", record_id=firm.pk, **span)
    page = Page(row, "区金融办")
    first = page.hidden()
    assert "3,833.33" in page.text and "提出以后" not in page.text
    lend(office, firm, contract="2号", principal="500000")
    assert "提出以后，这件事又有变化" in page.text and "5,750.00 元" in page.text and "有变化" in page.text
    for blind in ({}, first):
        answer = page.confirm(**blind)
        assert answer.status_code == 409 and "所依据的内容又有变化" in answer.content.decode()
    assert not Subsidy.objects.exists()
    assert page.confirm(**page.hidden()).status_code == 302
    assert str(Subsidy.objects.get().due) == "5750.00" and "提出以后" not in page.text


def test_a_subsidy_whose_ground_is_gone_is_refused_by_its_own_reason_and_given_back(office, colleague, firm):
    rated(office)
    loan = lend(office, firm)
    span = {"from_on": date(2020, 11, 1), "to_on": date(2021, 2, 1)}
    row = proposed(office, "finance-subsidy", record_id=firm.pk, **span)
    loans.strike_loan(actor=office, loan_id=loan.pk, version=1, reason="合同号录错", at=NOW)
    page = Page(row, "区金融办")
    assert "没有登记的贷款" in page.confirm(**page.hidden()).content.decode()
    decide(actor=colleague, proposal_id=row.pk, version=1, confirm=False, note="贷款已作废", at=NOW)
    row.refresh_from_db()
    assert row.state == "returned"


def test_a_subsidy_paid_since_is_revoked_by_who_has_read_that(office, colleague, given):
    row = proposed(office, "finance-subsidy-revoke", subsidy_id=given.pk, version=given.version, reason="核定有误")
    assert row.warned == []
    pay(office, given)
    assert stops(colleague, row) == "stale"
    page = Page(row, "区金融办")
    assert "已拨付 3,833.33 元，撤销以后全部待追回" in page.text
    assert page.confirm(seen=page.hidden()["seen"]).status_code == 409, "the warning was not read"
    assert page.confirm(**page.hidden()).status_code == 302
    given.refresh_from_db()
    assert (given.state, given.due, given.back) == ("revoked", 0, D("3833.33"))


def test_a_voucher_is_reversed_after_another_was_entered(office, colleague, given):
    line = pay(office, given)
    given.refresh_from_db()
    more = {"subsidy_id": given.pk, "version": given.version, "line_id": line.pk, "reason": "凭证号录错"}
    row = proposed(office, "finance-subsidy-reverse", **more)
    lend(office, given.record, contract="2号", principal="500000")
    assert stops(colleague, row) == "stale"
    given.refresh_from_db()
    confirmed(colleague, row, seen=given.version)
    given.refresh_from_db()
    assert given.paid == 0


@pytest.mark.parametrize("code", ["finance-loan-repay", "finance-loan-strike"])
def test_a_loan_that_was_moved_since_is_acted_on_by_who_has_read_it(office, colleague, given, code):
    loan = Loan.objects.get()
    more = {"repaid_on": date(2020, 12, 1)} if code.endswith("repay") else {"reason": "不是绿色贷款"}
    row = proposed(office, code, loan_id=loan.pk, version=loan.version, **more)
    loans.repay_loan(actor=office, loan_id=loan.pk, version=loan.version, repaid_on=date(2021, 1, 1), at=NOW)
    assert stops(colleague, row) == "stale"
    page = Page(row, "区金融办")
    assert "提出以后，这件事又有变化" in page.text and "2,541.67 元" in page.text
    assert page.confirm(**page.hidden()).status_code == 302
    given.refresh_from_db()
    assert given.due == (D("1250.00") if code.endswith("repay") else 0)


def test_what_a_rate_changes_is_read_as_it_is_when_it_is_confirmed(office, colleague, given):
    wrong = given.rate
    more = {"rate_id": wrong.pk, "version": wrong.version, "reason": "年率录错", "percent": D("3"), "basis": "某文"}
    row = proposed(office, "finance-rate-strike", **more)
    assert any("3,833.33 元 变为 7,666.67 元，已拨付 0.00 元" in one for one in row.warned)
    pay(office, given)
    assert stops(colleague, row) == "changed-since"
    given.refresh_from_db()
    assert given.percent == D("1.5")
    page = Page(row, "区金融办")
    assert "已拨付 3,833.33 元，待拨付 3,833.34 元" in page.text
    assert page.confirm(**page.hidden()).status_code == 302
    given.refresh_from_db()
    assert str(given.due) == "7666.67"


# ── 21号 ─────────────────────────────────────────────────────────────────────────────────────────


def test_fees_are_fixed_at_the_sums_that_were_read(pools, purses, four_lots):
    rate(purses["first"], starts_on=date(2020, 5, 1))
    row = reserved(pools["first"])
    row.refresh_from_db()
    day = OF_FARMLAND.date()
    more = {"application_id": row.pk, "version": row.version, "on": day, "late": IN_TIME, "asked_on": day}
    made = proposed(purses["first"], "farmland-assess", OF_FARMLAND, **more)
    rate(purses["first"], "30000", starts_on=date(2020, 6, 1))
    assert stops(purses["second"], made, OF_FARMLAND) == "changed-since"
    assert stops(purses["second"], made, OF_FARMLAND, seen=row.version) == "changed-since"
    assert not Fee.objects.exists()
    page = Page(made, "区财政局")
    assert "730,000.00 元" in page.text and "1,095,000.00 元" in page.text
    confirmed(purses["second"], made, OF_FARMLAND, read=int(page.hidden()["read"]))
    assert str(Fee.objects.get(kind="compensation").amount) == "1095000.00"


def test_a_price_is_struck_by_who_has_read_what_was_computed_on_it(pools, purses, four_lots):
    wrong = rate(purses["first"])
    row, day = reserved(pools["first"]), OF_FARMLAND.date()
    more = {"row_id": wrong.pk, "reason": "单价录错", "value": D("30000"), "starts_on": None, "ends_on": None}
    made = proposed(purses["first"], "farmland-strike-rate", OF_FARMLAND, basis="密财发2号", **more)
    act(fees.assess_fees, purses["first"], row, on=day)
    assert stops(purses["second"], made, OF_FARMLAND) == "changed-since"
    assert Rate.objects.get(pk=wrong.pk).struck_at is None
    page = Page(made, "区财政局")
    confirmed(purses["second"], made, OF_FARMLAND, read=int(page.hidden()["read"]))
    assert Rate.objects.get(pk=wrong.pk).struck_at is not None


def test_a_payment_is_released_for_what_was_read(pools, purses, four_lots):
    rate(purses["first"])
    row = settled(pools["first"], purses["first"])
    kind = {"kind": "out_reward_first", "amount": D("100"), **NO_IDS, "entry_id": use(row, "十里堡-01")}
    made = proposed(purses["first"], "farmland-pay", OF_FARMLAND, **kind)
    Application.objects.filter(pk=row.pk).update(name="项目乙")
    assert stops(purses["second"], made, OF_FARMLAND) == "changed-since"
    page = Page(made, "区财政局")
    assert "项目甲，十里堡镇" in page.text and "项目乙，十里堡镇" in page.text
    confirmed(purses["second"], made, OF_FARMLAND, read=int(page.hidden()["read"]))
    assert Warrant.objects.get().amount == 100


# ── 期初 and what is given word for word ──────────────────────────────────────────────────────────


def test_what_reads_as_before_is_confirmed_without_reading_it_again(pools, purses):
    price = {"kind": "compensation", "value": D("9"), "starts_on": date(2020, 5, 1), "ends_on": None, "basis": "文1"}
    made = proposed(purses["first"], "farmland-rate", OF_FARMLAND, **price)
    page = Page(made, "区财政局")
    assert "提出以后" not in page.text
    confirmed(purses["second"], made, OF_FARMLAND + timedelta(days=3))
    assert Rate.objects.get(basis="文1").value == 9
