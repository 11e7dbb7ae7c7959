"""The upgrade fixes what the office computed until then: what was paid by town is told apart, no sum of a town moves."""

from datetime import timedelta
from decimal import Decimal as D
from importlib import import_module

import pytest
from django.apps import apps

from farmland.models import Lot, Money, Reward, Setting, Warrant
from farmland.queries import rewards
from farmland.queries.town_rewards import by_town
from farmland.services import applications, settling
from miyun_kpi.organisations.queries import resolve
from tests.farmland.conftest import AT, DAY, act, granted, rate, settled, use
from tests.farmland.test_settling import agree

step = import_module("farmland.migrations.0003_what_was_due")


def paid(number, kind, amount, town="十里堡镇", reverses=None):
    given = {"kind": kind, "amount": D(amount), "day": DAY, "ticket": f"奖{number}", "reverses": reverses}
    return Money.objects.create(number=number, town=resolve(town), at=AT, by="财政", **given)


@pytest.fixture
def before(pool, purse, four_lots, monkeypatch):
    """As until then: uses without rewards, payments that name a town only."""
    monkeypatch.setattr(settling, "fix_due", lambda *args: None)
    rate(purse)
    gone = settled(pool, purse, name="收回的", area=D("2"))
    back = {"approval_number": "批9", "approval_on": DAY, "force_majeure": False, "coordination": ""}
    act(applications.reclaim, pool, gone, **back)
    found = [settled(pool, purse, name=name, area=D(area)) for name, area in (("甲", "3"), ("乙", "5"))]
    monkeypatch.undo()
    return [gone, *found]


def town(name="十里堡镇"):
    return next(one for one in by_town(Lot.objects.all()) if one.name == name)


def carried_over():
    step.fix_rewards(apps, None)
    step.other_payments(apps, None)


@pytest.mark.parametrize(
    ("first", "back", "left", "over"),
    [
        (("100000", "150000"), (), "150000", "0"),  # 400,000 due, 250,000 paid
        (("400000",), (), "0", "0"),
        (("400000", "60000"), (), "0", "60000"),
        (("400000", "60000"), ("50000",), "0", "10000"),
        (("500000", "7000"), ("90000",), "0", "17000"),
    ],
)
def test_no_sum_of_a_town_moves(before, purse, first, back, left, over):
    for number, amount in enumerate(first, start=901):
        paid(number, "out_reward_first", amount)
    for number, amount in enumerate(back, start=951):
        paid(number, "in_back_first", amount)
    paid(990, "out_reward_first", "33333")
    paid(991, "out_reward_first", "33333", reverses=990)
    carried_over()
    one = town()
    assert (one.left, one.over) == (D(left) + D("800000"), D(over)), "of （二） 800,000 are due and nothing was paid"
    assert one.paid == sum(map(D, first), D(0)) and one.taken_back == sum(map(D, back), D(0))
    told = Warrant.objects.exclude(money=None)
    assert sum(w.amount for w in told) == one.paid + one.taken_back
    assert not told.filter(money__number__in=[990, 991]).exists(), "what was 冲正 is told apart no more"
    for row in before:
        agree(row)


def test_what_stands_is_paid_first_and_the_rest_is_what_was_taken_back(before):
    gone, one, two = before
    paid(901, "out_reward_first", "450000")
    carried_over()
    held = {row.name: rewards.lines_of(row)[0].first.kept for row in before}
    assert held == {"甲": D("150000"), "乙": D("250000"), "收回的": D("50000")}
    causes = {r.cause for r in Reward.objects.filter(entry__application=gone)}
    assert causes == {"carried", "reclaim"} and rewards.lines_of(gone)[0].first.over == D("50000")
    later = rewards.lines_of(two)[0]
    assert (later.first.left, later.second.left) == (D(0), D("500000"))


def test_later_acts_go_on_from_what_was_carried(before, pool, purse):
    from farmland.services import tables

    carried_over()
    given = {"key": "rewards_add_up", "value": False, "basis": "会议", "at": AT}
    tables.choose(actor=purse, starts_on=DAY + timedelta(days=1), **given)
    row = before[1]
    back = {"approval_number": "批9", "approval_on": DAY, "force_majeure": False, "coordination": ""}
    granted(purse, "out_reward_first", "150000", entry_id=use(row, "十里堡-01"))
    act(applications.reclaim, pool, row, **back)
    assert not rewards.lines_of(row) and Warrant.objects.get().cancelled_at is not None
    agree(*before)


def test_the_newest_setting_counted_for_everything_and_so_it_begins_with_the_rule(gazette):
    rows = [("rewards_add_up", True, 5), ("rewards_add_up", False, 3), ("maintenance_once", False, 1)]
    for number, (key, value, ago) in enumerate(rows):
        at = AT - timedelta(days=ago)
        first = DAY - timedelta(days=number)
        Setting.objects.create(key=key, value=value, basis="会议", at=at, by="甲", starts_on=first)
    step.days_of_settings(apps, None)
    found = [(row.value, row.starts_on, row.struck_at is None) for row in Setting.objects.order_by("id")]
    assert found == [(True, step.FIRST_DAY, False), (False, step.FIRST_DAY, True), (False, step.FIRST_DAY, True)]
