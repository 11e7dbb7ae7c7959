"""The engine of 13号 by hand: golden cases for both tracks, then properties that must hold for any district."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.engine.rules.ranking import competition_ranks, mean_rate, printed, rank
from evaluation.engine.rules.scores import Cell, Item, Share, Unit, half_up_div
from miyun_kpi.lib.errors import Refused

SOLE = Share("s", "e", 1, 1)


def mark(value: str, full: int = 100) -> Cell:
    return Cell(round(Fraction(value) * 1000), full * 1000)


def item(number, carriers, weights, shares=(SOLE,), **kwargs):
    named = tuple(Share(f"{number}/{s.key}", s.evaluator, s.numerator, s.denominator) for s in shares)
    scaled = {zone: weight * 1000 for zone, weight in weights.items()}
    return Item(number, kwargs.pop("dimension", "d"), named, scaled, frozenset(carriers), **kwargs)


def points(unit):
    """What a unit got, printed: ten-thousandths, not converted."""
    return None if unit.sum is None else printed(unit.sum)


def by_code(result):
    return {unit.unit.code: unit for unit in result.units}


def test_a_township_takes_the_mean_rate_times_its_own_zones_weight():
    """附件5注 "镇街无专项任务的取该项任务的平均分": 河长制 weighs 3 in one zone and 4 in another."""
    units = [Unit("gulou", "core"), Unit("shicheng", "eco"), Unit("park", "economic")]
    rivers = item(4, {"gulou", "shicheng"}, {"core": 3, "eco": 4, "economic": 2})
    cells = {("4/s", "gulou"): mark("88.5"), ("4/s", "shicheng"): mark("95.5")}
    found = by_code(rank(units, [rivers], cells))
    assert points(found["gulou"]) == 26550  # 3 × 0.885
    assert points(found["shicheng"]) == 38200  # 4 × 0.955
    assert points(found["park"]) == 18400  # 2 × (88.5 + 95.5) ÷ 200
    assert found["park"].items[0].basis == "average"
    assert found["park"].items[0].parts[0].rate.marks == 2


def test_department_item_13_is_split_in_sevenths():
    """附件2·13 prints 3, 2, 1; the seventh point is 区发改委's: 7 × (3/7·90 + 2/7·80 + 1/7·70 + 1/7·60)% = 5.6."""
    shares = [
        Share("a", "fuwu", 3, 7),
        Share("b", "sifa", 2, 7),
        Share("c", "jingxin", 1, 7),
        Share("d", "fagai", 1, 7),
    ]
    environment = item(13, {"x"}, {"": 7}, shares)
    cells = {("13/a", "x"): mark("90"), ("13/b", "x"): mark("80"), ("13/c", "x"): mark("70"), ("13/d", "x"): mark("60")}
    assert points(rank([Unit("x")], [environment], cells).units[0]) == 56000


def test_an_item_of_sevenths_is_rounded_once_half_up():
    """7 × 1/7 × 33.335 % would already be rounded per share otherwise."""
    shares = [Share("a", "p", 1, 7), Share("b", "q", 6, 7)]
    one = item(1, {"x"}, {"": 5}, shares)
    cells = {("1/a", "x"): mark("33.333"), ("1/b", "x"): mark("66.667")}
    exact = Fraction(5) * (Fraction(1, 7) * Fraction(33333, 100000) + Fraction(6, 7) * Fraction(66667, 100000))
    assert points(rank([Unit("x")], [one], cells).units[0]) == half_up_div(
        (exact * 10000).numerator, (exact * 10000).denominator
    )


@pytest.mark.parametrize(
    "numerator, denominator, rounded", [(1, 2, 1), (3, 2, 2), (5, 2, 3), (1, 3, 0), (2, 3, 1), (0, 7, 0), (49, 100, 0)]
)
def test_halves_go_up_not_to_even(numerator, denominator, rounded):
    assert half_up_div(numerator, denominator) == rounded


def test_equal_totals_share_a_rank_and_the_next_is_skipped():
    assert competition_ranks({"a": 9, "b": 8, "c": 8, "d": 7}) == {"a": 1, "b": 2, "c": 2, "d": 4}


def test_totals_that_differ_in_the_fourth_decimal_are_no_tie():
    assert competition_ranks({"a": 844313, "b": 844301}) == {"a": 1, "b": 2}


