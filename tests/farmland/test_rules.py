"""21号 by article, each boundary from both sides."""

from datetime import date
from decimal import Decimal as D

import pytest

from farmland.enums import CHOICE_DEFAULTS
from farmland.rules.allocation import LotFacts, allocate, request_note, require_allowed
from farmland.rules.fees import (
    FIRST_DAY,
    LAST_DAY,
    Coordination,
    DatedRate,
    Nature,
    Span,
    fee_lines,
    require_tickets,
    waived_amount,
)
from farmland.rules.ledger import Buckets, Line, compare, replay
from farmland.rules.limits import (
    LARGEST_AREA,
    LARGEST_MONEY,
    read_exact,
    require_acceptance_day,
    require_area,
    require_not_too_large,
)
from farmland.rules.places import require_town
from farmland.rules.rewards import Use, maintenance_of, require_profit, reward_of
from miyun_kpi.lib.errors import Refused

LOTS = [
    LotFacts(1, "河-01", "he", "河南寨镇", date(2018, 11, 20), D("12.4")),
    LotFacts(2, "太-01", "tai", "太师屯镇", date(2019, 3, 15), D("14.26")),
    LotFacts(3, "十-01", "shi", "十里堡镇", date(2019, 6, 28), D("12.84")),
    LotFacts(4, "巨-01", "ju", "巨各庄镇", date(2019, 9, 10), D("11.005")),
    LotFacts(6, "十-02", "shi", "十里堡镇", date(2020, 5, 22), D("9.66")),
]
RATES = [
    DatedRate("reclamation", D("15000"), FIRST_DAY, LAST_DAY, "第八条（一）"),
    DatedRate("reward_first", D("50000"), FIRST_DAY, LAST_DAY, "第九条（一）"),
    DatedRate("reward_second", D("100000"), FIRST_DAY, LAST_DAY, "第九条（二）"),
]
COMPENSATION = DatedRate("compensation", D("20000.01"), date(2020, 5, 1), None, "密财发1号")
SPANS = [Span(FIRST_DAY, LAST_DAY, "第十六条")]
CHOICES = {str(key): value for key, value in CHOICE_DEFAULTS.items()}


def refusal(act, *args, **kwargs):
    """The code of the refusal, "" for none."""
    try:
        act(*args, **kwargs)
    except Refused as found:
        assert found.message.endswith("。") and found.clause, found
        return found.code
    return ""


def test_article_9_2_the_four_steps_of_the_picture():
    found = allocate(D("36.5"), "shi", "十里堡镇", LOTS)
    assert [(s.lot.lot_id, s.need, s.available, s.taken, s.left) for s in found.steps] == [
        (3, D("36.5"), D("12.84"), D("12.84"), D("23.66")),
        (6, D("23.66"), D("9.66"), D("9.66"), D("14.00")),
        (1, D("14.00"), D("12.4"), D("12.4"), D("1.60")),
        (2, D("1.60"), D("14.26"), D("1.60"), D("0.00")),
    ]
    assert "本镇优先" in found.steps[0].reason and "其他镇" in found.steps[2].reason
    assert found.steps[3].reason.endswith("只取所缺") and [lot.lot_id for lot in found.unused] == [4]
    assert "14.0000 亩" in found.flag


@pytest.mark.parametrize(
    ("area", "town", "lots", "short", "beyond"),
    [
        ("12.84", "shi", [3], "0", False),
        ("12.8401", "shi", [3, 6], "0", False),
        ("22.5", "shi", [3, 6], "0", False),
        ("22.5001", "shi", [3, 6, 1], "0", True),
        ("0.0001", "he", [1], "0", False),
        ("1", "none", [1], "0", True),
        ("60.165", "shi", [3, 6, 1, 2, 4], "0.000", True),
        ("60.1651", "shi", [3, 6, 1, 2, 4], "0.0001", True),
    ],
)
def test_articles_6_and_9_own_town_and_the_rest(area, town, lots, short, beyond):
    found = allocate(D(area), town, "某镇", LOTS)
    assert ([s.lot.lot_id for s in found.steps], found.short, found.beyond_town) == (lots, D(short), beyond)
    assert sum(s.taken for s in found.steps) + found.short == D(area)


