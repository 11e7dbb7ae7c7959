"""得分明细: what is printed suffices to recompute it to the last digit."""

import io
import re
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from evaluation.engine.rules.receipts import arithmetic, averaged, item_rate, mark_text, percent_of_examined
from evaluation.models import Ranking, RankingRow
from miyun_kpi.accounts.models import User
from tests.factories import printed
from tests.factories.rankings import BACKEND


def half_up(value: Fraction) -> Decimal:
    """Four decimals, half up, written here again so that the product's own rounding is not its judge."""
    scaled = value * 10**4
    return Decimal((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)).scaleb(-4)


@pytest.fixture
def office(demo) -> Client:
    client = Client()
    client.force_login(User.objects.get(username="zhengfuban1"), backend=BACKEND)
    return client


def trial(track: str) -> Ranking:
    return Ranking.objects.get(scheme__track=track, period__code="2020Q2")


@pytest.mark.parametrize("track", ["township", "department"])
def test_the_printed_arithmetic_gives_the_printed_total(office, track):
    ranking = trial(track)
    rows = list(RankingRow.objects.filter(ranking=ranking).select_related("organisation"))
    kinds, seen = set(), set()
    for row in [*rows[:3], rows[len(rows) // 2], *rows[-3:]]:
        page = office.get(f"/evaluation/rankings/{ranking.pk}/rows/{row.organisation.code}/").content.decode()
        lines = printed.lines(page)
        assert len(lines) == (24 if track == "township" else 19)
        scores = []
        for line in lines:
            score = half_up(Fraction(line["weight"]) * printed.rate_of(line) / 100)
            assert f"{score:.4f}" == line["score"], (row.organisation.name, line)
            scores.append(score)
            kinds |= {sign for sign in ("家平均", "）÷", "/7") if sign in line["how"]}
        total = re.search(r'<dd class="the-total">([\d.]+)</dd>', page)[1]
        found = re.search(r'>尾差</th>.*?<td class="num score">([−+\d.]+)</td>', page, re.S)
        difference = Decimal(found[1].replace("−", "-")) if found else Decimal(0)
        seen.add(difference)
        assert total == f"{sum(scores) + difference:.4f}" == f"{row.total:.4f}"
        addends = re.findall(r'<span class="addends">(.*?)</span>', page)
        subtotals = [sum(Decimal(a) for a in line.split(" ＋ ")) for line in addends[:4]]
        assert sum(subtotals) == sum(scores)
    assert len(seen) > 1 and all(abs(one) < Decimal("0.0025") for one in seen), "some parts do not add up, by little"
    assert {"家平均", "）÷"} <= kinds, "the sample shows averages and several evaluators"
    assert ("/7" in kinds) == (track == "department"), "the 3/2/1 of department item 13"


@pytest.mark.parametrize("track", ["township", "department"])
def test_the_downloaded_inputs_give_the_total(office, track):
    ranking = trial(track)
    row = RankingRow.objects.filter(ranking=ranking).select_related("organisation")[4]
    answer = office.get(f"/evaluation/rankings/{ranking.pk}/rows/{row.organisation.code}/inputs.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["输入清单"]
    table = [[cell.value for cell in line] for line in sheet.iter_rows()]
    start = next(i for i, line in enumerate(table) if line[0] == "序")
    assert any("试算件，不得引用" in str(line[0]) for line in table[:start])
    assert any(ranking.digest[:4] in str(line[0]) for line in table[:start])
    rates: dict[int, Fraction] = defaultdict(Fraction)
    weights: dict[int, Fraction] = {}
    for line in table[start + 1 :]:
        if not isinstance(line[0], int):
            break
        number, weight, share, value, full, sum_, count = (line[i] for i in (0, 3, 6, 8, 9, 10, 11))
        weights[number] = Fraction(str(weight))
        rate = (
            Fraction(str(value)) / Fraction(str(full))
            if value is not None
            else Fraction(str(sum_)) / int(count) / Fraction(str(full))
        )
        rates[number] += Fraction(share) * rate
    assert sum(half_up(weights[n] * rates[n]) for n in weights) == row.total


def test_a_page_costs_the_same_queries_for_21_and_49_organisations(office):
    office.get("/evaluation/rankings/")  # the session is written once
    counts = []
    for track in ("township", "department"):
        ranking = trial(track)
        code = RankingRow.objects.filter(ranking=ranking, receipt__contains='"average"').first().organisation.code
        with CaptureQueriesContext(connection) as queries:
            assert office.get(f"/evaluation/rankings/{ranking.pk}/rows/{code}/").status_code == 200
        counts.append(len(queries))
    # For departments too: whether the office itself is ranked among them is read from who asks.
    assert counts[0] == counts[1] <= 12, counts


def test_an_averaged_item_with_different_weights_shows_both_readings(office):
    """河长制 weighs 3, 4, 3, 2 by zone: the mean rate counts, the plain mean of the scores stands beside it."""
    ranking = trial("township")
    rows = RankingRow.objects.filter(ranking=ranking).select_related("organisation")
    page = next(page for page in (_page(office, ranking, row) for row in rows) if "各家此项权重不同" in page)
    assert "（采用）" in page and "（不采用）" in page


def _page(office: Client, ranking: Ranking, row: RankingRow) -> str:
    return office.get(f"/evaluation/rankings/{ranking.pk}/rows/{row.organisation.code}/").content.decode()


def test_every_line_links_its_clause_and_an_average_the_rule_it_rests_on(office):
    ranking = trial("township")
    row = (
        RankingRow.objects.filter(ranking=ranking, receipt__contains='"average"').select_related("organisation").first()
    )
    page = _page(office, ranking, row)
    assert "/gazette/2020-13/" in page
    assert "无专项任务的取该项任务的平均分" in page
    assert page.count("data-clause") >= 24


# ── the arithmetic as a rule ─────────────────────────────────────────────────────────────────────


def share(value=None, full="100", part="1", **more):
    base = {
        "evaluator": {"code": "a", "name": "区甲局"},
        "share": part,
        "basis": "marked" if value is not None else "missing",
        "value": value,
        "full_mark": full,
        "own_unit": False,
        "sum": None,
        "divisor": None,
        "carriers": None,
    }
    return base | more


def test_one_missing_part_leaves_the_item_without_a_rate():
    item = {"basis": "missing", "weight": "5", "shares": [share("90", part="1/2"), share(part="1/2")]}
    assert item_rate(item) is None
    assert [term.text for term in arithmetic(item).terms] == ["90", "缺"]
    assert mark_text(None) == "–"


def test_a_mark_by_points_is_printed_over_its_full_mark():
    item = {"basis": "marked", "weight": "5", "shares": [share("2.3", "2.5", "1/2"), share("2.1", "2.5", "1/2")]}
    assert [term.text for term in arithmetic(item).terms] == ["2.3/2.5", "2.1/2.5"]
    assert item_rate(item) == Fraction(44, 50)


def test_a_mark_that_does_not_divide_says_so():
    assert mark_text(Fraction(2, 3)) == "≈66.6667"
    assert mark_text(Fraction(7797, 8000) * 100 / 100) == "97.4625"


def test_the_average_of_rates_differs_from_the_plain_average_when_weights_do():
    own = {"basis": "average", "weight": "4", "shares": [share(basis="average", sum="170", divisor="2", carriers=2)]}
    others = {
        "a": {"basis": "marked", "weight": "3", "shares": [share("80")]},
        "b": {"basis": "marked", "weight": "2", "shares": [share("90")]},
        "me": own,
    }
    used = averaged(own, 0, others)
    assert [member.organisation for member in used.members] == ["a", "b"]
    assert used.by_rate == Decimal("3.4000") and used.plain == Decimal("2.1000") and used.weights_differ


@pytest.mark.parametrize(
    ("total", "examined", "percent"), [("71.2500", "75", "95.0000"), ("33.3333", "90", "37.0370"), (None, "90", None)]
)
def test_out_of_scope_items_are_converted_to_a_hundred(total, examined, percent):
    assert percent_of_examined(total, examined) == (None if percent is None else Decimal(percent))
