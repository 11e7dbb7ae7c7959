"""升降归因 on 得分明细, ranking, workbook and API: what is said, what it is compared with, and who sees how much (0112)."""

import io
import re
from decimal import Decimal
from fractions import Fraction

import openpyxl
import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from evaluation.engine.queries.frozen import document_of, frozen_receipt
from evaluation.engine.rules.attribution import Attribution, Cause, Part
from evaluation.models import Mark, Ranking
from evaluation.ranking.queries.attribution import comparable, sentence, why, why_sentence
from evaluation.ranking.services import compute_trial
from miyun_kpi.accounts.models import User
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.queries import resolve
from tests.evaluation.sheets.test_api_marks import Api
from tests.factories.markup import one_line
from tests.factories.rankings import BACKEND, actor_of, filed_quarter, official, person, published, signed
from tests.factories.tampering import unguarded

THIRD = PeriodCode(2020, quarter=3)
PEOPLE = {
    "office1": ("区政府办公室", "evaluation_office"),
    "office2": ("区政府办公室", "evaluation_office"),
    "leader": ("区政府办公室", "leader"),
    "town": ("北庄镇", "reporter"),
    "other": ("高岭镇", "reporter"),
    "bureau": ("区水务局", "unit_head"),
}
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def _bulletins(django_db_setup, django_db_blocker):
    """Two published quarters of the townships and a trial before each, once a module."""
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        try:
            for username, (organisation, role) in PEOPLE.items():
                person(username, organisation, role)
            for code in (PeriodCode(2020, quarter=2), THIRD):
                period = filed_quarter(code)
                scheme = period.sheets.filter(scheme__track="township").first().scheme
                compute_trial(actor=actor("office1"), scheme=scheme, period=period, at=timezone.now())
                change_marks(period)
                ranking = signed(official("township", period, by=actor("office1")), by=actor("office1"))
                published(ranking, by=actor("office2"), scope="total")
            yield
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


def change_marks(period):
    """Item 9 is marked again between trial and 核定."""
    for mark in Mark.objects.filter(sheet__period=period, sheet__scheme__track="township", sheet__indicator__number=9):
        mark.value = max(mark.value - (mark.pk % 7), Decimal(0))
        mark.save()


@pytest.fixture
def bulletins(_bulletins, gazette):
    return None


def actor(username):
    return actor_of(User.objects.get(username=username))


def client_of(username):
    client = Client()
    client.force_login(User.objects.get(username=username), backend=BACKEND)
    return client


def ranking_of(quarter, kind="official"):
    return Ranking.objects.select_related("scheme", "period").get(
        scheme__track="township", period__code=f"2020Q{quarter}", kind=kind
    )


def page_of(username, ranking, code="beizhuang-zhen", query=""):
    return client_of(username).get(reverse("evaluation:receipt", args=[ranking.pk, code]) + query)


def section(answer):
    found = re.search(r'<section class="attribution.*?</section>', answer.content.decode(), re.S)
    return one_line(found[0]) if found else ""


def rescoped(ranking, scope):
    with unguarded():
        Ranking.objects.filter(pk=ranking.pk).update(disclosure_scope=scope)


# ── what is said ─────────────────────────────────────────────────────────────────────────────────


def test_the_parts_on_the_page_add_up_to_the_difference_of_the_two_printed_totals(bulletins):
    second, third = ranking_of(2), ranking_of(3)
    for row in third.rows.select_related("organisation"):
        told = why(actor("office1"), second, third, row.organisation)
        old = second.rows.get(organisation=row.organisation)
        assert sum(part.printed for part in told.found.parts) == row.total - old.total == told.found.difference
        assert (told.found.rank_before, told.found.rank_after) == (old.rank, row.rank)
        assert len(told.over) - len(told.under) == row.rank - old.rank
    shown = section(page_of("town", third))
    effects = re.findall(r'class="num effect">\s*([−+\d.]+)', shown)
    values = [Decimal(one.replace("−", "-")) for one in effects]
    assert len(values) > 10 and sum(values[:-1]) == values[-1] and "其他" not in re.sub("其他单位", "", shown)


