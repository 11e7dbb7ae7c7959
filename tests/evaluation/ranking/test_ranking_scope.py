"""Who sees what of a ranking (engine 18): one matrix of viewers over page, print (the same page) and workbook."""

import io
import json
import re

import openpyxl
import pytest
from django.db import transaction
from django.test import Client

from evaluation.engine.rules.documents import limited_receipt
from evaluation.enums import DisclosureScope
from evaluation.models import Ranking, RankingRow
from miyun_kpi.accounts.models import User
from miyun_kpi.lib.periods import PeriodCode
from tests.factories.markup import one_line
from tests.factories.rankings import BACKEND, actor_of, filed_quarter, official, person, published, signed

PEOPLE = {
    "office1": ("区政府办公室", "evaluation_office"),
    "office2": ("区政府办公室", "evaluation_office"),
    "cooffice": ("区发展改革委", "evaluation_office"),
    "leader": ("区政府办公室", "leader"),
    "auditor": ("区审计局", "auditor"),
    "sysadmin": ("区财政局", "system_admin"),
    "town": ("北庄镇", "reporter"),
    "bureau": ("区水务局", "unit_head"),
    "evaluator": ("区卫健委", "evaluator"),
}
WHOLE = {"township": {"office1", "cooffice", "leader", "auditor"}, "department": {"office1", "leader", "auditor"}}
# Whose own row stands in the ranking of a track; 区政府办公室 is a department too, its office sees everything anyway.
OWN = {
    "township": {"town": "beizhuang-zhen"},
    "department": {
        "cooffice": "fagai-wei",
        "bureau": "shuiwu-ju",
        "evaluator": "weijian-wei",
        "sysadmin": "caizheng-ju",
    },
}


@pytest.fixture(scope="module")
def _quarter(django_db_setup, django_db_blocker):
    """Two official rankings of a real quarter, once a module, rolled back with it."""
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        try:
            for username, (organisation, role) in PEOPLE.items():
                person(username, organisation, role)
            office = actor_of(User.objects.get(username="office1"))
            period = filed_quarter(PeriodCode(2020, quarter=2))
            for track in ("township", "department"):
                signed(official(track, period, by=office), by=office)
            yield
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture
def quarter(_quarter, gazette):
    return None


def ranking_of(track: str) -> Ranking:
    return Ranking.objects.get(scheme__track=track, period__code="2020Q2")


def publish(track: str, scope: str) -> Ranking:
    ranking = ranking_of(track)
    ranking.scheme.disclosure_scope = scope
    ranking.scheme.save(update_fields=["disclosure_scope"])
    return published(ranking, by=actor_of(User.objects.get(username="office2")))


def client_of(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username), backend=BACKEND)
    return client


def another(ranking: Ranking, own: str) -> RankingRow:
    """A row in the middle, so that its total is nowhere else on the page."""
    return RankingRow.objects.filter(ranking=ranking).exclude(organisation__code=own).select_related("organisation")[9]


def workbook_cells(client: Client, ranking: Ranking, name: str) -> list[object]:
    answer = client.get(f"/evaluation/rankings/{ranking.pk}/ranking.xlsx")
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    return next([c.value for c in row] for row in sheet.iter_rows() if row[2].value == name)


@pytest.mark.parametrize("track", ["township", "department"])
@pytest.mark.parametrize("who", [name for name in PEOPLE if name != "office2"])
def test_before_the_bulletin_only_office_leader_and_auditor_see_anything(quarter, who, track):
    ranking, client = ranking_of(track), client_of(who)
    own = OWN[track].get(who, "beizhuang-zhen" if track == "township" else "shuiwu-ju")
    expected = 200 if who in WHOLE[track] else 404
    for path in ("", "ranking.xlsx", f"rows/{own}/", f"rows/{own}/inputs.xlsx"):
        assert client.get(f"/evaluation/rankings/{ranking.pk}/{path}").status_code == expected, path
    listed = f'href="/evaluation/rankings/{ranking.pk}/"' in client.get("/evaluation/rankings/").content.decode()
    assert listed == (expected == 200)


@pytest.mark.parametrize("track", ["township", "department"])
@pytest.mark.parametrize("who", sorted({name for names in WHOLE.values() for name in names} - {"cooffice"}))
def test_after_the_bulletin_office_leader_and_auditor_see_everything_in_every_scope(quarter, who, track):
    ranking, client = publish(track, DisclosureScope.RANK), client_of(who)
    other = another(ranking, "")
    page = client.get(f"/evaluation/rankings/{ranking.pk}/").content.decode()
    assert f"{other.total:.4f}" in page
    assert client.get(f"/evaluation/rankings/{ranking.pk}/rows/{other.organisation.code}/").status_code == 200
    assert f"{other.total:.4f}" in str(workbook_cells(client, ranking, other.organisation.name))


UNITS = [("township", "town"), *(("department", who) for who in OWN["department"])]


