"""贴息 from the calculation alone: loans, days, the rate of the table; refused with one reason; settled by difference."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from finance_policy.models import Loan, Subsidy, SubsidyRate
from finance_policy.queries.subsidies import months
from finance_policy.rules.granting import Barred, Lent, free_days, grant, outside
from finance_policy.rules.subsidy import Rate
from finance_policy.services import library, loans, subsidies, veto
from finance_policy.services.halting import codes, settle_firm
from miyun_kpi.acts.days import Late
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.proposals.services import by_two, decide, propose
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.services.records import create_record
from tests.duties.conftest import acting
from tests.finance_policy.conftest import AT, ENTERPRISE, another, code_of, in_library, make, step
from tests.registers.test_records import client_of

D = date.fromisoformat
# 2021-03-01: the loan of 1,000,000 ran from 2020-11-01, the firm is in the library since 2020-10-20.
NOW = AT + timedelta(days=132)


@pytest.fixture
def colleague(office):
    return another(office, 20)


@pytest.fixture
def firm(office, second):
    return in_library(office, second)


def lend(actor, row, contract="1号", principal="1000000", drawn="2020-11-01", due="2022-11-01", at=NOW):
    days = {"drawn_on": D(drawn), "due_on": D(due)}
    sum_ = Decimal(principal)
    return loans.enter_loan(
        actor=actor, record_id=row.pk, lender="甲银行", contract=contract, principal=sum_, at=at, **days
    )


def rated(actor, percent="1.5", level="1", from_on="2020-05-01", at=NOW, **more):
    given = {"level": level, "from_on": D(from_on), "until": None, "percent": Decimal(percent), "basis": "某文"}
    return library.enter_rate(actor=actor, at=at, **(given | more))


def give(actor, row, first="2020-11-01", last="2021-02-01", at=NOW):
    return subsidies.release(actor=actor, record_id=row.pk, from_on=D(first), to_on=D(last), at=at)


def pay(actor, row, proof="密财1号", at=NOW, **more):
    row.refresh_from_db()
    return subsidies.pay(actor=actor, subsidy_id=row.pk, version=row.version, proof=proof, at=at, **more)


@pytest.fixture
def given(office, firm):
    """3,833.33 元: 1,000,000 × 1.5% × 92 ÷ 360."""
    rated(office)
    lend(office, firm)
    return give(office, firm)


def test_the_amount_is_the_computed_one_and_its_sum_is_kept(given):
    assert str(given.amount) == "3833.33"
    assert given.sum == "（1,000,000.00 × 92 天（甲银行 1号））× 1.5% ÷ 360 = 3,833.33 元"
    assert (given.due, given.paid, given.progress[1]) == (Decimal("3833.33"), 0, "待拨付")


@pytest.mark.parametrize(
    ("lent", "barred", "last", "whole", "parts", "amount"),
    [
        # Half of it repaid on the 31st day: 92 and 30 days.
        ([("甲", 1000000, "11-01", None), ("乙", 600000, "11-01", "12-01")], [], "02-01", False, [30, 92], "4583.33"),
        # Drawn within the span, the last day counted: 62 + 1.
        ([("甲", 1000000, "12-01", None)], [], "02-01", True, [63], "2625.00"),
        # Ten days in the middle on which nothing is given.
        ([("甲", 1000000, "11-01", None)], [("11-11", "11-21")], "02-01", False, [82], "3416.67"),
        # From a day on nothing more.
        ([("甲", 1000000, "11-01", None)], [("11-11", "9999")], "02-01", False, [10], "416.67"),
        ([("甲", 1000000, "11-01", None)], [("10-01", "9999")], "02-01", False, [], "0.00"),
    ],
)
def test_days_are_those_on_which_the_loan_ran_and_nothing_stood_in_the_way(lent, barred, last, whole, parts, amount):
    def on(text):
        return date.max if text in (None, "9999") else D(f"{2021 if text < '06' else 2020}-{text}")

    found = grant(
        [Rate("1", D("2020-05-01"), None, Decimal("1.5"), "某文")],
        [Lent(name, Decimal(sum_), on(first), on(end) if end else D("2025-01-01")) for name, sum_, first, end in lent],
        [Barred(on(first), on(end), "某事") for first, end in barred],
        level="1",
        from_on=D("2020-11-01"),
        to_on=on(last),
        day_basis=360,
        count_last=whole,
    )
    assert [one.days for one in found.parts] == parts and str(found.amount) == amount


def test_free_days_are_counted_as_one_would_with_a_calendar():
    chance, day = random.Random(7), D("2020-01-01")
    for _ in range(300):
        first, length = day + timedelta(days=chance.randrange(40)), chance.randrange(40)
        barred = []
        for _ in range(chance.randrange(4)):
            start = day + timedelta(days=chance.randrange(80))
            barred.append(Barred(start, start + timedelta(days=chance.randrange(20)), "某事"))
        end = first + timedelta(days=length)
        days = (first + timedelta(days=n) for n in range(length))
        by_hand = sum(not any(one.first <= one_day < one.end for one in barred) for one_day in days)
        assert free_days(first, end, barred) == by_hand


def test_outside_the_stays_everything_is_barred():
    stays = [(D("2020-02-01"), D("2020-03-01")), (D("2020-05-01"), None)]
    assert [(one.first, one.end) for one in outside(stays, "不在库")] == [
        (date.min, D("2020-02-01")),
        (D("2020-03-01"), D("2020-05-01")),
    ]
    assert [(one.first, one.end) for one in outside([], "不在库")] == [(date.min, date.max)]


def refused(act, code):
    with pytest.raises(Refused) as found:
        act()
    assert found.value.code == code, found.value.message
    assert found.value.message.count("。") <= 2
    return found.value.message


def test_what_is_not_supported_is_refused_by_its_reason(office, second, firm, environment):
    rated(office)
    lend(office, firm)
    early = refused(lambda: give(office, firm, first="2020-10-19", last="2020-12-01"), "not-supported")
    assert "2020-10-19 企业不在绿色产业（项目）库" in early
    assert "还没有过完" in refused(lambda: give(office, firm, last="2021-03-02"), "future-span")
    refused(lambda: give(office, firm, first="2020-12-01", last="2020-12-01"), "bad-span")
    other = in_library(office, second, code=code_of(2), name="绿山公司")
    assert "没有登记的贷款" in refused(lambda: give(office, other), "no-loan")
    lend(office, other, contract="2号")
    declared = make(office, "enterprises", **(ENTERPRISE | {"code": code_of(3), "name": "新公司"}))
    assert "不在绿色产业（项目）库" in refused(lambda: give(office, declared), "not-supported")
    library.decide_grade(
        actor=environment, enterprise_id=other.pk, grade="black", decided_on=D("2020-12-05"), basis="评价", at=NOW
    )
    assert "2020-12-05 绿色信用等级为黑" in refused(lambda: give(office, other), "not-supported")
    assert give(office, other, last="2020-12-05").amount == Decimal("1416.67")
    step(office, Record.objects.get(pk=firm.pk), "remove", "企业已经停产", at=NOW - timedelta(days=60))
    refused(lambda: give(office, firm, last="2021-01-10"), "not-supported")
    assert give(office, firm, last="2020-12-31").amount == Decimal("2500.00")
    washing = make(
        office, "washing", name="x", code=code_of(1), sign="1", on="2020-10-01", due_on="2020-11-01", finding="某"
    )
    with pytest.raises(NotFound):
        give(office, washing)


def test_without_a_rate_of_the_day_nothing_is_released(office, firm):
    lend(office, firm)
    assert "一级在 2020-11-01 没有贴息率" in refused(lambda: give(office, firm), "no-rate")


def test_a_veto_stops_from_its_day_and_flags_the_library(office, firm, environment, given):
    pay(office, given)
    note = veto.issue(
        actor=environment,
        name="绿水公司",
        code=code_of(1),
        fact="超标排放，整改期内",
        basis="某决定",
        issued_on=D("2021-01-02"),
        at=NOW,
    )
    firm.refresh_from_db()
    given.refresh_from_db()
    # 62 of 92 days are left: 2,583.33.
    assert (firm.stage, firm.values["review_on"]) == ("halted", "2021-03-01")
    assert (str(given.due), str(given.back), given.progress[1]) == ("2583.33", "1250.00", "待追回")
    told = Notice.objects.filter(organisation__name="区金融办").values_list("title", flat=True)
    assert any(one.startswith("停止支持，请即复核：绿水公司") for one in told)
    assert any("待追回 1,250.00 元" in one for one in told)
    page = client_of("区金融办", "register_office").get(f"/finance/records/enterprises/{firm.pk}/").content.decode()
    assert "停止支持，待复核" in page and "环保一票否决（2021-01-02 起）" in page
    client = client_of("区金融办", "register_office", "finance2")
    assert "停止支持" in client.get("/finance/records/enterprises/").content.decode()
    desk = client.get("/").content.decode()
    assert "贴息待追回 1 笔" in desk and "合计 1,250.00 元" in desk and "绿水公司" in desk
    refused(lambda: give(office, firm, first="2021-02-01", last="2021-02-20"), "not-supported")
    step(office, firm, "recheck", "复核：整改未完", at=NOW, reviewed_on="2021-03-01", next_review="2021-04-01")
    veto.lift(actor=environment, notice_id=note.pk, version=1, on=D("2021-02-01"), reason="误发，撤回", at=NOW)
    firm.refresh_from_db()
    assert firm.stage == "recognised" and firm.events.order_by("-pk")[0].step_code == "resume"
    given.refresh_from_db()
    assert str(given.due) == "2583.33", "the days of the veto stay without"


def test_a_firm_that_enters_the_library_while_it_is_stopped_is_found_by_night(office, second, environment):
    veto.issue(
        actor=environment,
        name="绿水公司",
        code=code_of(1),
        fact="超标排放",
        basis="某决定",
        issued_on=D("2020-10-01"),
        at=AT,
    )
    row = in_library(office, second)
    assert row.stage == "recognised" and codes() == [code_of(1)]
    settle_firm(code_of(1), NOW)
    row.refresh_from_db()
    assert row.stage == "halted"


def test_spans_of_one_firm_share_no_day(office, given, firm):
    for first, last in (("2020-11-01", "2021-02-01"), ("2020-12-01", "2020-12-02"), ("2021-01-31", "2021-02-20")):
        assert "与贴息第 1 号（2020-11-01 至 2021-02-01）的计息期重叠" in refused(
            lambda first=first, last=last: give(office, firm, first=first, last=last), "overlap"
        )
    # The last day does not count: the next span begins on it.
    assert give(office, firm, first="2021-02-01", last="2021-02-20").number == 2
    subsidies.revoke(actor=office, subsidy_id=given.pk, version=given.version, reason="计息止日定错", at=NOW)
    assert give(office, firm, last="2020-12-01").number == 3


def test_a_payment_has_its_voucher_and_nothing_else_is_typed(office, second, given):
    with pytest.raises(NotAllowed):
        pay(acting("北庄镇", "reporter"), given)
    with pytest.raises(Refused, match="凭证号"):
        pay(office, given, proof=" ")
    with pytest.raises(Refused, match="补登"):
        pay(office, given, at=NOW + timedelta(days=9), on=D("2021-03-02"))
    line = pay(office, given, at=NOW + timedelta(days=9), on=D("2021-03-02"), late=Late("密财发3号", "凭证今天才送到"))
    assert (line.amount, line.payee, line.on) == (Decimal("3833.33"), "绿水公司", D("2021-03-02"))
    assert line.late.startswith("补登，依据密财发3号")
    with pytest.raises(Conflict, match="没有待拨付"):
        pay(office, given, proof="密财2号")
    with pytest.raises(Refused, match="早于核定日期"):
        row = Subsidy.objects.get(pk=given.pk)
        subsidies.reverse_line(
            actor=office, subsidy_id=row.pk, version=row.version, line_id=line.pk, reason="凭证号录错", at=NOW
        )
        pay(office, given, on=D("2021-02-27"), late=Late("密财发3号", "凭证今天才送到"))


def test_a_voucher_number_stands_once_until_it_is_reversed(office, firm, given):
    pay(office, given)
    other = give(office, firm, first="2021-02-01", last="2021-02-20")
    for spelled in ("密财1号", "密财１号", " 密财 1 号", "密财\u200b1号"):
        with pytest.raises(Conflict, match="凭证号已经用过"):
            pay(office, other, proof=spelled)
    row = Subsidy.objects.get(pk=given.pk)
    line = row.lines.get()
    undo = {"subsidy_id": row.pk, "version": row.version, "line_id": line.pk, "reason": "凭证号录错"}
    subsidies.reverse_line(actor=office, at=NOW, **undo)
    pay(office, other)
    row.refresh_from_db()
    with pytest.raises(Conflict, match="已经冲正"):
        subsidies.reverse_line(actor=office, at=NOW, **(undo | {"version": row.version}))
    assert (row.paid, row.progress[1]) == (0, "待拨付")


def test_a_struck_rate_names_what_was_paid_and_the_right_one_settles_it(office, colleague, given):
    pay(office, given)
    rate = SubsidyRate.objects.get()
    said = {"rate_id": rate.pk, "version": 1, "reason": "年率录错了", "percent": Decimal("1.2"), "basis": "某文更正"}
    row = propose(actor=office, code="finance-rate-strike", at=NOW, **said)
    assert row.warned[0] == "按它核定了 1 笔贴息，已拨付 3,833.33 元；作废以后按差额结。"
    assert "由 3,833.33 元 变为 3,066.67 元" in row.warned[1] and "待追回 766.66 元" in row.warned[1]
    assert SubsidyRate.objects.get().struck_at is None
    decide(actor=colleague, proposal_id=row.pk, version=row.version, confirm=True, note="", at=NOW)
    given.refresh_from_db()
    assert (str(given.due), str(given.paid), str(given.amount)) == ("3066.67", "3833.33", "3833.33")
    back = {"subsidy_id": given.pk, "version": given.version, "proof": "密财退1号"}
    with pytest.raises(Refused, match=r"待追回 766\.66 元"):
        subsidies.recover(actor=office, amount=Decimal("766.67"), at=NOW, **back)
    subsidies.recover(actor=office, amount=Decimal("700"), at=NOW, **back)
    given.refresh_from_db()
    subsidies.recover(
        actor=office, amount=Decimal("66.66"), at=NOW, **(back | {"version": given.version, "proof": "密财退2号"})
    )
    given.refresh_from_db()
    assert given.progress == ("done", "已拨付")


def test_only_struck_without_another_everything_is_to_be_given_back_until_there_is_one(office, given):
    pay(office, given)
    library.strike_rate(actor=office, rate_id=given.rate_id, version=1, reason="年率录错了", at=NOW)
    given.refresh_from_db()
    assert (given.due, given.back) == (0, Decimal("3833.33"))
    rated(office, percent="2")
    given.refresh_from_db()
    assert (str(given.due), str(given.outstanding)) == ("5111.11", "1277.78")
    assert pay(office, given, proof="密财补1号").amount == Decimal("1277.78")


def test_late_facts_of_a_loan_are_taken_in_and_settled(office, firm, given):
    pay(office, given)
    loan = Loan.objects.get()
    loans.repay_loan(actor=office, loan_id=loan.pk, version=1, repaid_on=D("2020-12-01"), at=NOW)
    given.refresh_from_db()
    assert str(given.due) == "1250.00"
    with pytest.raises(Refused, match="已经登记"):
        lend(office, firm)
    lend(office, firm, contract="3号", principal="500000", drawn="2021-01-01")
    given.refresh_from_db()
    assert str(given.due) == "1895.83"
    loan.refresh_from_db()
    loans.strike_loan(actor=office, loan_id=loan.pk, version=loan.version, reason="合同没有签成", at=NOW)
    given.refresh_from_db()
    assert str(given.due) == "645.83"
    lend(office, firm)
    given.refresh_from_db()
    # 4,479.1666… of the two loans together: rounded once, not loan by loan.
    assert str(given.due) == "4479.17"
    assert [one.kind for one in given.lines.all()].count("changed") == 4
    assert "补登贷款" in given.lines.last().note


def test_the_month_is_reconciled_by_two_and_what_comes_after_is_told(office, colleague, firm, given):
    pay(office, given)
    later = NOW + timedelta(days=40)
    (found,) = months()
    assert (found.month, found.state[1], found.count, found.sums.paid.net) == (
        "2021-03",
        "未对账",
        1,
        Decimal("3833.33"),
    )
    said = {"month": "2021-03", "digest": found.digest}
    with pytest.raises(Refused, match="还没有过完"):
        propose(actor=office, code="finance-reconciliation", at=NOW, **said)
    row = propose(actor=office, code="finance-reconciliation", at=later, **said)
    assert ["付出合计", "1 笔　3,833.33 元"] in row.said and any("密财1号" in one[0] for one in row.said)
    other = give(office, firm, first="2021-02-01", last="2021-02-20", at=later - timedelta(days=30))
    pay(office, other, proof="密财2号", at=later, on=D("2021-03-31"), late=Late("密财发9号", "凭证后来才送到"))
    sure = {"proposal_id": row.pk, "version": row.version, "confirm": True, "note": ""}
    with pytest.raises(Conflict, match="清单和当时看到的不同"):
        decide(actor=colleague, at=later, **sure)
    decide(actor=colleague, at=later, **(sure | {"confirm": False, "note": "又有一笔，重新提"}))
    (found,) = months()
    by_two(
        first=office, second=colleague, code="finance-reconciliation", at=later, month="2021-03", digest=found.digest
    )
    (found,) = months()
    assert (found.state[1], found.last.number, found.last.count) == ("已对账", 1, 2)
    with pytest.raises(Conflict, match="已经对账"):
        by_two(
            first=office,
            second=colleague,
            code="finance-reconciliation",
            at=later,
            month="2021-03",
            digest=found.digest,
        )
    third = give(office, firm, first="2021-02-20", last="2021-02-25", at=later - timedelta(days=30))
    pay(office, third, proof="密财3号", at=later, on=D("2021-03-31"), late=Late("密财发9号", "凭证后来才送到"))
    (found,) = months()
    assert found.state[1] == "对账以后又登记 1 笔" and [one.proof for one in found.later] == ["密财3号"]
    page = client_of("区金融办", "register_office").get("/finance/subsidies/months/").content.decode()
    assert "对账以后又登记 1 笔" in page and "密财3号" in page and "密财1号" not in page


def test_the_old_register_is_only_read(office):
    typed = {"project": "某项目", "code": code_of(3), "from_on": "2020-01-01", "to_on": "2020-06-30"}
    typed |= {"loan": "1000000", "rate": "2", "amount": "9917.81"}
    with pytest.raises(NotAllowed):
        create_record(actor=office, app="finance", kind="subsidies", typed=typed, at=AT)
