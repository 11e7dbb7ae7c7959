"""Money is 区财政局's alone: never more than is due, uses never more than is there; transfers and rewards."""

from datetime import date, datetime
from decimal import Decimal as D

import pytest

from farmland.models import Entry, Lot, Rate
from farmland.queries import money as sums
from farmland.queries import rewards
from farmland.queries.town_rewards import by_town, town_free
from farmland.queries.trial import trial_of
from farmland.services import fees, ledger, tables, transfers
from farmland.services.money import Movement, record_money, reverse_money
from miyun_kpi.lib.errors import NotAllowed
from miyun_kpi.organisations.queries import resolve
from tests.farmland.conftest import AT, DAY, act, granted, paid_out, put, rate, reserved, settled, ticket, use
from tests.farmland.test_ledger import code_of


def pay(actor, kind, amount, number, at=AT, **given):
    movement = Movement(kind=kind, amount=D(amount), day=at.date(), ticket=number, **given)
    return record_money(actor=actor, movement=movement, at=at)


def test_rewards_are_due_when_the_area_is_used_and_paid_no_further(pool, purse, four_lots):
    rate(purse)
    assert all(one.applied == 0 and one.waiting > 0 for one in by_town(Lot.objects.all()))
    row = settled(pool, purse)
    found = {one.name: one for one in by_town(Lot.objects.all())}
    assert (found["十里堡镇"].first, found["十里堡镇"].second) == (D("1125000"), D("2250000"))
    assert (found["十里堡镇"].applied, found["十里堡镇"].other) == (D("3375000"), D("2250000"))
    one, two = use(row, "十里堡-01"), use(row, "十里堡-02")
    assert code_of(granted, purse, "out_reward_first", "642000.01", entry_id=one) == "too-much"
    paid_out(purse, "out_reward_first", "642000", "奖1", entry_id=one)
    assert code_of(granted, purse, "out_reward_first", "0.01", entry_id=one) == "nothing-due"
    assert code_of(pay, purse, "out_reward_first", "0.01", "奖2", town="十里堡镇") == "needs-warrant"
    assert code_of(paid_out, purse, "out_reward_first", "483000", "奖1", entry_id=two) == "ticket-taken"
    far = use(row, "河南寨-01")
    last = paid_out(purse, "out_reward_second", "1400000", "奖4", entry_id=far)
    assert code_of(pay, purse, "town_public", "1400000.01", "用1", town="河南寨镇") == "too-much"
    assert code_of(pay, purse, "town_public", "1", "用1", town="河南寨镇", application_id=row.pk) == "not-of-this-kind"
    pay(purse, "town_public", "1400000", "用1", town="河南寨镇")
    assert town_free(resolve("河南寨镇").pk) == 0
    assert code_of(reverse_money, actor=purse, number=last.number, reason="付错了镇", at=AT) == "spent"


def test_the_compensation_fee_is_used_no_further_than_it_came_in(pool, purse, four_lots):
    rate(purse)
    assert code_of(pay, purse, "use_ecology", "0.01", "用1") == "too-much"
    settled(pool, purse)
    assert sums.fund() == D("730000")
    pay(purse, "use_city", "729999.99", "用2")
    assert code_of(pay, purse, "use_ecology", "0.02", "用3") == "too-much"
    with pytest.raises(NotAllowed):
        pay(pool, "use_ecology", "0.01", "用4")


def test_enterprises_are_paid_cost_profit_and_maintenance_once(pool, purse):
    lot = put(
        pool,
        "太师屯-09",
        "太师屯镇",
        "10.5",
        date(2020, 9, 1),
        builder="soe",
        builder_name="某公司",
        mining=True,
        cost=D("1000"),
        profit=D("200"),
    )
    for kind, most in (("out_soe_cost", "1000"), ("out_soe_profit", "200"), ("out_maintenance", "31500")):
        assert code_of(granted, purse, kind, str(D(most) + D("0.01")), lot_id=lot.pk) == "too-much"
        paid_out(purse, kind, most, f"付{kind}", lot_id=lot.pk)
    assert code_of(granted, purse, "out_maintenance", "0.01", lot_id=lot.pk) == "nothing-due"
    given = {"key": "maintenance_once", "value": False, "basis": "联席会议", "at": AT}
    tables.choose(actor=pool, starts_on=DAY, **given)
    paid_out(purse, "out_maintenance", "31500", "付三", lot_id=lot.pk)