@pytest.mark.parametrize(
    ("area", "public", "asked", "approval", "code"),
    [
        ("22.5", True, "", "批1", ""),
        ("22.5001", False, "", "批1", ""),
        ("22.5001", True, "", "批1", "no-request"),
        ("22.5001", True, "请1", "批1", ""),
        ("1", False, "", " ", "no-approval"),
        ("60.1651", False, "", "批1", "pool-short"),
    ],
)
def test_articles_6_and_7_what_a_reservation_needs(area, public, asked, approval, code):
    found = allocate(D(area), "shi", "十里堡镇", LOTS)
    assert refusal(require_allowed, found, public=public, request_number=asked, approval_number=approval) == code
    assert bool(request_note(found, public=public)) == (public and D(area) > D("22.5"))


@pytest.mark.parametrize(
    ("name", "coordination", "code"),
    [
        ("十里堡镇", "", ""),
        ("鼓楼街道", "", "not-a-town"),
        ("檀营地区", "", "not-a-town"),
        ("鼓楼街道", "协调1号", ""),
        ("中关村密云园", "", "not-a-town"),
    ],
)
def test_article_14_places_that_are_no_town_are_asked_about(name, coordination, code):
    assert refusal(require_town, name, coordination) == code


@pytest.mark.parametrize(
    ("facts", "decided", "rates", "day", "compensation"),
    [
        (("national", False, False, True), Coordination(), True, FIRST_DAY.replace(month=5), "730000.37"),
        (("city", False, False, False), Coordination(), True, LAST_DAY, "730000.37"),
        (("social", True, False, False), Coordination(), True, LAST_DAY, "730000.37"),
        (("district", True, False, False), Coordination(), True, LAST_DAY, "730000.37"),
        (("national", True, True, False), Coordination(), False, LAST_DAY, "0"),
        (("district", False, True, True), Coordination(), False, LAST_DAY, "0"),
        (("social", True, False, False), Coordination(), False, LAST_DAY, "no-rate"),
        (("social", True, False, False), Coordination(), True, date(2020, 4, 30), "no-rate"),
        (("social", True, False, False), Coordination(), True, date(2022, 4, 22), "no-rule"),
        (("social", True, False, False), Coordination(), True, date(2020, 4, 20), "no-rule"),
        (("social", False, False, False), Coordination(), True, LAST_DAY, "not-settled"),
        (("district", False, False, True), Coordination(), True, LAST_DAY, "not-settled"),
        (("district", False, False, True), Coordination("协1", True), True, LAST_DAY, "730000.37"),
        (("district", False, False, True), Coordination("协1", False), True, LAST_DAY, "0"),
        (("district", False, False, True), Coordination("", True), True, LAST_DAY, "not-settled"),
    ],
)
def test_article_8_1_who_pays_the_compensation_fee(facts, decided, rates, day, compensation):
    tables = [*RATES, COMPENSATION] if rates else RATES
    reclaimed, line = fee_lines(Nature(*facts), decided, D("36.5"), day, tables, SPANS)
    found = line.problem.code if line.problem else f"{line.amount.normalize():f}"
    assert found == compensation
    assert reclaimed.amount == (D("547500.00") if FIRST_DAY <= day <= LAST_DAY else None)


def test_article_16_a_day_before_the_rule_is_not_called_a_day_after_its_end():
    line = fee_lines(Nature("social", True, False, False), Coordination(), D("1"), date(2020, 4, 20), RATES, SPANS)[0]
    assert "还没有施行（自 2020-04-21 施行）" in line.problem.message and "届满" not in line.problem.message
    line = fee_lines(Nature("social", True, False, False), Coordination(), D("1"), date(2022, 4, 22), RATES, SPANS)[0]
    assert "届满" in line.problem.message
    assert "还没有施行" in reward_of(use(on=date(2020, 4, 20)), RATES, CHOICES).problem
    assert not reward_of(use(on=FIRST_DAY), RATES, CHOICES).problem