def test_an_own_mark_has_the_effect_reckoned_by_hand(bulletins):
    """Trial and 核定 of the quarter differ by the marks of item 9 alone: weight × (new − old) ÷ 100 of a whole of 100."""
    trial, ranking = ranking_of(3, "trial"), ranking_of(3)
    seen = 0
    for row in ranking.rows.select_related("organisation"):
        told = why(actor("office1"), trial, ranking, row.organisation).found
        old, new = (
            next(item for item in frozen_receipt(one, row.organisation)["items"] if item["indicator"]["number"] == 9)
            for one in (trial, ranking)
        )
        assert {part.number for part in told.parts} <= {9, None}
        if len(new["shares"]) == 1 and new["basis"] == "marked" and old["shares"] != new["shares"]:
            moved = Fraction(new["shares"][0]["value"]) - Fraction(old["shares"][0]["value"])
            (part,) = [one for one in told.parts if one.number == 9]
            assert part.cause == Cause.MARK and part.effect == Fraction(new["weight"]) * moved / 100
            assert (part.before, part.after) == (old["shares"][0]["value"], new["shares"][0]["value"])
            seen += 1
    assert seen > 3


def part(cause, subject, effect):
    return Part(cause, subject, "", "", Fraction(effect), Decimal(effect))


def attributed(before, after, *parts):
    total = sum((one.printed for one in parts), Decimal(0))
    return Attribution(before, after, Decimal("88.0000"), Decimal("88.0000") + total, parts)


def test_the_sentence_of_the_issue():
    found = attributed(
        6,
        9,
        part(Cause.MARK, "基本无违建", "-0.8000"),
        part(Cause.MARK, "接诉即办", "-0.3500"),
        part(Cause.AVERAGE, "河长制", "-0.0600"),
        part(Cause.AVERAGE, "财源建设", "-0.0300"),
    )
    assert sentence(found, 2) == (
        "由第 6 名降至第 9 名：合计 −1.24，其中基本无违建 −0.80、接诉即办 −0.35、平均分 −0.09。"
    )


def test_a_sentence_names_three_items_counts_the_others_and_always_adds_up():
    many = [part(Cause.MARK, f"第{place}项", f"0.00{9 - place}4") for place in range(1, 7)]
    told = sentence(attributed(3, 1, *many, part(Cause.WEIGHT, "甲", "0.0001")))
    assert told == (
        "由第 3 名升至第 1 名：合计 +0.0355，其中第1项 +0.0084、第2项 +0.0074、第3项 +0.0064、分值 +0.0001、另 3 项得分 +0.0132。"
    )
    assert "第4项 +0.0054" in sentence(attributed(3, 1, *many[:4]))
    for figures in (told, sentence(attributed(3, 1, *many), 2), sentence(attributed(3, 1, *many, many[0]), 3)):
        whole, rest = re.search(r"合计 (\S+)，其中(.*)。", figures).groups()
        numbers = [Decimal(one.replace("−", "-")) for one in re.findall(r"[−+][\d.]+", rest)]
        assert sum(numbers) == Decimal(whole.replace("−", "-"))
    two = [part(Cause.MARK, "甲", "0.0060"), part(Cause.MARK, "乙", "0.0060")]
    assert sentence(attributed(3, 1, *two), 2).endswith("合计 +0.01，其中甲 +0.01、乙 +0.01、尾差 −0.01。")


def test_a_sentence_where_no_place_was_lost_or_there_is_none():
    assert sentence(attributed(4, 4)) == "仍为第 4 名：合计没有变化。"
    assert sentence(attributed(None, 4)) == "现列第 4 名：合计没有变化。"
    assert sentence(attributed(4, None)) == "没有名次：合计没有变化。"


# ── with what it is compared ─────────────────────────────────────────────────────────────────────


def test_by_default_it_is_the_bulletin_before_and_the_office_may_choose_the_trial(bulletins):
    second, third, trial = ranking_of(2), ranking_of(3), ranking_of(3, "trial")
    unit = resolve("北庄镇")
    assert [one.pk for one in comparable(actor("town"), third, unit)] == [second.pk]
    assert [one.pk for one in comparable(actor("office1"), third, unit)] == [second.pk, trial.pk]
    assert comparable(actor("town"), second, unit) == []
    assert section(page_of("town", second)) == ""
    shown = section(page_of("office1", third, query=f"?with={trial.pk}"))
    assert re.search(rf'<option value="{trial.pk}" selected>', shown) and '<details class="as-table" open>' in shown
    assert "升降归因" in shown


@pytest.mark.parametrize("wanted", ["trial", "0", "x", "１"])
def test_a_unit_cannot_choose_what_it_does_not_see(bulletins, wanted):
    number = ranking_of(3, "trial").pk if wanted == "trial" else wanted
    assert page_of("town", ranking_of(3), query=f"?with={number}").status_code == 404