def test_a_group_of_one_is_not_ranked():
    units = [Unit("park", "economic"), Unit("a", "core"), Unit("b", "core")]
    one = item(1, {"park", "a", "b"}, {"economic": 1, "core": 1})
    found = by_code(rank(units, [one], {("1/s", u.code): mark("80") for u in units}))
    assert found["park"].zone_rank is None
    assert (found["a"].zone_rank, found["b"].zone_rank, found["park"].rank) == (1, 1, 1)


def test_approved_not_applicable_leaves_the_carriers_and_takes_the_average_share_by_share():
    shares = [Share("a", "p", 1, 2), Share("b", "q", 1, 2)]
    one = item(1, {"x", "y", "z"}, {"": 10}, shares)
    cells = {
        ("1/a", "x"): Cell(None, 100000, not_applicable=True),
        ("1/a", "y"): mark("80"),
        ("1/a", "z"): mark("90"),
        ("1/b", "x"): mark("60"),
        ("1/b", "y"): mark("70"),
        ("1/b", "z"): mark("50"),
    }
    found = by_code(rank([Unit("x"), Unit("y"), Unit("z")], [one], cells))
    assert found["x"].items[0].basis == "average"
    assert [part.basis for part in found["x"].items[0].parts] == ["average", "marked"]
    assert points(found["x"]) == 72500  # 10 × (½·85 % + ½·60 %)


def test_a_missing_mark_leaves_total_and_rank_empty_and_poisons_the_average():
    """Blank is not zero; an average with a carrier missing is missing (engine 9, 10)."""
    units = [Unit("x"), Unit("y"), Unit("z")]
    items = [item(1, {"x", "y"}, {"": 6}), item(2, {"x", "y", "z"}, {"": 4})]
    cells = {("1/s", "x"): mark("90")} | {("2/s", code): mark("80") for code in "xyz"}
    result = rank(units, items, cells)
    found = by_code(result)
    assert points(found["x"]) == 86000 and found["x"].rank == 1
    for code in "yz":
        assert found[code].total is None and found[code].rank is None
        assert (printed(found[code].partial), found[code].partial_weight) == (32000, 4000)
    assert [(m.number, m.organisation) for m in result.missing] == [(1, "y")]
    assert [unit.unit.code for unit in result.units] == ["x", "y", "z"]


def test_zero_is_a_mark_and_counts_in_the_average():
    one = item(1, {"x", "y"}, {"": 10})
    found = by_code(rank([Unit("x"), Unit("y"), Unit("z")], [one], {("1/s", "x"): mark("0"), ("1/s", "y"): mark("90")}))
    assert points(found["z"]) == 45000


def test_an_item_nobody_carries_is_refused_and_left_to_the_office():
    with pytest.raises(Refused) as refusal:
        rank([Unit("x")], [item(1, set(), {"": 10})], {})
    assert refusal.value.code == "no-carrier"


NOBODY_LEFT = [
    ({}, set()),
    ({("2/s", "x"): Cell(None, 100_000, not_applicable=True)}, {"x"}),
]


@pytest.mark.parametrize(("cells", "carriers"), NOBODY_LEFT, ids=["no carrier", "all not applicable"])
def test_an_item_nobody_is_left_to_average_is_missing_in_a_trial_and_refused_otherwise(cells, carriers):
    """Engine 9: the other items still count, and every unit is listed as lacking this one."""
    units = [Unit("x"), Unit("y")]
    items = [item(1, {"x", "y"}, {"": 60}), item(2, carriers, {"": 40})]
    cells = {("1/s", "x"): mark("80"), ("1/s", "y"): mark("90")} | cells
    result = rank(units, items, cells, trial=True)
    assert [unit.unit.code for unit in result.units] == ["y", "x"]
    for unit, partial in zip(result.units, (540_000, 480_000), strict=True):
        assert (unit.total, unit.rank, printed(unit.partial), unit.partial_weight) == (None, None, partial, 60_000)
    assert [(m.number, m.organisation, m.no_carrier) for m in result.missing] == [(2, "x", True), (2, "y", True)]
    with pytest.raises(Refused) as refusal:
        rank(units, items, cells)
    assert refusal.value.code == "no-carrier"


