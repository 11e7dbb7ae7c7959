"""升降归因 by hand, one cause at a time (0112). That they add up whatever changes: tests/consistency/test_attribution.py."""

import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from evaluation.engine.rules.attribution import CAUSE_WORDS, Attribution, Cause, attribution
from evaluation.engine.rules.scores import Cell, Item, Share, Unit
from miyun_kpi.lib.errors import Refused
from tests.consistency.attributed import District, district, exact, next_period


def by_number(now: District) -> dict[int, int]:
    return {item.number: item.number for item in now.items}


def test_nothing_changed_nothing_is_said():
    then = district(3)
    receipt = then.receipts()["u0"]
    found = attribution(receipt, receipt, by_number(then))
    assert found.parts == () and found.difference == 0 and found.moved == 0


def test_there_and_back_is_the_same_difference_with_the_other_sign():
    for seed in range(20):
        then = district(seed)
        now = next_period(seed, then)
        old, new = then.receipts(), now.receipts()
        for code in set(exact(then)) & set(exact(now)):
            there = attribution(old[code], new[code], by_number(now))
            back = attribution(new[code], old[code], by_number(then))
            assert there.difference == -back.difference


# ── one kind at a time, reckoned by hand ─────────────────────────────────────────────────────────

X, Y, Z = Unit("x"), Unit("y"), Unit("z")


def sole(number: int, weight: int, carriers: str = "xyz", **more: Any) -> Item:
    share = Share(f"{number}/1", f"部门{number}", 1, 1)
    return Item(number, "d", (share,), {"": weight * 1000}, frozenset(carriers), **more)


def of(items: list[Item], marks: dict[str, str], precision: int = 4, **more: Any) -> District:
    """`marks`: "1x": "90" is item 1, unit x."""
    cells = {(f"{key[:-1]}/1", key[-1]): Cell(round(Fraction(mark) * 1000), 100_000) for key, mark in marks.items()}
    return District("2020Q2", [X, Y, Z], items, cells, precision, **more)


FIRST = {"1x": "90", "1y": "80", "1z": "70", "2x": "85", "2y": "95", "2z": "60"}


def why(then: District, now: District, code: str = "x", continued: dict[int, int] | None = None) -> Attribution:
    return attribution(then.receipts()[code], now.receipts()[code], by_number(now) if continued is None else continued)


def told(found: Attribution) -> dict[str, str]:
    return {f"{part.cause}{part.number or ''}": str(part.printed) for part in found.parts}


def test_one_mark_by_three_of_an_item_of_forty_is_one_point_two():
    then = of([sole(1, 40), sole(2, 60)], FIRST)
    found = why(then, replace(then, cells={**then.cells, ("1/1", "x"): Cell(87_000, 100_000)}))
    assert told(found) == {"mark1": "-1.2000"} and found.difference == Decimal("-1.2000")
    (part,) = found.parts
    assert (part.before, part.after, part.subject, part.clause) == ("90", "87", "第1项", "附件5·第1项")


def test_an_average_that_another_moved_is_the_average_and_no_own_mark():
    """z does not carry item 1: y's fall by 10 lowers the mean of two by 5, of 40 points that is 2."""
    items = [sole(1, 40, "xy"), sole(2, 60)]
    then = of(items, {key: mark for key, mark in FIRST.items() if key != "1z"})
    now = replace(then, cells={**then.cells, ("1/1", "y"): Cell(70_000, 100_000)})
    assert told(why(then, now, "z")) == {"average1": "-2.0000"}
    assert told(why(then, now, "y")) == {"mark1": "-4.0000"} and told(why(then, now, "x")) == {}
    (part,) = why(then, now, "z").parts
    assert (part.before, part.after) == ("2 家平均 170 ÷ 2", "2 家平均 160 ÷ 2")
    assert part.clause == "附件5·注"


def test_an_item_let_go_is_carried_once_and_neither_mark_nor_average():
    """x had 90 of its own and now takes (80 + 70) ÷ 2 = 75: 40 × −15 %."""
    then = of([sole(1, 40), sole(2, 60)], FIRST)
    now = replace(then, items=[sole(1, 40, "yz"), sole(2, 60)])
    (part,) = why(then, now).parts
    assert (part.cause, part.printed) == (Cause.CARRIED, Decimal("-6.0000"))
    assert (part.before, part.after) == ("90", "2 家平均 150 ÷ 2")
    # For y nothing of its own changed.
    assert told(why(then, now, "y")) == {}