def test_a_reduction_in_full_leaves_no_second_reward(pool, purse, four_lots):
    rate(purse)
    row = reserved(pool, area=D("10"))
    act(fees.assess_fees, purse, row, on=DAY)
    assert (
        code_of(act, fees.waive_fee, purse, row, amount=D("200000.01"), approval_number="批8", approval_on=DAY)
        == "bad-waiver"
    )
    act(fees.waive_fee, purse, row, amount=D("200000"), approval_number="批8", approval_on=DAY)
    assert code_of(ticket, purse, row, "in_compensation", "0.01", "票0") == "too-much"
    ticket(purse, row, "in_reclamation", "150000", "票1")
    from farmland.services import applications

    act(applications.post, pool, row)
    (line,) = rewards.lines()
    assert (line.first.due, line.second.due) == (D("500000"), D("0")) and "全额减免" in line.reason


def test_a_transfer_goes_by_acceptance_and_its_reward_is_agreed_by_itself(pool, purse, four_lots):
    deal = transfers.Deal("某区", D("40"), D("300000.01"), "协议1", "密政批7", date(2020, 10, 10))
    assert (
        code_of(
            transfers.transfer_out, actor=pool, deal=transfers.Deal(**deal.__dict__ | {"approval_number": " "}), at=AT
        )
        == "no-approval"
    )
    late = datetime.fromisoformat("2022-04-22T00:00:00+08:00")
    assert code_of(transfers.transfer_out, actor=pool, deal=deal, at=late) == "no-rule"
    row = transfers.transfer_out(actor=pool, deal=deal, at=AT)
    assert row.amount == D("12000000.40")
    assert [(e.lot.name, e.area) for e in row.entries.all()] == [("河南寨-01", D("32.4")), ("太师屯-01", D("7.6"))]
    assert code_of(granted, purse, "out_reward_transfer", "1", transfer_id=row.pk, town="河南寨镇") == "nothing-due"
    transfers.agree_reward(actor=purse, transfer_id=row.pk, version=1, reward=D("500"), reward_number="纪要1", at=AT)
    assert code_of(granted, purse, "out_reward_transfer", "1", transfer_id=row.pk, town="北庄镇") == "nothing-due"
    assert code_of(granted, purse, "out_reward_transfer", "1", transfer_id=row.pk) == "which-town"
    paid_out(purse, "out_reward_transfer", "500", "奖1", transfer_id=row.pk, town="河南寨镇")
    pay(purse, "in_transfer", "12000000.40", "收1", transfer_id=row.pk)
    assert all(line.applied == 0 for line in rewards.lines())
    number = row.entries.first().act
    assert code_of(ledger.reverse_act, actor=pool, number=number, reason="面积填错", at=AT) == "paid"
    for one in row.payments.all():
        reverse_money(actor=purse, number=one.number, reason="转让取消", at=AT)
    ledger.reverse_act(actor=pool, number=number, reason="面积填错", at=AT)
    assert ledger.check_ledger(actor=pool, at=AT).equal


def test_tables_are_dated_and_nothing_charged_changes(pool, purse, four_lots):
    rate(purse)
    settled(pool, purse)
    assert code_of(rate, purse, "1", date(2020, 5, 1)) == "rate-taken"
    assert code_of(rate, purse, "1", DAY) == "already-charged"
    rate(purse, "30000", date(2020, 10, 20))
    assert (
        code_of(
            tables.enter_period,
            actor=purse,
            starts_on=date(2022, 4, 21),
            ends_on=date(2023, 1, 1),
            basis="新办法",
            at=AT,
        )
        == "overlaps"
    )
    tables.enter_period(actor=purse, starts_on=date(2022, 4, 22), ends_on=date(2023, 1, 1), basis="新办法", at=AT)
    assert Rate.objects.filter(printed=True).count() == 5


def test_a_trial_saves_nothing_and_answers_for_its_day(pool, purse, four_lots):
    rate(purse)
    facts = {
        "investor": "social",
        "commercial": True,
        "district_pays": False,
        "public": True,
        "town": "十里堡镇",
        "area": D("36.5"),
    }
    found = trial_of(on=date(2022, 4, 21), **facts)
    assert [line.amount for line in found.fees] == [D("547500.00"), D("730000.00")] and found.allocation.beyond_town
    assert sum(line.applied for line in found.rewards) == D("5475000")
    after = trial_of(on=date(2022, 4, 22), **facts)
    assert {line.problem.code for line in after.fees} == {"no-rule"}
    before = trial_of(on=date(2020, 5, 21), **facts)
    assert "十里堡-02" not in [step.lot.name for step in before.allocation.steps]
    assert four_lots[0].entries.count() == 1