def test_an_item_outside_the_period_is_not_blank_and_leaves_the_examined_weight():
    items = [item(1, {"x"}, {"": 6}), item(2, {"x"}, {"": 4}, in_scope=False)]
    found = rank([Unit("x")], items, {("1/s", "x"): mark("50")}).units[0]
    assert (points(found), found.total, found.examined_weight) == (30000, 500_000, 6000)
    assert found.items[1].basis == "out-of-scope"


def test_averages_over_different_full_marks_are_taken_as_rates():
    """By points the full mark is the zone's own weight: 2 of 4 and 3 of 3 average to 75 %."""
    rate = mean_rate([(2000, 4000), (3000, 3000)])
    assert Fraction(rate.numerator, rate.denominator) == Fraction(3, 4)


def test_incomplete_units_are_listed_after_the_ranked_by_partial_rate():
    units = [Unit("low"), Unit("high"), Unit("done")]
    items = [item(1, {"low", "high", "done"}, {"": 5}), item(2, {"low", "high", "done"}, {"": 5})]
    cells = {
        ("1/s", "low"): mark("10"),
        ("1/s", "high"): mark("90"),
        ("1/s", "done"): mark("1"),
        ("2/s", "done"): mark("1"),
    }
    assert [unit.unit.code for unit in rank(units, items, cells).units] == ["done", "high", "low"]


def test_zones_with_different_examined_weights_are_ranked_by_percentage():
    """本期不考并折算: whoever could get 89 is not before whoever could get 88 for that alone (engine 11)."""
    units = [Unit("park", "economic"), Unit("town", "core")]
    items = [
        item(1, {"park", "town"}, {"economic": 89, "core": 88}),
        item(2, {"park", "town"}, {"economic": 11, "core": 12}, in_scope=False),
    ]
    found = by_code(rank(units, items, {("1/s", "park"): mark("89"), ("1/s", "town"): mark("90")}))
    assert (points(found["park"]), points(found["town"])) == (792_100, 792_000)
    assert (found["park"].total, found["town"].total) == (890_000, 900_000)
    assert (found["park"].rank, found["town"].rank) == (2, 1)


def test_equal_marks_are_equal_places_however_the_zones_weigh():
    """24 items rounded one by one made 87.6539 of 87.654 in some zones and put ten units before eleven."""
    weights = [{"core": 4, "eco": eco} for eco in [3, 5] * 12 + [4]]
    items = [item(number, {"a", "b"}, each) for number, each in enumerate(weights, start=1)]
    cells = {(f"{n}/s", code): mark("87.654") for n in range(1, 26) for code in "ab"}
    shares = [Share("p", "p", 1, 3), Share("q", "q", 2, 3)]
    items[0] = item(1, {"a", "b"}, weights[0], shares)
    cells |= {(f"1/{key}", code): mark("87.654") for key in "pq" for code in "ab"}
    found = rank([Unit("a", "core"), Unit("b", "eco")], items, cells).units
    assert [(unit.total, unit.rank) for unit in found] == [(876_540, 1), (876_540, 1)]
    assert {unit.total - unit.printed_parts for unit in found} - {0}, "the parts do not add up without the 尾差"


@pytest.mark.parametrize(
    ("precision", "totals", "ranks"),
    [
        (4, [833_354, 833_346], [1, 2]),
        (3, [833_350, 833_350], [1, 1]),
        (2, [833_500, 833_500], [1, 1]),
    ],
)
def test_ranks_follow_the_printed_total(precision, totals, ranks):
    """名次精度: equal figures are equal places and different places show different figures."""
    values = {"x": "83.3354", "y": "83.3346"} if precision > 2 else {"x": "83.35", "y": "83.3499"}
    cells = {("1/s", code): Cell(round(Fraction(value) * 10_000), 1_000_000) for code, value in values.items()}
    found = rank([Unit("x"), Unit("y")], [item(1, {"x", "y"}, {"": 100})], cells, precision=precision).units
    assert ([unit.total for unit in found], [unit.rank for unit in found]) == (totals, ranks)


