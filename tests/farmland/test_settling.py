"""What was fixed stays: later prices and readings never re-price it, a mistyped one is struck and settled by difference."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.db.utils import DatabaseError

from farmland.models import Entry, Rate, Reward, RulePeriod, Setting, Warrant
from farmland.queries import money as sums
from farmland.queries import rewards, tables
from farmland.queries.payable import everything, short_fees
from farmland.services import applications, fees, ledger, striking
from farmland.services import tables as entering
from farmland.services.money import reverse_money
from miyun_kpi.lib.errors import NotAllowed
from tests.farmland.conftest import AT, DAY, act, granted, paid_out, rate, reserved, settled, somebody, ticket, use
from tests.farmland.test_ledger import code_of

LATER = DAY + timedelta(days=30)


def line_of(row, lot="十里堡-01"):
    return next(one for one in rewards.lines_of(row) if one.entry.lot.name == lot)


def choose(actor, key, value, starts_on=DAY):
    return entering.choose(actor=actor, key=key, value=value, starts_on=starts_on, basis="联席会议", at=AT)


def strike(actor, row, **right):
    given = {"value": None, "starts_on": None, "ends_on": None, "basis": "密财发〔2020〕2号"} | right
    return striking.strike_rate(actor=actor, row_id=row.pk, reason="小数点点错", at=AT, **given)


def strike_choice(actor, row, value=None, starts_on=None):
    given = {"value": value, "starts_on": starts_on, "basis": "联席会议"}
    return striking.strike_setting(actor=actor, row_id=row.pk, reason="理解有误", at=AT, **given)


def agree(*rows):
    """What is stored equals a fresh computation from the facts of this moment."""
    every = rewards.uses()
    alive, now, held = rewards.standing(every), rewards.fresh(every), rewards.held(every)
    for (pk, part), one in held.items():
        parts = now[pk].parts if pk in alive else None
        assert one.due == (parts[part].amount if parts else D(0))
        assert one.kept + one.left - one.over == one.due
    for row in rows:
        for fee in row.fees.all():
            line = next(one for one in fees.lines_of(row, fee.assessed_on) if one.duty.kind == fee.kind)
            assert fee.amount == (line.amount or D(0))


def test_a_paid_reward_is_not_repriced_by_a_setting_or_a_rate(pool, purse, four_lots):
    """A4, as the office met it: paid in full, then a setting and a rate are entered."""
    rate(purse)
    row = settled(pool, purse)
    entry = use(row, "十里堡-01")
    paid_out(purse, "out_reward_first", "642000", "奖1", entry_id=entry)
    paid_out(purse, "out_reward_second", "1284000", "奖2", entry_id=entry)
    assert code_of(choose, purse, "rewards_add_up", False) == "already-charged", "fixed under the older on that day"
    assert code_of(choose, purse, "rewards_add_up", False, date(2020, 5, 1)) == "already-charged"
    assert code_of(rate, purse, "60000", date(2020, 5, 1), "reward_first") == "already-charged"
    choose(purse, "rewards_add_up", False, DAY + timedelta(days=1))
    rate(purse, "60000", DAY + timedelta(days=1), "reward_first")
    line = line_of(row)
    assert (line.applied, line.kept, line.left, line.over) == (D("1926000"), D("1926000"), D(0), D(0))
    assert [one.cause for one in Reward.objects.filter(entry=entry)] == ["due", "due"]
    agree(row)
    later = settled(pool, purse, name="项目乙", area=D("1"))
    assert line_of(later, "河南寨-01").first.due == D("50000"), "核销 on the same day, before either started"


def test_a_later_use_takes_the_rate_and_the_reading_of_its_day(pool, purse, four_lots):
    rate(purse)
    choose(purse, "rewards_add_up", False, LATER)
    rate(purse, "60000", LATER, "reward_first")
    rate(purse, "120000", LATER, "reward_second")
    settled(pool, purse, name="项目甲", area=D("1"))
    row = reserved(pool, name="项目乙", area=D("1"))
    for fee in act(fees.assess_fees, purse, row, on=DAY):
        ticket(purse, row, f"in_{fee.kind}", fee.amount, f"票{fee.kind}")
    act(applications.post, pool, row, at=AT + timedelta(days=31))
    line = line_of(row)
    assert (line.first.due, line.second.due, line.other) == (D(0), D("120000"), D("180000"))
    assert (line.first.whole, line.second.rate) == (D("60000"), D("120000"))
    agree(row)


def test_without_a_rate_nothing_is_fixed_until_one_is_entered(pool, purse, four_lots):
    from datetime import datetime

    at = datetime.fromisoformat("2022-05-09T10:00:00+08:00")
    entering.enter_period(
        actor=purse, starts_on=date(2022, 4, 22), ends_on=date(2030, 4, 21), basis="密政发〔2022〕1号", at=at
    )
    for kind in ("compensation", "reclamation"):
        rate(purse, "20000", date(2022, 4, 22), kind, at=at)
    row = reserved(pool, area=D("1"))
    for fee in act(fees.assess_fees, purse, row, on=at.date(), at=at):
        ticket(purse, row, f"in_{fee.kind}", fee.amount, f"票{fee.kind}", at=at)
    act(applications.post, pool, row, at=at)
    line = line_of(row)
    assert "没有 2022-05-09 适用的单价" in line.problem and not Reward.objects.exists()
    assert code_of(granted, purse, "out_reward_first", "1", entry_id=line.entry.pk) == "nothing-due"
    rate(purse, "70000", date(2022, 4, 22), "reward_first", at=at)
    rate(purse, "90000", date(2022, 4, 22), "reward_second", at=at)
    line = line_of(row)
    assert (line.first.due, line.second.due, line.problem) == (D("70000"), D("90000"), "")
    assert {one.cause for one in Reward.objects.all()} == {"due"}
    agree(row)


def test_a_reversed_posting_takes_its_rewards_back_and_opens_a_claim(pool, purse, four_lots):
    rate(purse)
    row = settled(pool, purse)
    entry = use(row, "十里堡-01")
    paid_out(purse, "out_reward_first", "642000", "奖1", entry_id=entry)
    waiting = granted(purse, "out_reward_second", "1284000", entry_id=entry)
    ledger.reverse_act(actor=pool, number=Entry.objects.get(pk=entry).act, reason="项目填错", at=AT)
    line = line_of(row)
    assert (line.stands, line.first.over, line.second.over) == (False, D("642000"), D(0))
    assert line.first.ground == "冲正核销：项目填错"
    waiting.refresh_from_db()
    assert waiting.cancelled_at is not None and "应付数已变" in waiting.cancelled_for
    (claim,) = [one for one in everything(DAY) if one.entry == entry]
    assert (claim.kind, claim.amount, claim.what, claim.payee) == (
        "in_back_first",
        D("642000"),
        "项目甲，十里堡-01",
        "十里堡镇",
    )
    assert row.events.filter(act="追回奖励", note__contains="十里堡镇十里堡-01：多付 642,000.00 元").exists()
    act(applications.post, pool, row)
    again = use(row, "十里堡-01")
    assert again != entry and line_of(row).entry.pk == entry
    new = next(one for one in rewards.lines_of(row) if one.entry.pk == again)
    assert (new.first.due, new.first.kept) == (D("642000"), D(0)), "a new use, a new line"
    agree(row)


def test_what_is_fixed_cannot_be_changed_behind_the_accounts_back(pool, purse, four_lots):
    from django.db import transaction

    rate(purse)
    settled(pool, purse)
    for broken in (lambda: Reward.objects.update(amount=D("1")), lambda: Reward.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            broken()


def test_a_mistyped_price_is_struck_with_the_right_one_in_its_place(pool, purse, four_lots):
    """A7: 1.00 元/亩. One project has paid, one has not, one is posted."""
    wrong = rate(purse, "1.00", DAY)
    rate(purse, "20000")
    paid, open_one, done = (reserved(pool, name=name, area=D("10")) for name in ("已缴", "未缴", "已核销"))
    for row in (paid, open_one, done):
        act(fees.assess_fees, purse, row, on=DAY)
    for row in (paid, done):
        for fee in row.fees.all():
            ticket(purse, row, f"in_{fee.kind}", fee.amount, f"票{row.pk}{fee.kind}")
    act(applications.post, pool, done)
    words = "\n".join(striking.rate_preview(wrong, D("30000"), None, None))
    assert (
        "已缴耕地保护补偿费（2020-10-19 核费）：10.00 元 → 300,000.00 元，已缴 10.00 元，待补缴 299,990.00 元" in words
    )
    assert "未缴耕地保护补偿费（2020-10-19 核费）：10.00 元 → 300,000.00 元" in words and "核费 3 项" in words
    before = {row.pk: row.version for row in (open_one,)}
    strike(purse, wrong, value=D("30000"))
    for row in (paid, open_one, done):
        fee = row.fees.get(kind="compensation")
        assert (fee.amount, fee.rate, fee.void) == (D("300000"), D("30000"), False)
        assert row.events.filter(act="费用重算").exists()
    open_one.refresh_from_db()
    assert open_one.version > before[open_one.pk], "whoever had the page open sees it"
    assert [(fee.application.name, amount) for fee, amount in short_fees()] == [("已核销", D("299990"))]
    assert code_of(act, applications.post, pool, paid) == "no-ticket"
    ticket(purse, done, "in_compensation", "299990", "补1")
    assert not short_fees()
    assert Rate.objects.get(pk=wrong.pk).struck_for == "小数点点错"
    assert code_of(strike, purse, wrong) == "struck"
    agree(paid, open_one, done)


def test_struck_without_a_right_one_nothing_is_charged_until_it_is_entered_for_the_same_day(pool, purse, four_lots):
    wrong = rate(purse, "90000", DAY)
    paid, open_one, done = (reserved(pool, name=name, area=D("1")) for name in ("已缴", "未缴", "已核销"))
    for row in (paid, open_one, done):
        act(fees.assess_fees, purse, row, on=DAY)
    for row in (paid, done):
        for fee in row.fees.all():
            ticket(purse, row, f"in_{fee.kind}", fee.amount, f"票{row.pk}{fee.kind}")
    act(applications.post, pool, done)
    strike(purse, wrong)
    assert {row.fees.get(kind="compensation").void for row in (paid, open_one, done)} == {True}
    assert code_of(act, applications.post, pool, paid) == "not-assessed"
    fee = done.fees.get(kind="compensation")
    assert sums.over_of(fee) == D("90000")
    assert line_of(done).second.due == D("100000"), "the fee was paid; only its price is lacking"
    rate(purse, "20000", DAY)
    fee.refresh_from_db()
    assert (fee.void, fee.amount, sums.over_of(fee)) == (False, D("20000"), D("70000"))
    assert code_of(granted, purse, "refund_compensation", "70000.01", fee_id=fee.pk) == "too-much"
    fund = sums.fund()
    money = paid_out(purse, "refund_compensation", "70000", "退1", fee_id=fee.pk)
    assert money.application == done and Warrant.objects.get(money=money).payee == "某公司"
    assert (sums.over_of(fee), sums.paid_of(fee), sums.fund()) == (D(0), D("20000"), fund - D("70000"))
    first = fee.payments.get(kind="in_compensation")
    assert code_of(reverse_money, actor=purse, number=first.number, reason="票号填错", at=AT) == "posted"
    act(applications.post, pool, paid)
    agree(paid, open_one, done)


def test_a_struck_reward_rate_settles_what_was_fixed_by_difference(pool, purse, four_lots):
    rate(purse)
    rate(purse, "45000", date(2020, 10, 1), "reward_first")
    wrong = Rate.objects.get(kind="reward_first", starts_on=date(2020, 10, 1))
    row = settled(pool, purse)
    one, two = use(row, "十里堡-01"), use(row, "十里堡-02")
    paid_out(purse, "out_reward_first", "577800", "奖1", entry_id=one)
    said = "\n".join(striking.rate_preview(wrong, D("40000"), None, None))
    assert "奖励第九条（一）：577,800.00 → 513,600.00 元，已付 577,800.00 元，待追回 64,200.00 元" in said
    strike(purse, wrong, value=D("40000"))
    lines = {line.entry.pk: line for line in rewards.lines_of(row)}
    assert (lines[one].first.due, lines[one].first.over) == (D("513600"), D("64200"))
    assert (lines[two].first.due, lines[two].first.over) == (D("386400"), D(0))
    assert [(r.cause, r.amount) for r in Reward.objects.filter(entry=one, part="first")] == [
        ("due", D("577800")),
        ("amended", D("-64200")),
    ]
    back = paid_out(purse, "in_back_first", "64200", "追1", entry_id=one)
    right = Rate.objects.get(kind="reward_first", starts_on=date(2020, 10, 1), struck_at=None)
    strike(purse, right)
    assert line_of(row).first.left == D("128400"), "50,000 of the gazette again: 642,000 due, 513,600 kept"
    reverse_money(actor=purse, number=back.number, reason="票号填错", at=AT)
    assert line_of(row).first.left == D("64200")
    agree(row)


def test_a_struck_setting_settles_what_was_fixed(pool, purse, four_lots):
    rate(purse)
    choose(pool, "rewards_add_up", False, DAY)
    row = settled(pool, purse)
    assert (line_of(row).first.due, line_of(row).second.due) == (D(0), D("1284000"))
    wrong = Setting.objects.get()
    strike_choice(pool, wrong)
    assert line_of(row).first.due == D("642000")
    assert tables.choices(DAY)["rewards_add_up"] is True
    choose(pool, "rewards_add_up", False, DAY)
    assert line_of(row).first.due == D(0), "where a struck one stood the right one settles by difference"
    agree(row)


def test_a_wrong_end_of_the_rule_is_set_right(pool, purse, four_lots):
    """A7: a wrong end blocked all later ones by overlap."""
    given = {"starts_on": date(2022, 4, 22), "basis": "密政发〔2022〕9号"}
    wrong = entering.enter_period(actor=purse, ends_on=date(2300, 4, 21), at=AT, **given)
    later = {"starts_on": date(2030, 4, 22), "ends_on": date(2032, 4, 21), "basis": "密政发〔2030〕1号"}
    assert code_of(entering.enter_period, actor=purse, at=AT, **later) == "overlaps"
    right = {"starts_on": None, "ends_on": date(2030, 4, 21), "basis": "密政发〔2022〕9号"}
    striking.strike_period(actor=purse, row_id=wrong.pk, reason="年份多打一位", at=AT, **right)
    entering.enter_period(actor=purse, at=AT, **later)
    standing = RulePeriod.objects.filter(struck_at=None)
    assert [(one.starts_on.year, one.ends_on.year) for one in standing] == [(2020, 2022), (2022, 2030), (2030, 2032)]
    printed = RulePeriod.objects.get(printed=True)
    nothing = {"starts_on": None, "ends_on": None, "basis": ""}
    strike_it = {"actor": purse, "row_id": printed.pk, "reason": "不想要了", "at": AT}
    assert code_of(striking.strike_period, **strike_it, **nothing) == "printed"


def test_a_struck_period_voids_what_was_assessed_in_it(pool, purse, four_lots):
    from datetime import datetime

    at = datetime.fromisoformat("2022-05-09T10:00:00+08:00")
    given = {"starts_on": date(2022, 4, 22), "ends_on": date(2030, 4, 21), "basis": "密政发〔2022〕9号"}
    period = entering.enter_period(actor=purse, at=at, **given)
    for kind in ("compensation", "reclamation"):
        rate(purse, "20000", date(2022, 4, 22), kind, at=at)
    row = reserved(pool, area=D("1"))
    act(fees.assess_fees, purse, row, on=at.date(), at=at)
    nothing = {"starts_on": None, "ends_on": None, "basis": ""}
    striking.strike_period(actor=purse, row_id=period.pk, reason="文件没有印发", at=at, **nothing)
    assert {fee.void for fee in row.fees.all()} == {True}
    assert code_of(act, fees.assess_fees, purse, row, on=at.date(), at=at) == "no-rule"
    entering.enter_period(actor=purse, at=at, **given)
    assert [(fee.void, fee.amount) for fee in row.fees.all()] == [(False, D("20000"))] * 2


def test_a_waiver_stays_as_it_was_approved(pool, purse, four_lots):
    wrong = rate(purse, "10000", DAY)
    row = reserved(pool, area=D("10"))
    act(fees.assess_fees, purse, row, on=DAY)
    act(fees.waive_fee, purse, row, amount=D("80000"), approval_number="批8", approval_on=DAY)
    strike(purse, wrong, value=D("5000"))
    fee = row.fees.get(kind="compensation")
    assert (fee.amount, fee.waived, fee.approved, fee.owed) == (D("50000"), D("50000"), D("80000"), D(0))
    right = Rate.objects.get(kind="compensation", struck_at=None)
    strike(purse, right, value=D("20000"))
    fee.refresh_from_db()
    assert (fee.amount, fee.waived, fee.owed) == (D("200000"), D("80000"), D("120000"))


def test_only_the_offices_strike_and_nothing_printed(pool, purse, four_lots):
    row = rate(purse)
    for actor in (pool, somebody("北庄镇", "reporter", 40)):
        with pytest.raises(NotAllowed):
            strike(actor, row)
    printed = Rate.objects.filter(printed=True).first()
    assert code_of(strike, purse, printed) == "printed"
    given = {"value": None, "starts_on": None, "ends_on": None, "basis": ""}
    assert code_of(striking.strike_rate, actor=purse, row_id=row.pk, reason="错", at=AT, **given) == "reason-missing"


def test_what_is_no_longer_due_is_not_paid(pool, purse, four_lots):
    """Decided, and then the price is put right again, the cost of the lot or the agreed reward is lowered."""
    from farmland.services import lots, transfers, warrants
    from tests.farmland.conftest import put

    def pay(row, number):
        return warrants.record_voucher(actor=purse, warrant_id=row.pk, ticket=number, day=DAY, at=AT)

    wrong = rate(purse, "90000", DAY)
    row = reserved(pool, area=D("1"))
    for fee in act(fees.assess_fees, purse, row, on=DAY):
        ticket(purse, row, f"in_{fee.kind}", fee.amount, f"票{fee.kind}")
    strike(purse, wrong, value=D("20000"))
    fee = row.fees.get(kind="compensation")
    refund = granted(purse, "refund_compensation", "70000", fee_id=fee.pk)
    strike(purse, Rate.objects.get(kind="compensation", struck_at=None), value=D("50000"))
    assert code_of(pay, refund, "退1") == "no-longer-due"
    warrants.cancel(actor=purse, warrant_id=refund.pk, reason="应退数已变", at=AT)
    pay(granted(purse, "refund_compensation", "40000", fee_id=fee.pk), "退1")
    lot = put(pool, "企-01", "北庄镇", "2", DAY, builder="soe", builder_name="某公司", cost=D("1000"))
    cost = granted(purse, "out_soe_cost", "1000", lot_id=lot.pk)
    given = {"cost": D("900"), "profit": None, "quality": "", "paddy": None, "capacity": "", "builder_name": "某公司"}
    lots.amend_lot(actor=pool, lot_id=lot.pk, version=lot.version, at=AT, **given)
    assert code_of(pay, cost, "付1") == "no-longer-due"
    deal = transfers.Deal("某区", D("2"), D("300000"), "协议1", "密政批7", date(2020, 10, 10))
    moved = transfers.transfer_out(actor=pool, deal=deal, at=AT)
    agreed = {"transfer_id": moved.pk, "reward_number": "纪要1", "actor": purse, "at": AT}
    transfers.agree_reward(version=1, reward=D("500"), **agreed)
    reward = granted(purse, "out_reward_transfer", "500", transfer_id=moved.pk)
    transfers.agree_reward(version=2, reward=D("400"), **agreed)
    assert code_of(pay, reward, "付2") == "no-longer-due"
    transfers.agree_reward(version=3, reward=D("600"), **agreed)
    assert pay(reward, "付2").amount == D("500")
