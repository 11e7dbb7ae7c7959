"""缺表处理决定 in the arithmetic, by hand."""

from fractions import Fraction

from evaluation.engine.rules.filing import without_shares
from evaluation.engine.rules.ranking import rank
from evaluation.engine.rules.scores import Cell, Item, Share, Unit


def item(number, parts, weight=10):
    whole = sum(parts)
    shares = tuple(Share(f"{number}/{n}", f"e{n}", part, whole) for n, part in enumerate(parts, 1))
    return Item(number, "d", shares, {"": weight * 1000}, frozenset("xy"))


def mark(value):
    return Cell(value * 1000, 100_000)


def test_the_other_shares_are_renormalised_to_one():
    """附件2·13 prints 3, 2, 1 of seven with 1 left: without the share of three the rest is 2/4, 1/4, 1/4."""
    (left,) = without_shares([item(13, (3, 2, 1, 1), 7)], {"13/1"})
    assert [(s.key, Fraction(s.numerator, s.denominator)) for s in left.shares] == [
        ("13/2", Fraction(1, 2)),
        ("13/3", Fraction(1, 4)),
        ("13/4", Fraction(1, 4)),
    ]
    cells = {(f"13/{n}", code): mark(v) for n, v in ((2, 80), (3, 70), (4, 60)) for code in "xy"}
    result = rank([Unit("x"), Unit("y")], [left], cells)
    assert result.missing == ()
    assert result.units[0].sum == Fraction("5.0750")  # 7 × (½·80 + ¼·70 + ¼·60) %


def test_a_sole_share_left_out_takes_its_indicator_out_of_the_period():
    items = without_shares([item(1, (1,), 6), item(2, (1,), 4)], {"1/1"})
    result = rank([Unit("x"), Unit("y")], items, {("2/1", "x"): mark(90), ("2/1", "y"): mark(80)})
    first = result.units[0]
    assert (first.sum, first.total, first.examined_weight) == (Fraction("3.6"), 900_000, 4000)
    assert first.items[0].basis == "out-of-scope"
    assert [unit.rank for unit in result.units] == [1, 2] and result.missing == ()


def test_all_shares_of_an_indicator_left_out_are_like_a_sole_one():
    (left,) = without_shares([item(3, (1, 1))], {"3/1", "3/2"})
    assert not left.in_scope


def test_what_no_decision_names_stays_as_it_is():
    items = [item(1, (1, 2)), item(2, (1,))]
    assert without_shares(items, {"9/1"}) == items
    assert without_shares(items, set()) == items
