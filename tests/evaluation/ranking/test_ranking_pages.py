"""The list and the table: what is shown, filtered, exported and refused."""

import io
import json
import re
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from evaluation.models import Figure, Mark, Period, Ranking, RankingRow, Scheme
from miyun_kpi.accounts.models import User
from tests.factories.rankings import BACKEND
from tests.factories.tampering import rewritten


@pytest.fixture
def office(demo) -> Client:
    client = Client()
    client.force_login(User.objects.get(username="zhengfuban1"), backend=BACKEND)
    client.get("/")  # the session is written once
    return client


def trial(track: str = "township", period: str = "2020Q2") -> Ranking:
    return Ranking.objects.get(scheme__track=track, period__code=period)


def body(track: str = "township", period: str = "2020Q2", kind: str = "trial") -> dict[str, object]:
    return {"scheme": Scheme.objects.get(track=track).pk, "period": Period.objects.get(code=period).pk, "kind": kind}


def page_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def queries(client: Client, address: str) -> int:
    # The number beside 工作台 is read anew after an act of one's own, and remembered.
    client.get("/gazette/")
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_the_table_costs_the_same_queries_for_21_and_49_organisations(office):
    counts = [queries(office, f"/evaluation/rankings/{trial(track).pk}/") for track in ("township", "department")]
    # For departments too: whether the office itself is ranked among them is read from who asks.
    assert counts[0] == counts[1] <= 12, counts
    books = [queries(office, f"/evaluation/rankings/{trial(t).pk}/ranking.xlsx") for t in ("township", "department")]
    assert books[0] == books[1] <= 7, books


def test_the_list_costs_the_same_queries_with_more_rankings(office):
    before = queries(office, "/evaluation/rankings/")
    for track in ("township", "department"):
        office.post("/evaluation/rankings/compute/", body(track, "2020Q3"))
    assert Ranking.objects.count() == 4
    assert queries(office, "/evaluation/rankings/") == before


def test_the_same_inputs_give_the_same_trial_and_say_so(office):
    answer = office.post("/evaluation/rankings/compute/", body())
    assert answer["Location"] == f"/evaluation/rankings/{trial().pk}/?done=same"
    assert "输入没有变化，没有再算" in page_of(office, answer["Location"])
    assert Ranking.objects.count() == 2


def test_official_is_dashed_with_what_is_lacking_and_refused(office):
    page = page_of(office, "/evaluation/rankings/")
    assert "正式核定（83 处未确认）" in page
    assert re.search(r"正式核定（83 处未确认，\d+ 格缺分）", page), "the open quarter lacks marks too"
    answer = office.post("/evaluation/rankings/compute/", body(kind="official"))
    assert answer.status_code == 422 and "83 处" in answer.content.decode()


def test_a_trial_with_gaps_lists_everybody_provisionally_and_names_the_sheets(office):
    answer = office.post("/evaluation/rankings/compute/", body(period="2020Q3"))
    page = page_of(office, answer["Location"])
    assert "暂列 21 家" in page
    assert "打分表未报送 28 张" in page
    assert "0.0000" not in page, "what is not marked is never shown as 0"
    assert re.search(r"缺分 \d+ 格", page)
    assert '<td class="num rank">1</td>' not in page
    code = RankingRow.objects.filter(ranking=trial(period="2020Q3")).first().organisation.code
    receipt = page_of(office, f"{answer['Location']}rows/{code}/")
    assert "缺分" in receipt and "暂列" in receipt
    assert not re.search(r">\s*0\.0000\s*<", receipt)


def test_a_zone_filter_keeps_ranks_of_the_track(office):
    ranking = trial()
    page = page_of(office, f"/evaluation/rankings/{ranking.pk}/?zone=eco")
    ranks = re.findall(r'<td class="num rank">(\d+)</td>', page)
    expected = RankingRow.objects.filter(ranking=ranking, organisation__zone="eco").order_by("position")
    assert ranks == [str(row.rank) for row in expected] and len(ranks) == 9
    nonsense = page_of(office, f"/evaluation/rankings/{ranking.pk}/?zone=nonsense")
    assert len(re.findall(r'<td class="num rank">', nonsense)) == 21


def test_the_selects_lead_to_an_address(office):
    ranking = trial("department")
    answer = office.get(f"/evaluation/rankings/open/?ranking={ranking.pk}&group=vertical")
    assert answer["Location"] == f"/evaluation/rankings/{ranking.pk}/?category=vertical"
    for bad in ("", "x", "999999", "１"):
        assert office.get(f"/evaluation/rankings/open/?ranking={bad}").status_code == 404


