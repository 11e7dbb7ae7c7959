"""One proposes, another of the deciding office carries out; what rests on it is said to both beforehand."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from farmland.models import Application, Entry, Fee, Money, MoneyCheck, Rate, Setting, Transfer, Warrant
from farmland.queries.reconciling import months
from farmland.services import applications, fees
from farmland.services import money as moneys
from farmland.services.money import Movement, record_money
from farmland.services.transfers import Deal
from miyun_kpi.acts.days import IN_TIME, Late
from miyun_kpi.lib.errors import NotAllowed
from miyun_kpi.proposals.registry import decisions
from miyun_kpi.proposals.services import by_two, decide, propose
from tests.farmland.conftest import AT, DAY, act, paid_out, rate, reserved, settled, somebody, use
from tests.farmland.test_ledger import code_of

NO_IDS = {"entry_id": None, "lot_id": None, "transfer_id": None, "fee_id": None, "town": "", "note": ""}
TODAY = {"on": None, "late": IN_TIME, "asked_on": DAY}


@pytest.fixture
def pools(pool):
    return {"first": pool, "second": somebody("区规自分局", "register_office", 41)}


LATE = Late("付款凭证", "凭证送来得晚")


@pytest.fixture
def purses(purse):
    return {"first": purse, "second": somebody("区财政局", "register_office", 42)}


def of(row, **more):
    row.refresh_from_db()
    return {"application_id": row.pk, "version": row.version, **more}


def test_every_act_over_land_and_money_takes_two(pools, purses, four_lots):
    """From the price to the payment, each by its two persons and not by one; the figures are those of before."""
    price = {
        "kind": "compensation",
        "value": D("20000"),
        "starts_on": date(2020, 5, 1),
        "ends_on": None,
        "basis": "文1",
    }
    by_two(code="farmland-rate", at=AT, **purses, **price)
    row = reserved(pools["first"], area=D("36.5"))
    by_two(code="farmland-assess", at=AT, **purses, **of(row, on=DAY, late=IN_TIME, asked_on=DAY))
    waiver = {"amount": D("30000"), "approval_number": "批8", "approval_on": DAY}
    by_two(code="farmland-waive", at=AT, **purses, **of(row, **waiver))
    for fee in Fee.objects.all():
        movement = Movement(f"in_{fee.kind}", fee.owed, DAY, f"票{fee.pk}", application_id=row.pk)
        record_money(actor=purses["first"], movement=movement, at=AT)
    by_two(code="farmland-post", at=AT, **pools, **of(row, **TODAY))
    entry = use(row, "十里堡-01")
    pay = {"kind": "out_reward_first", "amount": D("642000"), **NO_IDS, "entry_id": entry}
    made = by_two(code="farmland-pay", at=AT, **purses, **pay)
    assert made.name == "项目甲，十里堡镇十里堡-01，支：奖励 第九条（一）"
    assert Warrant.objects.get().by == purses["second"].label
    row.refresh_from_db()
    assert row.state == "posted" and Fee.objects.get(kind="compensation").owed == D("700000")
    deal = Deal("某区", D("2"), D("300000"), "协议1", "密政批7", date(2020, 10, 10))
    by_two(code="farmland-transfer", at=AT, deal=deal, **pools, **TODAY)
    transfer = Transfer.objects.get()
    assert (transfer.amount, transfer.approval_on) == (D("600000.00"), date(2020, 10, 10))
    agreed = {"transfer_id": transfer.pk, "version": 1, "reward": D("500"), "reward_number": "纪要1"}
    by_two(code="farmland-agree-reward", at=AT, **purses, **agreed)
    number = Money.objects.get(kind="in_reclamation").number
    wrong = code_of(
        propose, actor=purses["first"], code="farmland-reverse-money", number=number, reason="票号填错", at=AT
    )
    assert wrong == "posted", "what the act refuses is refused when it is proposed"
    given = {"key": "rewards_add_up", "value": False, "starts_on": DAY + timedelta(days=1), "basis": "会议"}
    by_two(code="farmland-choose", at=AT, **pools, **given)
    strike = {"row_id": Setting.objects.get().pk, "reason": "理解有误", "value": None, "starts_on": None, "basis": ""}
    by_two(code="farmland-strike-choose", at=AT, **purses, **strike)
    assert Setting.objects.get().struck_by == purses["second"].label


def test_who_takes_quota_back_reads_what_was_paid_of_it(pools, purses, four_lots):
    rate(purses["first"])
    row = settled(pools["first"], purses["first"])
    entry = use(row, "河南寨-01")
    paid_out(purses["first"], "out_reward_second", "1400000", "奖1", entry_id=entry)
    back = {"approval_number": "批9", "approval_on": DAY, "force_majeure": False, "coordination": "", **TODAY}
    made = propose(actor=pools["first"], code="farmland-reclaim", at=AT, **of(row, **back))
    assert made.warned == [
        "这批指标的奖励已付 1,400,000.00 元（河南寨镇 1,400,000.00 元），收回后为多付，待追回（办法没有写明，请按第十四条协调）。",
        "项目甲，河南寨镇河南寨-01：已付 1,400,000.00 元",
    ]
    number = Entry.objects.get(pk=entry).act
    other = propose(actor=pools["first"], code="farmland-reverse-entry", at=AT, number=number, reason="项目填错")
    assert "冲正核销后为多付" in other.warned[0] and other.warned[1:] == made.warned[1:]
    done = {"proposal_id": other.pk, "version": 1, "confirm": True, "note": "", "at": AT}
    decide(actor=pools["second"], **done)
    row.refresh_from_db()
    assert row.state == "reserved"
    late = {"proposal_id": made.pk, "version": 1, "confirm": True, "note": "", "at": AT}
    assert code_of(decide, actor=pools["second"], **late) == "stale", "what came first is not overwritten"
    line = propose(
        actor=purses["first"],
        code="farmland-reverse-money",
        at=AT,
        number=Money.objects.last().number,
        reason="票号填错",
    )
    assert line.warned == [f"付款核定第 {Warrant.objects.get().pk} 号（河南寨镇，1,400,000.00 元）重新待付。"]


def test_a_strike_lists_what_was_computed_on_it(pools, purses, four_lots):
    rate(purses["first"], "1.00", DAY)
    row = reserved(pools["first"], area=D("10"))
    act(fees.assess_fees, purses["first"], row, on=DAY)
    wrong = Rate.objects.get(value=D("1"))
    given = {"row_id": wrong.pk, "reason": "打错一位", "starts_on": None, "ends_on": None, "basis": "文1"}
    made = propose(actor=purses["first"], code="farmland-strike-rate", at=AT, value=D("20000"), **given)
    assert made.warned == [
        "按这一行核费 1 项、固定奖励 0 项，确认后逐项按下列结果结算：",
        "项目甲耕地保护补偿费（2020-10-19 核费）：10.00 元 → 200,000.00 元",
    ]
    assert ["正确的取值", "20000"] in made.said
    decide(actor=purses["second"], proposal_id=made.pk, version=1, confirm=True, note="", at=AT)
    assert Fee.objects.get(kind="compensation").amount == D("200000")


def test_each_decision_belongs_to_its_office(pools, purses, gazette):
    """Whoever is not of it may not even propose."""
    pool_acts = {"opening", "post", "release", "reclaim", "find", "transfer", "reverse-entry"}
    either = {"choose", "strike-choose"}
    own = [one for one in decisions() if one.subject == "farmland"]
    assert len(own) == 21
    for one in own:
        code = one.code.removeprefix("farmland-")
        for office, actor in (("pool", pools["first"]), ("purse", purses["first"])):
            allowed = code in either or (code in pool_acts) == (office == "pool")
            if allowed:
                one.may(actor, {})
            else:
                with pytest.raises(NotAllowed):
                    one.may(actor, {})
        with pytest.raises(NotAllowed):
            one.may(somebody("北庄镇", "reporter", 50), {})


def test_a_paper_of_an_earlier_day_keeps_its_day(pools, purses, four_lots):
    """Rate and reward are those of the paper; the line bears the number of its registration, and 补登 with its reason."""
    rate(purses["first"])
    row = reserved(pools["first"], area=D("1"))
    later = AT + timedelta(days=9)
    late = Late("缴费通知书第3号", "经办人出差")
    assert code_of(act, fees.assess_fees, purses["first"], row, on=DAY, at=later) == "late-entry"
    act(fees.assess_fees, purses["first"], row, on=DAY, at=later, late=late)
    for fee in row.fees.all():
        given = {"application_id": row.pk, "late": late}
        movement = Movement(f"in_{fee.kind}", fee.owed, DAY + timedelta(days=1), f"票{fee.pk}", **given)
        record_money(actor=purses["first"], movement=movement, at=later)
    rate(purses["first"], "70000", DAY + timedelta(days=5), "reward_first", at=later)
    post = {"at": later, "late": late}
    assert code_of(act, applications.post, pools["first"], row, on=DAY, **post) == "too-early", "before its tickets"
    assert code_of(act, applications.post, pools["first"], row, on=DAY + timedelta(days=10), **post) == "future-day"
    assert code_of(act, applications.post, pools["first"], row, on=DAY + timedelta(days=2), at=later) == "late-entry"
    act(applications.post, pools["first"], row, on=DAY + timedelta(days=2), **post)
    line = Entry.objects.get(kind="post")
    assert (line.done_on, line.late) == (DAY + timedelta(days=2), "补登，依据缴费通知书第3号；经办人出差")
    assert line.rewards.get(part="first").amount == D("50000"), "the rate of the paper, not of the registration"
    assert line.number == Entry.objects.count()
    event = row.events.get(act="核销").note
    assert "办理日期 2020-10-21，补登，依据缴费通知书第3号" in event
    given = {
        "approval_number": "批9",
        "approval_on": DAY + timedelta(days=4),
        "force_majeure": False,
        "coordination": "",
    }
    early = {"on": DAY + timedelta(days=3), **post, **given}
    assert code_of(act, applications.reclaim, pools["first"], row, **early) == "too-early", "before its approval"
    act(applications.reclaim, pools["first"], row, **early | {"on": DAY + timedelta(days=4)})
    assert Entry.objects.get(kind="reclaim").done_on == DAY + timedelta(days=4)


def test_a_reservation_is_not_before_its_approval_or_the_lot(pools, four_lots):
    from tests.farmland.conftest import apply

    row = apply(pools["first"], area=D("1"), approval_on=date(2020, 10, 15))
    late = Late("预留单", "系统停机未登记")
    assert code_of(act, applications.reserve, pools["first"], row, on=date(2020, 10, 14), late=late) == "too-early"
    act(applications.reserve, pools["first"], row, on=date(2020, 10, 15), late=late)
    given = {"reason": "项目推迟", "late": late, "on": date(2020, 10, 14)}
    assert code_of(act, applications.release, pools["first"], row, **given) == "too-early"
    assert Entry.objects.filter(kind="reserve", late__startswith="补登，依据预留单").exists()


def test_what_the_first_asks_in_time_is_no_late_entry_when_the_second_takes_long(pools, purses, four_lots):
    rate(purses["first"])
    row = reserved(pools["first"], area=D("1"))
    made = propose(actor=purses["first"], code="farmland-assess", at=AT, **of(row, on=DAY, late=IN_TIME, asked_on=DAY))
    later = AT + timedelta(days=12)
    decide(actor=purses["second"], proposal_id=made.pk, version=1, confirm=True, note="", at=later)
    assert {fee.assessed_on for fee in Fee.objects.all()} == {DAY}


def test_a_month_is_reconciled_as_a_list_by_two(pools, purses, four_lots):
    rate(purses["first"])
    settled(pools["first"], purses["first"], area=D("1"))
    over = AT + timedelta(days=20)
    (found,) = months()
    assert (found.month, found.count, found.state[1], found.last) == ("2020-10", 2, "未对账", None)
    assert (found.sums.paid.net, found.sums.received.net) == (0, D("35000.00"))
    given = {"month": "2020-10", "digest": found.digest}
    assert code_of(propose, actor=purses["first"], code="farmland-reconciliation", at=AT, **given) == "month-runs"
    made = propose(actor=purses["first"], code="farmland-reconciliation", at=over, **given)
    assert ["收：耕地开垦费", "1 笔　15,000.00 元"] in made.said
    movement = Movement("use_city", D("7"), DAY, "用1", late=LATE)
    record_money(actor=purses["first"], movement=movement, at=over)
    done = {"proposal_id": made.pk, "version": 1, "note": "", "at": over}
    assert code_of(decide, actor=purses["second"], confirm=True, **done) == "list-changed"
    decide(actor=purses["second"], confirm=False, **done | {"note": "清单有变动"})
    (found,) = months()
    given = {"month": "2020-10", "digest": found.digest}
    by_two(code="farmland-reconciliation", at=over, **purses, **given)
    row = MoneyCheck.objects.get()
    assert (row.count, row.number, row.paid, row.by) == (3, 1, 7, purses["second"].label)
    assert months()[0].state[1] == "已对账"
    again = code_of(propose, actor=purses["first"], code="farmland-reconciliation", at=over, **given)
    assert again == "reconciled"
    record_money(actor=purses["first"], movement=Movement("use_city", D("8"), DAY, "用2", late=LATE), at=over)
    (one,) = months()
    assert one.open and [line.proof for line in one.later] == ["用2"]
    by_two(code="farmland-reconciliation", at=over, **purses, month="2020-10", digest=one.digest)
    assert not months()[0].open and [one.number for one in MoneyCheck.objects.order_by("pk")] == [1, 2]
    # A reversal counts against what it takes back.
    moneys.reverse_money(actor=purses["first"], number=4, reason="票据录错", at=over)
    used = [one.amount for found in months() for one in found.vouchers if one.kind == "补偿费用于城市基础建设"]
    assert sorted(used) == [-8, 7, 8] and sum(found.open for found in months()) == 1


def test_projects_keep_their_key(pools, four_lots):
    """Of one project several acts may wait, of one act only one."""
    row = reserved(pools["first"])
    given = of(row, reason="项目推迟", **TODAY)
    propose(actor=pools["first"], code="farmland-release", at=AT, **given)
    assert code_of(propose, actor=pools["second"], code="farmland-release", at=AT, **given) == "already-proposed"
    assert Application.objects.get(pk=row.pk).state == "reserved"