def test_a_trial_is_read_against_the_bulletin_before(bulletins):
    trial = ranking_of(3, "trial")
    assert why_sentence(actor("office1"), trial, resolve("北庄镇")).startswith(("由第", "仍为第"))


def test_another_arithmetic_is_refused_in_words_and_the_page_stands(bulletins):
    second, third = ranking_of(2), ranking_of(3)
    unit = resolve("北庄镇")
    second.rule_version = "1 · 13号·1"
    with pytest.raises(Refused) as refused:
        why(actor("office1"), second, third, unit)
    assert refused.value.code == "other-arithmetic" and "2020年第二季度" in refused.value.message
    assert refused.value.clause


def test_a_bulletin_whose_seal_is_broken_takes_the_page_after_it_not_away(bulletins):
    second, third = ranking_of(2), ranking_of(3)
    with unguarded():
        second.rows.filter(organisation__code="beizhuang-zhen").update(seal="0" * 64)
    answer = page_of("town", third)
    assert answer.status_code == 200 and "与核定时封存的不一致" in section(answer)
    assert why_sentence(actor("town"), third, resolve("北庄镇")) == ""


def test_a_unit_that_was_not_ranked_then_has_nothing_to_compare(bulletins):
    second, third = ranking_of(2), ranking_of(3)
    with pytest.raises(Refused) as refused:
        why(actor("office1"), second, third, resolve("区水务局"))
    assert refused.value.code == "not-ranked"


# ── who sees what ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def loser(bulletins):
    """A unit that others passed, and which."""
    second, third = ranking_of(2), ranking_of(3)
    found = [
        why(actor("office1"), second, third, row.organisation) for row in third.rows.select_related("organisation")
    ]
    told = max(found, key=lambda one: len(one.over))
    assert told.over
    code = next(row["organisation"] for row in document_of(third)["rows"] if row["rank"] == told.found.rank_after)
    user = person("loser", resolve(code).name, "reporter")
    return second, third, resolve(code), actor_of(user), told


@pytest.mark.parametrize(
    ("scopes", "totals", "dimensions"),
    [
        (("rank", "rank"), (False, False), False),
        (("rank", "total"), (False, True), False),
        (("total", "dimensions"), (True, True), False),
        (("dimensions", "dimensions"), (True, True), True),
    ],
)
def test_others_are_shown_as_each_period_allows(loser, scopes, totals, dimensions):
    second, third, unit, reader, whole = loser
    second.disclosure_scope, third.disclosure_scope = scopes
    told = why(reader, second, third, unit)
    assert [(one.organisation, one.rank_before, one.rank_after) for one in told.places] == [
        (one.organisation, one.rank_before, one.rank_after) for one in whole.places
    ]
    for one in told.places:
        assert ((one.total_before is not None), (one.total_after is not None)) == totals
        assert (one.dimension is not None) == dimensions == (one.gained is not None)
    # One's own parts are one's own whatever the others show.
    assert told.found.parts == whole.found.parts


def test_the_office_and_the_leaders_see_whole_and_another_town_nothing(loser):
    second, third, unit, _, whole = loser
    second.disclosure_scope = third.disclosure_scope = "rank"
    for username in ("office1", "leader"):
        assert why(actor(username), second, third, unit).places == whole.places
        assert all(one.dimension for one in whole.places)
    stranger = "other" if unit.name != "高岭镇" else "town"
    for username in (stranger, "bureau"):
        with pytest.raises(NotFound):
            why(actor(username), second, third, unit)
        assert page_of(username, third, unit.code).status_code == 404


def test_a_passed_by_dimension_is_the_one_that_moved_most_against_the_unit(loser):
    second, third, unit, _, whole = loser
    rows = [{row["organisation"]: row for row in document_of(one)["rows"]} for one in (second, third)]

    def moved(code, place):
        gaps = []
        for side in rows:
            mine, theirs = side[unit.code]["dimensions"][place], side[code]["dimensions"][place]
            gaps.append(Decimal(theirs["score"]) - Decimal(mine["score"]))
        return gaps[1] - gaps[0]

    for one in whole.over:
        shifts = {
            dimension["name"]: moved(one.organisation, place)
            for place, dimension in enumerate(rows[1][unit.code]["dimensions"])
        }
        assert shifts[one.dimension] == max(shifts.values()) == one.gained