def test_weight_moved_to_an_item_counts_by_how_far_it_stands_above_the_whole():
    """87 before; ten points from item 2 (85) to item 1 (90): 10 × (90 − 87) and −10 × (85 − 87), over 100."""
    then = of([sole(1, 40), sole(2, 60)], FIRST)
    found = why(then, replace(then, items=[sole(1, 50), sole(2, 50)]))
    assert told(found) == {"weight1": "0.3000", "weight2": "0.2000"} and found.difference == Decimal("0.5000")


def test_an_item_not_examined_leaves_the_whole_nearer_to_the_rest():
    """87 over 100; without item 2 it is 90 over 40."""
    then = of([sole(1, 40), sole(2, 60)], FIRST)
    now = replace(then, items=[sole(1, 40), sole(2, 60, in_scope=False)])
    found = why(then, now)
    assert told(found) == {"scope2": "3.0000"}
    assert (found.parts[0].before, found.parts[0].after) == ("60 分，得分率 85.00%", "本期不考")


def test_a_new_item_a_dropped_one_and_one_that_got_another_number():
    """Item 2 becomes number 1; the old number 1 is dropped, a new number 2 comes. p₀ = 87: −40 × 3 %, 40 × (50 − 87) %."""
    then = of([sole(1, 40), sole(2, 60)], FIRST)
    now = of([sole(1, 60), sole(2, 40)], {"1x": "85", "1y": "95", "1z": "60", "2x": "50", "2y": "95", "2z": "60"})
    found = why(then, now, continued={1: 2})
    assert told(found) == {"added2": "-14.8000", "removed1": "-1.2000"} and found.difference == Decimal("-16.0000")
    assert {part.cause: (part.before, part.after) for part in found.parts}[Cause.REMOVED][1] == "–"


def test_own_mark_and_weight_are_told_apart_at_the_new_weight():
    """The mark falls by 10 at the new weight of 50: −5; the weight moves at the old marks as before."""
    then = of([sole(1, 40), sole(2, 60)], FIRST)
    now = of([sole(1, 50), sole(2, 50)], FIRST | {"1x": "80"})
    assert told(why(then, now)) == {"mark1": "-5.0000", "weight1": "0.3000", "weight2": "0.2000"}


def two(number: int, first: tuple[str, int], second: tuple[str, int], whole: int) -> Item:
    shares = tuple(Share(f"{number}/{who}", who, part, whole) for who, part in (first, second))
    return Item(number, "d", shares, {"": 100_000}, frozenset("xy"))


def shared(item: Item, marks: dict[str, int]) -> District:
    cells = {(f"1/{who}", code): Cell(mark * 1000, 100_000) for who, mark in marks.items() for code in "xy"}
    return District("2020Q2", [X, Y], [item], cells)


def test_other_portions_are_the_shares_and_a_handed_over_one_is_the_same():
    marks = {"甲": 90, "乙": 60, "丙": 60}
    then = shared(two(1, ("甲", 1), ("乙", 1), 2), marks)
    now = shared(two(1, ("甲", 3), ("乙", 1), 4), marks)
    (part,) = why(then, now).parts
    assert (part.cause, part.printed) == (Cause.SHARE, Decimal("7.5000"))  # ¼ × 90 − ¼ × 60
    assert (part.before, part.after) == ("甲 1/2、乙 1/2", "甲 3/4、乙 1/4")
    assert told(why(then, shared(two(1, ("甲", 1), ("丙", 1), 2), marks))) == {}
    (part,) = why(then, shared(two(1, ("甲", 1), ("丙", 1), 2), marks | {"丙": 70})).parts
    assert (part.cause, part.printed, part.before, part.after) == (Cause.MARK, Decimal("5.0000"), "乙 60", "丙 70")


def test_adjustments_are_named_one_by_one_and_never_converted():
    then = of([sole(1, 40), sole(2, 60, in_scope=False)], FIRST, adjustments=[(1, "x", 500), (2, "x", -300)])
    now = replace(then, adjustments=[(1, "x", 1_500), (3, "x", 200), (4, "y", 999)])
    found = why(then, now)
    told_by_work = {part.subject: (part.before, part.after, str(part.printed)) for part in found.parts}
    assert told_by_work == {
        "第1件": ("0.5", "1.5", "1.0000"),
        "第2件": ("-0.3", "0", "0.3000"),
        "第3件": ("0", "0.2", "0.2000"),
    }
    assert {part.clause for part in found.parts} == {"四（三）4"}