def test_figures_too_large_are_called_too_large():
    for text, code in (
        ("9" * 30, ""),
        ("9" * 31, "too-large"),
        ("9" * 40 + ".5", "too-large"),
        ("0." + "1" * 40, "not-a-number"),
    ):
        found = ""
        try:
            read_exact(text, places=4, largest=LARGEST_AREA, what="验收面积（亩）")
        except Refused as wrong:
            found = wrong.code
            assert ("太大" in wrong.message) == (found == "too-large")
        assert found == code
    require_area(LARGEST_AREA, "验收面积")
    with pytest.raises(Refused, match="验收面积太大，没有保存。最多 9,999,999.9999 亩"):
        require_area(LARGEST_AREA + D("0.0001"), "验收面积")
    with pytest.raises(Refused, match="须大于 0 亩"):
        require_area(D(0), "验收面积")
    with pytest.raises(Refused, match="成本太大，没有保存。最多 9,999,999,999,999.99 元"):
        require_not_too_large(LARGEST_MONEY + D("0.01"), "成本")


@pytest.mark.parametrize(
    ("day", "code"), [(date(1, 1, 1), "too-early"), (date(1998, 12, 31), "too-early"), (date(1999, 1, 1), "")]
)
def test_article_5_nothing_was_accepted_before_there_was_a_balance(day, code):
    assert refusal(require_acceptance_day, day) == code


def test_article_16_after_a_successor_is_entered_it_is_the_one_that_counts():
    nature, day = Nature("social", True, False, False), date(2022, 4, 22)
    later = [
        DatedRate("reclamation", D("16000"), day, None, "新办法"),
        DatedRate("compensation", D("1"), day, None, "新办法"),
    ]
    lines = fee_lines(
        nature,
        Coordination(),
        D("1"),
        day,
        [*RATES, COMPENSATION, *later],
        [*SPANS, Span(day, date(2025, 1, 1), "新办法")],
    )
    assert [line.amount for line in lines] == [D("16000.00"), D("1.00")]


def test_a_fee_is_rounded_once_half_up_to_the_fen():
    nature = Nature("social", True, False, False)
    one = DatedRate("compensation", D("0.50"), FIRST_DAY, None, "密财发1号")
    for area, amount in (("0.0099", "0.00"), ("0.0100", "0.01"), ("0.0299", "0.01"), ("0.0300", "0.02")):
        assert fee_lines(nature, Coordination(), D(area), LAST_DAY, [*RATES, one], SPANS)[1].amount == D(amount)


@pytest.mark.parametrize(
    ("waived", "number", "code"),
    [
        ("100", "批1", ""),
        ("100.01", "批1", "bad-waiver"),
        ("0", "批1", "bad-waiver"),
        ("0.01", "批1", ""),
        ("50", "", "no-approval"),
    ],
)
def test_article_8_2_a_reduction_needs_its_approval(waived, number, code):
    assert refusal(waived_amount, D("100"), D(waived), number) == code


@pytest.mark.parametrize(("paid", "code"), [("100", ""), ("99.99", "no-ticket"), ("0", "no-ticket")])
def test_article_8_4_the_ticket_comes_first(paid, code):
    assert refusal(require_tickets, [("耕地开垦费", D("100"), D(paid)), ("耕地保护补偿费", D(0), D(0))]) == code


def use(nature=("social", True, False, False), state="paid", **changed):
    given = {
        "lot": 1,
        "lot_name": "十-01",
        "town": "shi",
        "builder": "town",
        "accepted_on": date(2020, 5, 1),
        "area": D("36.5"),
        "on": date(2020, 10, 19),
        "what": "甲",
    }
    return Use(**given | changed, nature=Nature(*nature) if nature else None, compensation=state)