@pytest.mark.parametrize("scope", DisclosureScope.values)
@pytest.mark.parametrize(("track", "who"), UNITS)
def test_after_the_bulletin_a_unit_sees_of_others_what_the_scope_allows(quarter, track, who, scope):
    ranking, client, own = publish(track, scope), client_of(who), OWN[track][who]
    other = another(ranking, own)
    dimensions = [d["score"] for d in json.loads(other.receipt)["dimensions"]]
    page = client.get(f"/evaluation/rankings/{ranking.pk}/").content.decode()
    row = next(
        r
        for r in re.findall(r"<tr.*?</tr>", one_line(page), re.S)
        if f">{other.organisation.name}<" in r and "rank" in r
    )
    cells = workbook_cells(client, ranking, other.organisation.name)
    assert other.organisation.name in page and str(other.rank) in row
    assert (f"{other.total:.4f}" in page) == (scope != "rank") == (str(other.total) in map(str, cells))
    assert ("strip-head" in page) == (scope == "dimensions"), "a column that nobody else fills is not headed"
    for score in dimensions[:3]:
        assert (score in row) == (scope == "dimensions")
    assert all((cell is not None) == (scope == "dimensions") for cell in cells[5:9]), cells
    # Others' 得分明细 never, in any scope, with the words of a page that is not there.
    for path in ("", "inputs.xlsx"):
        assert client.get(f"/evaluation/rankings/{ranking.pk}/rows/{other.organisation.code}/{path}").status_code == 404


@pytest.mark.parametrize("scope", DisclosureScope.values)
@pytest.mark.parametrize(("track", "who"), UNITS[:2])
def test_a_unit_sees_its_own_row_and_receipt_in_full_and_no_named_mark_of_another(quarter, track, who, scope):
    ranking, client, own = publish(track, scope), client_of(who), OWN[track][who]
    mine = RankingRow.objects.get(ranking=ranking, organisation__code=own)
    page = client.get(f"/evaluation/rankings/{ranking.pk}/").content.decode()
    assert f"{mine.total:.4f}" in page and f"rows/{own}/" in page
    assert len(re.findall(rf"/rankings/{ranking.pk}/rows/[a-z-]+/", page)) == page.count(f"/rows/{own}/")
    receipt = client.get(f"/evaluation/rankings/{ranking.pk}/rows/{own}/").content.decode()
    assert f"{mine.total:.4f}" in receipt
    assert 'class="members"' not in receipt, "whose marks were averaged is named only to those who see everything"
    others = {
        f"{t:.4f}"
        for t in RankingRow.objects.filter(ranking=ranking).exclude(pk=mine.pk).values_list("total", flat=True)
    }
    own_numbers = set(re.findall(r"\d+\.\d{4}", mine.receipt))
    shown = {total for total in others - own_numbers if total in receipt}
    assert bool(shown) == (scope != "rank"), "neighbours' totals follow the scope"
    gap = json.loads(mine.receipt)["gap_above"]
    if gap and gap not in own_numbers - {gap}:
        assert (gap in receipt) == (scope != "rank"), "a gap would give the neighbour's total away"
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(f"/evaluation/rankings/{ranking.pk}/rows/{own}/inputs.xlsx").content)
    )
    assert book.sheetnames == ["输入清单"]


def test_those_who_see_everything_read_whose_marks_were_averaged(quarter):
    ranking = ranking_of("township")
    row = RankingRow.objects.filter(ranking=ranking, receipt__contains='"basis":"average"').first()
    page = client_of("leader").get(f"/evaluation/rankings/{ranking.pk}/rows/{row.organisation.code}/").content.decode()
    assert 'class="members"' in page


def test_buttons_of_the_office_are_not_shown_to_others_nor_do_they_work(quarter):
    ranking = ranking_of("department")
    for who in ("leader", "auditor"):
        client = client_of(who)
        assert (
            '<form method="post" action="/evaluation/rankings/'
            not in client.get(f"/evaluation/rankings/{ranking.pk}/").content.decode()
        )
        assert client.post(f"/evaluation/rankings/{ranking.pk}/publish/").status_code == 403
    for who in ("bureau", "cooffice"):
        assert client_of(who).post(f"/evaluation/rankings/{ranking.pk}/publish/").status_code == 404
    body = {"scheme": ranking.scheme_id, "period": ranking.period_id, "kind": "trial"}
    for who in ("bureau", "cooffice", "leader", "town", "sysadmin"):
        assert client_of(who).post("/evaluation/rankings/compute/", body).status_code == 403, who
    assert Ranking.objects.filter(kind="trial").count() == 0


@pytest.mark.parametrize(("scope", "gap"), [("rank", None), ("total", "0.2500"), ("dimensions", "0.2500")])
def test_the_own_receipt_gives_no_distance_where_only_ranks_are_public(scope, gap):
    receipt = {"organisation": "me", "total": "80.0000", "gap_above": "0.2500", "gap_below": "0.2500"}
    cut = limited_receipt(receipt, scope)
    assert (cut["gap_above"], cut["gap_below"], cut["total"]) == (gap, gap, "80.0000")