def test_a_year_has_its_method_and_its_quarters():
    """Own 87 throughout. Half 87 and half 80 = 83.5; then a quarter of 84: 0.75 × 87 + 0.25 × 84 = 86.25."""

    def year(own: Fraction, quarter: int) -> District:
        return of(
            [sole(1, 40), sole(2, 60)],
            FIRST,
            weights={"2020": own, "2020Q2": 1 - own},
            quarters={"2020Q2": {code: Fraction(quarter) for code in "xyz"}},
        )

    then, now = replace(year(Fraction(1, 2), 80), period="2020"), replace(year(Fraction(3, 4), 84), period="2020")
    found = why(then, now)
    # ¼ × (87 − 83.5) − ¼ × (80 − 83.5), then ¼ × (84 − 80).
    assert [(part.cause, part.subject, str(part.printed)) for part in found.parts] == [
        (Cause.QUARTER, "第二季度", "1.0000"),
        (Cause.METHOD, "专项考评", "0.8750"),
        (Cause.METHOD, "第二季度", "0.8750"),
    ]
    assert found.difference == Decimal("2.7500")


def test_what_rounding_did_is_the_tail_and_nothing_else():
    """33.335 and 33.341 with two decimals are both 33.34: the mark's 0.006 is taken back by the printing."""
    then, now = (of([sole(1, 100)], {"1x": mark, "1y": "50", "1z": "50"}, 2) for mark in ("33.335", "33.341"))
    found = why(then, now)
    assert told(found) == {"mark1": "0.0060", "rounding": "-0.0060"} and found.difference == 0
    assert found.parts[-1].cause == Cause.ROUNDING and found.parts[-1].before == "33.335000 印作 33.34"


def test_an_unfinished_total_and_one_that_its_items_do_not_give_are_refused():
    then = of([sole(1, 40), sole(2, 60)], FIRST)
    unfinished = of([sole(1, 40), sole(2, 60)], {key: mark for key, mark in FIRST.items() if key != "2y"})
    with pytest.raises(Refused) as refused:
        why(then, unfinished, "y")
    assert refused.value.code == "no-total" and refused.value.clause
    receipt = then.receipts()["x"]
    with pytest.raises(Refused) as refused:
        attribution({**receipt, "total": "87.0001"}, receipt, by_number(then))
    assert refused.value.code == "not-held"


def test_structure_first_then_rates_whatever_changes_together():
    """An oracle apart: the old rates reckoned with the new weights, then the new rates; by brute force, not by the formula."""
    for seed in range(60):
        chance = random.Random(seed)
        numbers = range(1, chance.randint(3, 9))
        sides = []
        for _ in range(2):
            examined = [True, *(chance.random() < 0.8 for _ in numbers[1:])]
            sides.append(
                {
                    n: (chance.randint(1, 20), chance.randint(50, 100), held)
                    for n, held in zip(numbers, examined, strict=True)
                }
            )
        then, now = (
            of(
                [sole(n, weight, in_scope=held) for n, (weight, _, held) in side.items()],
                {f"{n}{code}": str(mark) for n, (_, mark, _) in side.items() for code in "xyz"},
            )
            for side in sides
        )

        def whole(rates: dict[int, int], weights: dict[int, int]) -> Fraction:
            return Fraction(sum(weights[n] * rates[n] for n in weights), sum(weights.values()))

        old, new = ({n: weight for n, (weight, _, held) in side.items() if held} for side in sides)
        rates = {n: sides[0][n][1] if n in old else sides[1][n][1] for n in numbers}
        found = why(then, now)
        structure = sum((part.effect for part in found.parts if part.cause in (Cause.WEIGHT, Cause.SCOPE)), Fraction(0))
        assert structure == whole(rates, new) - whole(rates, old), seed
        marks = sum((part.effect for part in found.parts if part.cause == Cause.MARK), Fraction(0))
        assert marks == whole({n: mark for n, (_, mark, _) in sides[1].items()}, new) - whole(rates, new), seed


def test_every_cause_has_its_word_and_none_is_a_rest():
    assert set(CAUSE_WORDS) == set(Cause) and len(set(CAUSE_WORDS.values())) == len(Cause)
    assert not [words for words in CAUSE_WORDS.values() if words in ("其他", "其它", "其余")]