def test_the_workbook_holds_exact_numbers_and_says_it_is_a_trial(office):
    ranking = trial()
    answer = office.get(f"/evaluation/rankings/{ranking.pk}/ranking.xlsx")
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    top = [str(row[0].value) for row in sheet.iter_rows(max_row=6)]
    assert any("试算件，不得引用" in line for line in top)
    assert any(
        ranking.digest.startswith(line.split("结果摘要 ")[-1].replace("·", "")) for line in top if "结果摘要" in line
    )
    assert any("导出" in line and "考评组甲" in line for line in top)
    head = [cell.value for cell in sheet[7]]
    rows = {
        row.organisation.name: row for row in RankingRow.objects.filter(ranking=ranking).select_related("organisation")
    }
    column = head.index("合计")
    seen = 0
    for line in sheet.iter_rows(min_row=8):
        if line[2].value in rows:
            assert Decimal(str(line[column].value)) == rows[line[2].value].total
            assert line[column].number_format == "0.0000" and line[2].data_type in ("s", "inlineStr")
            seen += 1
    assert seen == 21


def test_every_total_stands_as_it_is_ranked(office):
    ranking = trial()
    document = json.loads(ranking.document)
    document["rows"][1]["total"], document["rows"][2]["total"] = "83.1213", "83.1201"
    rewritten(ranking.pk, document=json.dumps(document))
    page = page_of(office, f"/evaluation/rankings/{ranking.pk}/")
    shown = re.findall(r'<td class="num total">\s*([\d.]+)', page)
    assert shown == [row["total"] for row in document["rows"]] and {"83.1213", "83.1201"} < set(shown)


def test_unknown_rankings_and_organisations_look_alike(office):
    for address in (
        "/evaluation/rankings/99999/",
        f"/evaluation/rankings/{trial().pk}/rows/nobody/",
        f"/evaluation/rankings/{trial().pk}/rows/shuiwu-ju/",
    ):
        assert "没有这一项，或不在您能看的范围" in page_of(office, address, 404) or "不在您能看的范围" in page_of(
            office, address, 404
        )


def test_a_trial_says_so_on_screen_and_on_paper(office):
    for address in ("", "rows/beizhuang-zhen/"):
        page = page_of(office, f"/evaluation/rankings/{trial().pk}/{address}")
        assert 'class="watermark"' in page and "不得引用" in page and "打印" in page
        assert "print-notice" in page


@pytest.mark.parametrize("method", ["compute/", "1/signings/"])
def test_acts_are_not_done_by_a_get(office, method):
    assert office.get(f"/evaluation/rankings/{method}").status_code == 405


def test_what_is_not_examined_this_quarter_leaves_the_full_mark_and_the_total_is_converted(office):
    scheme = Scheme.objects.get(track="township")
    Figure.objects.filter(scheme=scheme, key__in=["scope/24", "scope/9"]).update(value="year")
    answer = office.post("/evaluation/rankings/compute/", body())
    ranking = trial_number(2)
    row = RankingRow.objects.filter(ranking=ranking).select_related("organisation").first()
    receipt = json.loads(row.receipt)
    examined = Decimal(receipt["examined_weight"])
    assert examined < 90, "平安建设 10 and 财源建设 are out"
    assert abs(Decimal(receipt["sum"]) / examined * 100 - row.total) < Decimal("0.0001"), (
        "what is ranked is the percentage"
    )
    table = page_of(office, answer["Location"])
    assert "得分<br>/ 实考满分" in table and f"{receipt['sum']} / {receipt['examined_weight']}" in table
    assert f"{row.total:.4f}" in table and "按它排名" in table
    page = page_of(office, f"{answer['Location']}rows/{row.organisation.code}/")
    assert page.count('<span class="quiet">本期不考</span>') == 4, "two items, in the table and in the list for phones"
    assert f"得分 {receipt['sum']} ÷ 实考满分 {receipt['examined_weight']} × 100" in page and f"{row.total:.4f}" in page
    assert not re.search(r">\s*0\.0000\s*<", page), "not examined is not 0"


def trial_number(number: int) -> Ranking:
    return Ranking.objects.get(scheme__track="township", period__code="2020Q2", number=number)


def test_a_changed_mark_gives_a_new_trial_beside_the_old_one(office):
    before = trial()
    mark = Mark.objects.filter(sheet__period=before.period, sheet__scheme=before.scheme, value__gt=1).first()
    Mark.objects.filter(pk=mark.pk).update(value=mark.value - 1)
    answer = office.post("/evaluation/rankings/compute/", body())
    assert answer["Location"] == f"/evaluation/rankings/{trial_number(2).pk}/"
    assert trial_number(1).digest == before.digest != trial_number(2).digest