def test_the_page_of_a_town_writes_nothing_of_others_beyond_the_scope(loser):
    second, third, unit, _, whole = loser
    client = client_of("loser")
    rescoped(third, "rank")
    told = one_line(client.get(reverse("evaluation:receipt", args=[third.pk, unit.code])).content.decode())
    shown = re.search(r'<section class="attribution.*?</section>', told, re.S)[0]
    assert all(one.name in shown for one in whole.places)
    assert not any(str(one.total_after) in shown for one in whole.places)
    assert "按两期的公开范围" in shown and "相对本单位变动最多的维度" not in shown


# ── ranking page, workbook, API ──────────────────────────────────────────────────────────────────


def test_the_ranking_leads_there_by_the_movement_and_says_the_sentence_of_ones_own(bulletins):
    second, third = ranking_of(2), ranking_of(3)
    address = f"{reverse('evaluation:receipt', args=[third.pk, 'beizhuang-zhen'])}?with={second.pk}#why"
    page = client_of("town").get(reverse("evaluation:ranking", args=[third.pk])).content.decode()
    assert page.count("#why") == 2 and f'href="{address}"' in page
    assert why_sentence(actor("town"), third, resolve("北庄镇")) in page
    whole = client_of("office1").get(reverse("evaluation:ranking", args=[third.pk])).content.decode()
    assert whole.count("#why") == 21 and "own-why" not in whole
    assert "#why" not in client_of("town").get(reverse("evaluation:ranking", args=[second.pk])).content.decode()


def test_the_workbook_has_the_parts_with_their_sum(bulletins):
    third = ranking_of(3)
    answer = client_of("town").get(reverse("evaluation:receipt-sheet", args=[third.pk, "beizhuang-zhen"]))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["升降归因"]
    rows = [[cell.value for cell in line] for line in sheet.iter_rows()]
    start = next(place for place, row in enumerate(rows) if row[0] == "原因")
    end = next(place for place, row in enumerate(rows) if row[0] == "合计")
    effects = [Decimal(str(row[5])).quantize(Decimal("0.0001")) for row in rows[start + 1 : end]]
    assert sum(effects) == Decimal(str(rows[end][5])).quantize(Decimal("0.0001")) and len(effects) > 10
    first = client_of("town").get(reverse("evaluation:receipt-sheet", args=[ranking_of(2).pk, "beizhuang-zhen"]))
    assert "升降归因" not in openpyxl.load_workbook(io.BytesIO(first.content)).sheetnames


def test_the_api_answers_the_same_and_keeps_the_scope(bulletins):
    second, third, trial = ranking_of(2), ranking_of(3), ranking_of(3, "trial")
    address = f"rankings/{third.pk}/rows/北庄镇/attribution/"
    town, office = Api("town-api", "北庄镇", "reporter"), Api("office-api", "区政府办公室", "evaluation_office")
    answer = town.get(address)
    told = answer.json()
    assert answer.status_code == 200 and told["compared_with"] == second.pk
    assert sum(Decimal(one["effect"]) for one in told["parts"]) == Decimal(told["difference"])
    assert sum(Fraction(one["exact"]) for one in told["parts"]) == Fraction(told["difference"])
    assert len(told["over"]) - len(told["under"]) == told["rank_after"] - told["rank_before"]
    assert town.get(f"{address}?before={trial.pk}").status_code == 404
    assert office.get(f"{address}?before={trial.pk}").json()["compared_with"] == trial.pk
    assert Api("other-api", "高岭镇", "reporter").get(address).status_code == 404
    assert town.get(f"{address}?before=x").status_code == 400
    first = town.get(f"rankings/{second.pk}/rows/北庄镇/attribution/")
    assert first.status_code == 404 and first.json()["code"] == "nothing-to-compare"


def test_the_page_of_the_unit_says_it_to_whoever_sees_its_receipt(bulletins):
    address = reverse("organisations:organisation", args=["beizhuang-zhen"])
    for username, told in (("town", True), ("office1", True), ("other", False), ("bureau", False)):
        client = Client()
        client.force_login(User.objects.get(username=username), backend=BACKEND)
        answer = client.get(address, {"tab": "evaluation"})
        history = answer.context["record"].blocks[0]
        assert len(history.rows) == 2
        newest = Ranking.objects.filter(state="published").latest("period__code")
        said = why_sentence(actor(username), newest, resolve("北庄镇"))
        assert history.note == said and bool(said) == told, username
        assert not told or said in one_line(answer.content.decode())