def test_article_6_the_plan_of_a_town_beside_what_came_of_it(pool, purse, four_lots):
    from farmland.queries.plans import plan_lines_of
    from farmland.services import applications
    from miyun_kpi.registers.models import Record
    from miyun_kpi.registers.services.records import create_record

    plan = {"year": "2020", "town": "十里堡镇", "supply": "10", "number": "密政发1号", "issued_on": "2020-01-10"}
    create_record(actor=pool, app="farmland", kind="plans", typed=plan, at=AT)
    rate(purse)
    row = settled(pool, purse)

    def line():
        found = plan_lines_of(
            list(Record.objects.select_related("owner")), Lot.objects.all(), Entry.objects.all(), 2020
        )
        return next(one for one in found if one.town == "十里堡镇")

    one = line()
    assert (one.planned, one.planned_use, one.accepted, one.left, one.used) == (
        D("10"),
        None,
        D("9.66"),
        D("0.34"),
        D("22.5"),
    )
    act(applications.reclaim, pool, row, approval_number="批9", approval_on=DAY, force_majeure=False, coordination="")
    assert line().used == 0
    town = next(one for one in by_town(Lot.objects.all()) if one.name == "十里堡镇")
    assert town.applied == 0, "what was reclaimed earns nothing until it is used again"


def test_a_reward_paid_for_what_is_reclaimed_is_taken_back(pool, purse, four_lots):
    from farmland.services import applications
    from miyun_kpi.inbox.models import Notice

    def town(name="十里堡镇"):
        return next(one for one in by_town(Lot.objects.all()) if one.name == name)

    rate(purse)
    row = settled(pool, purse)
    entry = use(row, "十里堡-01")
    assert rewards.paid_for(row) == []
    assert code_of(granted, purse, "in_back_first", "0.01", entry_id=entry) == "nothing-due"
    one, two = use(row, "十里堡-01"), use(row, "十里堡-02")
    paid = paid_out(purse, "out_reward_first", "642000", "奖1", entry_id=one)
    paid_out(purse, "out_reward_second", "1284000", "奖2", entry_id=one)
    paid_out(purse, "out_reward_first", "483000", "奖3", entry_id=two)
    paid_out(purse, "out_reward_second", "966000", "奖4", entry_id=two)
    pay(purse, "town_public", "1000000", "用1", town="十里堡镇")
    assert (town().over, town().fund) == (D(0), D("2375000"))
    assert rewards.paid_for(row) == [("十里堡镇", D("3375000"))]
    act(applications.reclaim, pool, row, approval_number="批9", approval_on=DAY, force_majeure=False, coordination="")
    said = "这批指标的奖励已付 3,375,000.00 元（十里堡镇 3,375,000.00 元）"
    assert row.events.filter(note__contains=said).exists()
    told = Notice.objects.filter(key__startswith="farmland-over:", organisation__code="caizheng-ju")
    assert sorted(told.values_list("title", flat=True)) == [
        "奖励待追回：项目甲，十里堡镇十里堡-01",
        "奖励待追回：项目甲，十里堡镇十里堡-02",
    ]
    assert "多付 1,926,000.00 元" in told.get(title__contains="-01").body and "收回指标（批9）" in told[0].body
    found = town()
    assert (found.over, found.left, found.fund, found.overspent) == (D("3375000"), D(0), D(0), D("1000000"))
    assert found.over_words == "多付 3,375,000.00 元，待追回（办法没有写明，请按第十四条协调）"
    assert (town("河南寨镇").over, town("河南寨镇").over_words) == (D(0), "")
    assert code_of(pay, purse, "town_public", "0.01", "用2", town="十里堡镇") == "too-much"
    assert code_of(granted, purse, "in_back_first", "642000.01", entry_id=one) == "too-much"
    paid_out(purse, "in_back_first", "642000", "追1", entry_id=one)
    assert (town().over, town().taken_back) == (D("2733000"), D("642000"))
    assert code_of(reverse_money, actor=purse, number=paid.number, reason="付错了镇", at=AT) == "taken-back"
    back = paid_out(purse, "in_back_second", "1284000", "追2", entry_id=one)
    assert (town().over, town().overspent) == (D("1449000"), D("1000000"))
    reverse_money(actor=purse, number=back.number, reason="票号填错", at=AT)
    assert town().over == D("2733000")
    again = settled(pool, purse, name="项目乙", area=D("10"))
    new = use(again, "十里堡-01")
    assert code_of(granted, purse, "out_reward_first", "500000.01", entry_id=new) == "too-much"
    paid_out(purse, "out_reward_first", "500000", "奖5", entry_id=new)
    assert (town().left, town().over) == (D("1000000"), D("2733000")), (
        "what one project holds too much is not paid to another"
    )
