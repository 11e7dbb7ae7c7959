"""缺表影响 against brute force: no filing of what is blank leads outside the range, and its ends are real where they can be."""

import itertools
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.engine.rules.impact import reaches
from evaluation.engine.rules.ranking import rank
from evaluation.engine.rules.scores import Cell, Item, Share, Unit

FLOOR = Fraction(60, 100)


def district(draw, *, everybody_carries):
    codes = [f"u{n}" for n in range(draw(st.integers(2, 4)))]
    units = [Unit(code, draw(st.sampled_from(["p", "q"]))) for code in codes]
    items, cells, blanks = [], {}, []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        parts = draw(st.lists(st.integers(1, 3), min_size=1, max_size=2))
        shares = tuple(Share(f"{number}/{i}", f"e{i}", part, sum(parts)) for i, part in enumerate(parts))
        carriers = set(codes) if everybody_carries else draw(st.sets(st.sampled_from(codes), min_size=1))
        weights = {zone: draw(st.integers(1, 9)) * 1000 for zone in "pq"}
        items.append(Item(number, "d", shares, weights, frozenset(carriers)))
        for share in shares:
            for code in sorted(carriers):
                if len(blanks) < 5 and draw(st.integers(0, 3)) == 0:
                    blanks.append((share.key, code))
                else:
                    cells[share.key, code] = Cell(draw(st.integers(50, 100)) * 1000, 100_000)
    return units, items, cells, blanks


@st.composite
def districts(draw, everybody_carries=False):
    return district(draw, everybody_carries=everybody_carries)


def filed_ways(cells, blanks, levels):
    for values in itertools.product(levels, repeat=len(blanks)):
        yield cells | {key: Cell(value, 100_000) for key, value in zip(blanks, values, strict=True)}


def brute(units, items, cells, blanks, levels):
    """Every unit's totals and ranks over all ways to fill the blanks from `levels`."""
    totals, ranks = {u.code: set() for u in units}, {u.code: set() for u in units}
    for filled in filed_ways(cells, blanks, levels):
        for result in rank(units, items, filled).units:
            totals[result.unit.code].add(result.total)
            ranks[result.unit.code].add(result.rank)
    return totals, ranks


@settings(max_examples=80, deadline=None)
@given(districts())
def test_no_way_to_fill_the_blanks_leads_outside(found):
    units, items, cells, blanks = found
    totals, ranks = brute(units, items, cells, blanks, (60_000, 83_337, 100_000))
    for reach in reaches(units, items, cells, floor=FLOOR):
        assert (reach.least, reach.most) == (min(totals[reach.code]), max(totals[reach.code]))
        assert reach.best <= min(ranks[reach.code]) and max(ranks[reach.code]) <= reach.worst


@settings(max_examples=80, deadline=None)
@given(districts(everybody_carries=True))
def test_without_averages_both_ends_are_attained(found):
    units, items, cells, blanks = found
    _, ranks = brute(units, items, cells, blanks, (60_000, 100_000))
    for reach in reaches(units, items, cells, floor=FLOOR):
        assert (reach.best, reach.worst) == (min(ranks[reach.code]), max(ranks[reach.code]))


@settings(max_examples=40, deadline=None)
@given(districts())
def test_two_units_are_compared_as_they_can_come_out(found):
    """Of two units alone the ends are attained even through an average, but for a last digit lost in rounding."""
    units, items, cells, blanks = found
    pair = units[:2]
    codes = {unit.code for unit in pair}
    if any(not item.carriers <= codes for item in items):
        return
    totals = [
        {r.unit.code: r.total for r in rank(pair, items, filled).units}
        for filled in filed_ways(cells, blanks, (60_000, 100_000))
    ]
    one, other = pair
    most = max(t[one.code] - t[other.code] for t in totals)
    best = next(r.best for r in reaches(pair, items, cells, floor=FLOOR) if r.code == one.code)
    if abs(most) > 10:
        assert best == (1 if most > 0 else 2)


def test_by_hand_one_blank_moves_two_ranks():
    """x 80, y 90 filed; z blank between 60 and 100: z is first to last, x never first, y never last."""
    units = [Unit(code) for code in "xyz"]
    one = Item(1, "d", (Share("1/s", "e", 1, 1),), {"": 10_000}, frozenset("xyz"))
    cells = {("1/s", "x"): Cell(80_000, 100_000), ("1/s", "y"): Cell(90_000, 100_000)}
    found = {r.code: (r.least, r.most, r.best, r.worst) for r in reaches(units, [one], cells, floor=FLOOR)}
    assert found == {
        "x": (800_000, 800_000, 2, 3),
        "y": (900_000, 900_000, 1, 2),
        "z": (600_000, 1_000_000, 1, 3),
    }


def test_a_blank_that_moves_both_alike_moves_no_rank():
    """y takes the average of x alone: whatever x gets, both have it; their intervals overlap, their order is a tie."""
    units = [Unit("x"), Unit("y")]
    one = Item(1, "d", (Share("1/s", "e", 1, 1),), {"": 10_000}, frozenset("x"))
    assert [(r.best, r.worst, r.moves) for r in reaches(units, [one], {}, floor=FLOOR)] == [(1, 1, False)] * 2


def test_nothing_blank_is_the_ranking_itself():
    units = [Unit("x"), Unit("y")]
    one = Item(1, "d", (Share("1/s", "e", 1, 1),), {"": 10_000}, frozenset("xy"))
    cells = {("1/s", "x"): Cell(80_000, 100_000), ("1/s", "y"): Cell(90_000, 100_000)}
    assert [(r.best, r.worst) for r in reaches(units, [one], cells, floor=FLOOR)] == [(2, 2), (1, 1)]
