"""A row entered where a struck one stood moves what was computed: both persons read what before, and the trail says how much."""

import json
from datetime import date
from decimal import Decimal as D

import pytest

from farmland.models import Fee
from farmland.queries import rewards
from farmland.services import applications, fees, striking, tables
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.proposals.services import decide, propose
from tests.farmland.conftest import AT, DAY, act, rate, reserved, settled, somebody, ticket

NOTHING = {"value": None, "starts_on": None, "basis": ""}


def proposed(actor, code, at=AT, **given):
    return propose(actor=actor, code=f"farmland-{code}", at=at, **given)


def confirmed(made, office, at=AT):
    other = somebody(office, "register_office", 47)
    return decide(actor=other, proposal_id=made.pk, version=made.version, confirm=True, note="", at=at)


def price(value="20000", starts_on=DAY):
    given = {"kind": "compensation", "value": D(value), "starts_on": starts_on, "ends_on": None}
    return given | {"basis": "密财发〔2020〕1号"}


def moved_in(action):
    return json.loads(AuditEntry.objects.filter(action=action).latest("pk").data).get("moved")


@pytest.mark.parametrize(
    ("paid", "rest"), [(False, ""), (True, "，已缴 10.00 元，待补缴 199,990.00 元")], ids=["unpaid", "paid"]
)
def test_a_price_where_a_struck_one_stood_says_which_fees_it_sets(pool, purse, four_lots, paid, rest):
    wrong = rate(purse, "1.00", DAY)
    row = reserved(pool, area=D("10"))
    act(fees.assess_fees, purse, row, on=DAY)
    if paid:
        ticket(purse, row, "in_compensation", "10", "票1")
    striking.strike_rate(actor=purse, row_id=wrong.pk, reason="小数点打错", ends_on=None, at=AT, **NOTHING)
    made = proposed(purse, "rate", **price())
    assert made.warned == [
        "录入以后重算核费 1 项、奖励 0 项，确认后逐项按下列结果结算：",
        f"项目甲耕地保护补偿费（2020-10-19 核费）：0.00 元 → 200,000.00 元{rest}",
    ]
    assert Fee.objects.get(kind="compensation").void, "nothing before the second"
    confirmed(made, "区财政局")
    assert Fee.objects.get(kind="compensation").owed == 200000
    assert "0.00 元 → 200,000.00 元" in row.events.filter(act="费用重算").latest("pk").note
    assert moved_in("farmland.rate.entered") == 1


def test_a_reading_where_a_struck_one_stood_says_which_rewards_it_settles(pool, purse, four_lots):
    wrong = tables.choose(actor=pool, key="rewards_add_up", value=False, starts_on=DAY, basis="会议", at=AT)
    rate(purse)
    row = settled(pool, purse, area=D("1"))
    striking.strike_setting(actor=pool, row_id=wrong.pk, reason="当时选错了", at=AT, **NOTHING)
    given = {"key": "rewards_add_up", "value": False, "starts_on": DAY, "basis": "联席会议"}
    made = proposed(pool, "choose", **given)
    assert made.warned == [
        "录入以后重算核费 0 项、奖励 1 项，确认后逐项按下列结果结算：",
        "项目甲用十里堡镇十里堡-01，奖励第九条（一）：50,000.00 → 0.00 元",
    ]
    confirmed(made, "区规自分局")
    (line,) = rewards.lines_of(row)
    assert (line.first.due, line.second.due) == (0, D(100000)) and moved_in("farmland.setting.chosen") == 1


def test_a_rule_period_where_a_struck_one_stood_says_which_fees_are_due_again(pool, purse, four_lots):
    later, first = AT.replace(year=2022, month=6), date(2022, 5, 1)
    days = {"starts_on": first, "ends_on": date(2023, 4, 30), "basis": "后续办法"}
    wrong = tables.enter_period(actor=purse, at=later, **days)
    rate(purse)
    rate(purse, "15000", first, "reclamation", basis="密财发〔2022〕1号", at=later)
    row = reserved(pool, area=D("1"))
    act(fees.assess_fees, purse, row, on=later.date(), at=later)
    gone = {"starts_on": None, "ends_on": None, "basis": ""}
    striking.strike_period(actor=purse, row_id=wrong.pk, reason="年份打错", at=later, **gone)
    made = proposed(purse, "period", at=later, **days)
    assert made.warned[0] == "录入以后重算核费 2 项、奖励 0 项，确认后逐项按下列结果结算：" and len(made.warned) == 3
    confirmed(made, "区财政局", at=later)
    assert [fee.owed for fee in row.fees.order_by("pk")] == [15000, 20000]


def test_a_price_that_was_lacking_says_which_rewards_it_fixes(pool, purse, four_lots):
    later, first = AT.replace(year=2022, month=6), date(2022, 5, 1)
    days = {"starts_on": first, "ends_on": date(2023, 4, 30), "basis": "后续办法"}
    tables.enter_period(actor=purse, at=later, **days)
    rate(purse)
    rate(purse, "15000", first, "reclamation", basis="密财发〔2022〕1号", at=later)
    row = reserved(pool, area=D("1"))
    for fee in act(fees.assess_fees, purse, row, on=later.date(), at=later):
        ticket(purse, row, f"in_{fee.kind}", fee.amount, f"票{fee.kind}", at=later)
    act(applications.post, pool, row, at=later)
    rate(purse, "50000", first, "reward_first", basis="密财发〔2022〕2号", at=later)
    given = price("100000", first) | {"kind": "reward_second", "basis": "密财发〔2022〕2号"}
    made = proposed(purse, "rate", at=later, **given)
    assert made.warned[0] == "录入以后重算核费 0 项、奖励 2 项，确认后逐项按下列结果结算："
    confirmed(made, "区财政局", at=later)
    (line,) = rewards.lines_of(row)
    assert line.first.due + line.second.due == 150000


def test_a_row_for_days_to_come_has_nothing_to_say(pool, purse, four_lots):
    rate(purse)
    settled(pool, purse, area=D("1"))
    made = proposed(purse, "rate", **price("30000", date(2021, 1, 1)))
    assert made.warned == []
    confirmed(made, "区财政局")
    assert moved_in("farmland.rate.entered") is None