def test_what_closes_a_total_is_added_after_the_conversion_and_rounded_once():
    items = [item(1, {"x"}, {"": 80}), item(2, {"x"}, {"": 20}, in_scope=False)]
    cells = {("1/s", "x"): mark("33.333")}
    one = rank([Unit("x")], items, cells, close=lambda code, percent: (percent / 3, 5), precision=3).units[0]
    assert one.percent == Fraction(33333, 1000) and one.total == 111_160  # 11.111 + 0.005 = 11.116


# Properties ----------------------------------------------------------------------------------------------------------
marks = st.integers(0, 100_000)


@st.composite
def districts(draw):
    codes = [f"u{n}" for n in range(draw(st.integers(2, 6)))]
    units = [Unit(code, draw(st.sampled_from(["p", "q"]))) for code in codes]
    items, cells, left = [], {}, {"p": 100, "q": 100}
    for number in range(1, draw(st.integers(1, 4)) + 1):
        weights = {zone: draw(st.integers(1, max(1, left[zone] // 5))) for zone in left}
        left = {zone: left[zone] - weights[zone] for zone in left}
        parts = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
        shares = tuple(Share(f"{number}/{i}", f"e{i}", part, sum(parts)) for i, part in enumerate(parts))
        carriers = draw(st.sets(st.sampled_from(codes), min_size=1))
        scaled = {zone: weight * 1000 for zone, weight in weights.items()}
        items.append(Item(number, "d", shares, scaled, frozenset(carriers)))
        for share in shares:
            for code in carriers:
                cells[share.key, code] = Cell(draw(marks), 100_000)
    return units, items, cells


@settings(max_examples=60, deadline=None)
@given(districts(), st.randoms(use_true_random=False))
def test_the_order_of_units_and_items_does_not_matter(district, random):
    units, items, cells = district
    shuffled_units, shuffled_items = units[:], items[:]
    random.shuffle(shuffled_units)
    random.shuffle(shuffled_items)
    one, other = by_code(rank(units, items, cells)), by_code(rank(shuffled_units, shuffled_items, cells))
    assert {code: (r.total, r.rank, r.zone_rank) for code, r in one.items()} == {
        code: (r.total, r.rank, r.zone_rank) for code, r in other.items()
    }


@settings(max_examples=60, deadline=None)
@given(districts(), st.data())
def test_a_higher_mark_never_lowers_the_own_total(district, data):
    units, items, cells = district
    key = data.draw(st.sampled_from(sorted(cells)))
    raised = cells | {key: Cell(data.draw(st.integers(cells[key].value, 100_000)), 100_000)}
    before, after = by_code(rank(units, items, cells)), by_code(rank(units, items, raised))
    assert after[key[1]].total >= before[key[1]].total
    assert all(after[unit.code].total >= before[unit.code].total for unit in units)


@settings(max_examples=60, deadline=None)
@given(districts())
def test_a_total_lies_between_zero_and_the_weights(district):
    units, items, cells = district
    for result in rank(units, items, cells).units:
        assert 0 <= points(result) <= sum(i.weights[result.unit.zone] for i in items) * 10 <= 100 * 10_000
        assert 0 <= result.total <= 100 * 10_000


@settings(max_examples=60, deadline=None)
@given(districts(), st.integers(0, 100_000))
def test_averages_are_neutral_when_all_rates_are_equal(district, value):
    units, items, cells = district
    level = {key: Cell(value, 100_000) for key in cells}
    for result in rank(units, items, level).units:
        for score, one in zip(result.items, items, strict=True):
            assert score.score == half_up_div(one.weights[result.unit.zone] * value * 10, 100_000)
        assert result.total == half_up_div(value * 10, 1)


@settings(max_examples=60, deadline=None)
@given(districts())
def test_exact_sums_are_those_of_fractions(district):
    """Written with fractions from the definition: weight × Σ share × rate, the average a mean of rates."""
    units, items, cells = district
    for result in rank(units, items, cells).units:
        code, expected = result.unit.code, Fraction(0)
        for one in items:
            for share in one.shares:
                rates = [Fraction(cells[share.key, c].value, cells[share.key, c].full) for c in one.carriers]
                own = cells.get((share.key, code))
                rate = Fraction(own.value, own.full) if own else sum(rates) / len(rates)
                expected += (
                    Fraction(one.weights[result.unit.zone], 1000) * Fraction(share.numerator, share.denominator) * rate
                )
        assert result.sum == expected
        assert result.percent == expected * 100_000 / result.examined_weight