@pytest.mark.parametrize(
    ("one", "choices", "first", "second", "applied", "other"),
    [
        (use(), {}, "1825000", "3650000", "5475000", "3650000"),
        (use(), {"rewards_add_up": False}, "1825000", "3650000", "3650000", "5475000"),
        (use(state="owed"), {}, "1825000", "0", "1825000", "1825000"),
        (use(state="waived"), {}, "1825000", "0", "1825000", "1825000"),
        (use(state="waived"), {"second_after_waiver": True}, "1825000", "3650000", "5475000", "3650000"),
        (use(state="exempt"), {"second_after_waiver": True}, "1825000", "0", "1825000", "1825000"),
        (use(("national", False, False, True)), {}, "1825000", "3650000", "5475000", "3650000"),
        (use(("social", False, False, True)), {}, "1825000", "0", "1825000", "1825000"),
        (use(("district", True, False, False)), {}, "1825000", "0", "1825000", "1825000"),
        (use(None), {}, "0", "0", "0", "0"),
        (use(builder="soe"), {}, "1825000", "3650000", "5475000", "3650000"),
        (use(builder="soe"), {"soe_lots_rewarded": False}, "0", "0", "0", "0"),
        (use(accepted_on=date(2020, 4, 20)), {"old_lots_rewarded": False}, "0", "0", "0", "0"),
        (use(accepted_on=date(2020, 4, 21)), {"old_lots_rewarded": False}, "1825000", "3650000", "5475000", "3650000"),
    ],
)
def test_article_9_rewards_in_both_readings(one, choices, first, second, applied, other):
    line = reward_of(one, RATES, CHOICES | choices)
    assert (line.first, line.second, line.applied, line.other) == (D(first), D(second), D(applied), D(other))


def test_article_9_after_the_trial_no_reward_is_worked_out_silently():
    assert not reward_of(use(on=LAST_DAY), RATES, CHOICES).problem
    line = reward_of(use(on=date(2022, 4, 22)), RATES, CHOICES)
    assert "奖励单价表" in line.problem and line.applied == 0


@pytest.mark.parametrize(
    ("cost", "profit", "code"),
    [
        ("1000000", "200000", ""),
        ("1000000", "200000.01", "profit-too-high"),
        ("0", "0", ""),
        ("0", "0.01", "profit-too-high"),
        ("0.05", "0.01", ""),
        ("0.04", "0.01", "profit-too-high"),
    ],
)
def test_article_10_profit_of_twenty_per_cent_and_no_more(cost, profit, code):
    assert refusal(require_profit, D(cost), D(profit), D("20")) == code


def test_article_10_maintenance_is_for_enterprises_in_mining_areas():
    given = [
        maintenance_of(builder, mining, D("58.26"), D("3000"))
        for builder in ("soe", "town")
        for mining in (True, False)
    ]
    assert given == [D("174780.00"), 0, 0, 0]


def test_the_replay_finds_every_kind_of_wrong_line():
    good = [Line(1, 1, "accept", D(10), D(10)), Line(2, 1, "reserve", D(4), D(-4)), Line(3, 1, "post", D(4), D(0))]
    done = replay(good)
    assert not done.problems and done.buckets[1] == Buckets(D(10), D(0), D(4), D(0))
    kept, used = Buckets(D(10), D(0), D(4), D(0)), {(1, None, None): Buckets(used=D(4))}
    assert compare(done, {1: kept}, used) == []
    assert [d.what for d in compare(done, {1: Buckets(D(10), D("0.0001"), D(4), D(0))}, used)] == ["预留"]
    assert [d.what for d in compare(done, {1: kept}, {})] == ["去处的已用"]
    for wrong in (
        Line(5, 1, "reserve", D(1), D(-1)),
        Line(4, 1, "reserve", D("6.0001"), D("-6.0001")),
        Line(4, 1, "reserve", D(1), D(1)),
        Line(4, 1, "reversed", D(3), D(3), 3),
        Line(4, 2, "reversed", D(4), D(4), 3),
        Line(4, 1, "release", D(1), D(1)),
        Line(4, 1, "reserve", D(-1), D(1)),
        Line(4, 1, "reserve", D(1), D(-1), lot_free=D(6)),
        Line(4, 1, "reserve", D(1), D(-1), lot_free=D(5), pool_free=D(6)),
    ):
        assert replay([*good, wrong]).problems, wrong
    assert replay([*good, Line(4, 1, "reversed", D(4), D(0), 3)]).buckets[1].reserved == 4
