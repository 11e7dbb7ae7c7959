"""Declared methods of 细则 lines: forty deductions worked out by hand, what is refused, and what holds for every number."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.sheets.rules.declaring import Typed, read_method, typed_of
from evaluation.sheets.rules.methods import Given, Kind, Method, Take, deduct, in_words, method_of, places_of
from miyun_kpi.lib.errors import Refused

GOAL, DONE = "目标（亿）", "完成（亿）"
TABLES = {
    7: {
        GOAL: True,
        DONE: True,
        "响应率（%）": True,
        "解决率（%）": True,
        "满意率（%）": True,
        "起数": True,
        "说明": False,
    }
}


def rate(cap="100", floor="0", step="1"):
    return Typed("rate", "7", "last", f"{GOAL}\n{DONE}", step=step, cap=cap, floor=floor)


def bands(text, better="high", columns=DONE, kind="bands"):
    return Typed(kind, "7", "last", columns, bands=text, better=better)


def rates(step="1", cap="100", floor="0"):
    return Typed("rates", "7", "mean", "响应率,40\n解决率,40\n满意率,20", step=step, cap=cap, floor=floor)


def each(step="2", columns="起数"):
    return Typed("each", "7", "sum", columns, step=step)


STEPS = "100,0\n90,2\n80,5\n其余,10"
LOWER = "0,0\n3,1.5\n其余,4"
TOP = "3,0\n6,1\n10,2.5\n其余,4"

# Typed, figures, 每次扣分上限, place: the deduction as a person works it out.
BY_HAND = [
    (rate(), ("1.20", "1.05"), "", 0, "12.5"),
    (rate(), ("1.20", "1.20"), "", 0, "0"),
    (rate(), ("1.20", "1.50"), "", 0, "0"),
    (rate(), ("1.20", "0"), "", 0, "100"),
    (rate(), ("3", "2"), "", 0, "33.333"),
    (rate(), ("3", "1"), "", 0, "66.667"),
    (rate(), ("7", "6"), "", 0, "14.286"),
    (rate(), ("0.8", "0.6"), "", 0, "25"),
    (rate(floor="60"), ("2", "1"), "", 0, "40"),
    (rate(floor="60"), ("2", "1.2"), "", 0, "40"),
    (rate(floor="60"), ("2", "1.3"), "", 0, "35"),
    (rate(cap="110"), ("2", "2"), "", 0, "10"),
    (rate(cap="110"), ("2", "2.2"), "", 0, "0"),
    (rate(cap="110"), ("2", "2.5"), "", 0, "0"),
    (rate(step="0.5"), ("1.20", "1.05"), "", 0, "6.25"),
    (rate(step="0.2"), ("3", "2"), "", 0, "6.667"),
    (rate(), ("1.20", "1.05"), "10", 0, "10"),
    (rate(), ("1.20", "1.10"), "10", 0, "8.333"),
    (rate(), ("4", "-1"), "", 0, "100"),
    (bands(STEPS), ("100",), "", 0, "0"),
    (bands(STEPS), ("99.99",), "", 0, "2"),
    (bands(STEPS), ("90",), "", 0, "2"),
    (bands(STEPS), ("85",), "", 0, "5"),
    (bands(STEPS), ("79.9",), "", 0, "10"),
    (bands(STEPS, columns=f"{GOAL}\n{DONE}"), ("1.20", "1.05"), "", 0, "5"),
    (bands(STEPS, columns=f"{GOAL}\n{DONE}"), ("3", "2"), "", 0, "10"),
    (bands(LOWER, better="low"), ("0",), "", 0, "0"),
    (bands(LOWER, better="low"), ("3",), "", 0, "1.5"),
    (bands(LOWER, better="low"), ("3.01",), "", 0, "4"),
    (bands("-5,0\n其余,3"), ("-5",), "", 0, "0"),
    (bands("-5,0\n其余,3"), ("-5.1",), "", 0, "3"),
    (bands(TOP, kind="places"), ("1.05",), "", 3, "0"),
    (bands(TOP, kind="places"), ("1.05",), "", 4, "1"),
    (bands(TOP, kind="places"), ("1.05",), "", 10, "2.5"),
    (bands(TOP, kind="places"), ("1.05",), "", 16, "4"),
    (each(), ("3",), "", 0, "6"),
    (each(), ("0",), "", 0, "0"),
    (each(), ("3",), "5", 0, "5"),
    (rates(), ("98", "95", "80"), "", 0, "6.8"),
    (rates(step="0.5", floor="50"), ("99.5", "97.3", "88.8"), "", 0, "1.76"),
]


def method(typed):
    read = read_method(typed, TABLES)
    assert read is not None
    return read


def worked(typed, figures, limit="", place=0):
    read = method(typed)
    found = [Given(name, None if f is None else Fraction(f)) for name, f in zip(read.columns, figures, strict=True)]
    return deduct(read, found, line=3, limit=Decimal(limit) if limit else None, place=place, of=16)


def test_there_are_forty_lines():
    assert len(BY_HAND) == 40


@pytest.mark.parametrize(("typed", "figures", "limit", "place", "points"), BY_HAND)
def test_a_deduction_is_what_a_person_works_out(typed, figures, limit, place, points):
    found = worked(typed, figures, limit, place)
    assert found.points == Decimal(points) and not found.asks
    assert "按细则第 3 条" in found.words


@pytest.mark.parametrize(
    ("typed", "figures", "limit", "place", "words"),
    [
        (rate(), ("1.20", "1.05"), "", 0, "目标 1.20 亿，完成 1.05 亿，完成率 87.5 %，按细则第 3 条扣 12.5 分"),
        (
            rate(),
            ("3", "2"),
            "",
            0,
            "目标 3.00 亿，完成 2.00 亿，完成率 约 66.667 %，按细则第 3 条扣 33.333 分（四舍五入到三位小数）",
        ),
        (rate(), ("1", "2"), "", 0, "目标 1.00 亿，完成 2.00 亿，完成率 200 %，按封顶 100 % 算，按细则第 3 条不扣分"),
        (
            rate(floor="60"),
            ("2", "1"),
            "",
            0,
            "目标 2.00 亿，完成 1.00 亿，完成率 50 %，按保底 60 % 算，按细则第 3 条扣 40 分",
        ),
        (
            rate(step="2"),
            ("2", "1"),
            "20",
            0,
            "目标 2.00 亿，完成 1.00 亿，完成率 50 %，比 100 % 每低 1 个百分点扣 2 分，应扣 100 分，每次至多扣 20 分，按细则第 3 条扣 20 分",
        ),
        (each(), ("3",), "", 0, "起数 3 起，每起扣 2 分，按细则第 3 条扣 6 分"),
        (bands(TOP, kind="places"), ("1.05",), "", 4, "完成 1.05 亿，16 家中第 4 名，按细则第 3 条扣 1 分"),
        (
            rates(),
            ("98", "95", "80"),
            "",
            0,
            "响应率 98 %×40 %＋解决率 95 %×40 %＋满意率 80 %×20 %＝综合率 93.2 %，按细则第 3 条扣 6.8 分",
        ),
    ],
)
def test_the_sum_is_said_in_full(typed, figures, limit, place, words):
    assert worked(typed, figures, limit, place).words == words


@pytest.mark.parametrize("goal", ["0", "-1"])
@pytest.mark.parametrize("typed", [rate(), bands(STEPS, columns=f"{GOAL}\n{DONE}")])
def test_a_target_of_nothing_asks(typed, goal):
    found = worked(typed, (goal, "1"))
    assert found.points is None and found.asks and "算不出完成率" in found.words


@pytest.mark.parametrize("typed", [rate(), bands(STEPS), bands(TOP, kind="places"), each(), rates()])
def test_a_missing_figure_proposes_nothing_and_asks_nothing(typed):
    found = worked(typed, [None] * len(method(typed).columns), place=1)
    assert found.points is None and not found.asks and "没有" in found.words


@pytest.mark.parametrize("count", ["2.5", "-1"])
def test_a_count_that_is_none_asks(count):
    found = worked(each(), (count,))
    assert found.points is None and found.asks and "整数" in found.words


def test_equal_figures_are_equal_places():
    values = {key: Fraction(value) for key, value in {"a": 5, "b": 7, "c": 7, "d": 1}.items()}
    assert places_of(values, higher=True) == {"b": 1, "c": 1, "a": 3, "d": 4}
    assert places_of(values, higher=False) == {"d": 1, "a": 2, "b": 3, "c": 3}


def changed(typed, **fields):
    return Typed(**(typed.__dict__ | fields))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (changed(rate(), kind=""), "no-method"),
        (changed(rate(), kind="best"), "no-method"),
        (changed(rate(), table=""), "no-table"),
        (changed(rate(), table="8"), "no-table"),
        (changed(rate(), table="9" * 30), "no-table"),
        (changed(rate(), take=""), "no-take"),
        (changed(rate(), columns=GOAL), "bad-columns"),
        (changed(rate(), columns=""), "bad-columns"),
        (changed(rate(), columns=f"{GOAL}\n不存在"), "no-column"),
        (changed(rate(), columns=f"{GOAL}\n说明"), "text-column"),
        (changed(rate(), columns=f"{GOAL}\n目标"), "doubled-column"),
        (changed(rate(), cap=""), "no-number"),
        (changed(rate(), step=""), "no-number"),
        (changed(rate(), floor=""), "no-number"),
        (rate(step="0"), "bad-step"),
        (rate(step="101"), "bad-step"),
        (rate(step="-1"), "negative"),
        (rate(step="1.2345"), "too-many-decimals"),
        (rate(cap="60", floor="60"), "bad-ends"),
        (rate(cap="1001"), "bad-ends"),
        (changed(rate(), bands=STEPS), "surplus"),
        (changed(each(), cap="100"), "surplus"),
        (changed(rates(), columns="响应率\n解决率"), "no-weight"),
        (changed(rates(), columns="响应率,40\n解决率,40"), "bad-weights"),
        (changed(rates(), columns="响应率,0\n解决率,100"), "bad-weights"),
        (changed(bands(STEPS), better=""), "no-better"),
        (bands("其余,1"), "bad-bands"),
        (bands("100,0\n90,2"), "bad-bands"),
        (bands("其余,0\n90,2"), "bad-bands"),
        (bands("90,0\n100,2\n其余,3"), "bad-bands"),
        (bands("100,5\n90,2\n其余,10"), "bad-bands"),
        (bands("100,2\n其余,2"), "bad-bands"),
        (bands("100,0\n其余,101"), "bad-bands"),
        (bands("100\n其余,1"), "bad-bands"),
        (bands("0,0\n其余,1", kind="places"), "bad-bands"),
        (bands("3.5,0\n其余,1", kind="places"), "too-many-decimals"),
    ],
)
def test_nonsense_is_refused_in_a_sentence(typed, code):
    with pytest.raises(Refused) as refused:
        read_method(typed, TABLES)
    assert refused.value.code == code and refused.value.message.endswith("。")


def test_nothing_typed_is_no_method():
    assert read_method(Typed(), TABLES) is None


@pytest.mark.parametrize(
    "typed", [rate(), bands(STEPS), bands(LOWER, "low"), bands(TOP, kind="places"), each(), rates()]
)
def test_what_is_stored_and_typed_again_is_the_same(typed):
    read = method(typed)
    assert method_of(read.stored()) == read and method(typed_of(read)) == read
    assert "旅游收入" in in_words(read, "旅游收入") and all(name in in_words(read, "旅游收入") for name in read.columns)


DECIMAL = st.decimals(min_value=-1000, max_value=1000, places=4, allow_nan=False, allow_infinity=False)
POSITIVE = st.decimals(min_value="0.0001", max_value=1000, places=4, allow_nan=False, allow_infinity=False)
SMALL = st.decimals(min_value="0.001", max_value=100, places=3, allow_nan=False, allow_infinity=False)


@given(goal=POSITIVE, done=DECIMAL, more=POSITIVE, step=SMALL, floor=st.integers(0, 99), limit=SMALL)
def test_a_rate_takes_off_no_more_than_it_may_and_less_for_more(goal, done, more, step, floor, limit):
    read = Method(Kind.RATE, 7, Take.LAST, (GOAL, DONE), step=step, cap=Decimal(100), floor=Decimal(floor))

    def of(actual):
        return deduct(read, [Given(GOAL, Fraction(goal)), Given(DONE, Fraction(actual))], line=1, limit=limit).points

    less, taken = of(done + more), of(done)
    assert less is not None and taken is not None and 0 <= less <= taken <= limit
    assert -taken.as_tuple().exponent <= 3
    exact = min(max(Fraction(done) * 100 / Fraction(goal), Fraction(floor)), Fraction(100))
    assert abs(Fraction(taken) - min((100 - exact) * Fraction(step), Fraction(limit))) <= Fraction(1, 2000)


@given(values=st.lists(DECIMAL, min_size=1, max_size=21), higher=st.booleans())
def test_a_place_is_one_more_than_those_before_it(values, higher):
    places = places_of({str(n): Fraction(value) for n, value in enumerate(values)}, higher=higher)
    for n, value in enumerate(values):
        before = sum(other > value if higher else other < value for other in values)
        assert places[str(n)] == before + 1
