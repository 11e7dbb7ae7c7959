"""rankings/ as the contract promises it: frozen bytes, ETag, repeated requests, and who sees how much."""

import gzip
import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluation.enums import DisclosureScope, RankingKind, RankingState
from evaluation.models import Ranking, RankingRow, Scheme
from miyun_kpi.accounts.models import Post
from tests.evaluation.sheets.test_api_marks import Api
from tests.factories.tampering import rewritten


@pytest.fixture
def office(demo) -> Api:
    return Api("office", "区政府办公室", "evaluation_office")


@pytest.fixture
def published(demo) -> Ranking:
    """The demonstration's township trial turned into what a published, real ranking looks like to readers."""
    ranking = Ranking.objects.get(scheme__track="township")
    rewritten(ranking.pk, kind=RankingKind.OFFICIAL, state=RankingState.PUBLISHED, published_at=timezone.now())
    ranking.refresh_from_db()
    return ranking


def test_a_client_without_a_role_sees_no_trial_and_the_office_a_whole_one(office):
    assert Api("reader").get("rankings/latest/?track=township").status_code == 404
    answer = office.get("rankings/latest/?track=township")
    assert answer.status_code == 200
    body = answer.json()
    assert {
        "id",
        "track",
        "period",
        "kind",
        "demo",
        "rule_version",
        "digest",
        "published_at",
        "missing",
        "unconfirmed",
        "rows",
    } <= set(body)
    assert (body["track"], body["period"], body["kind"], body["demo"]) == ("township", "2020Q2", "trial", False)
    assert len(body["rows"]) == 21 and len(body["unconfirmed"]) == 83
    row = body["rows"][0]
    assert {
        "organisation",
        "name",
        "zone",
        "category",
        "total",
        "rank",
        "zone_rank",
        "category_rank",
        "previous_rank",
        "adjustments",
        "partial_total",
        "partial_weight",
        "dimensions",
    } <= set(row)
    assert row["rank"] == 1 and len(row["total"].split(".")[1]) == 4
    assert [set(d) for d in row["dimensions"]] == [{"code", "name", "full", "score"}] * 4


def test_the_same_etag_is_not_sent_again(office):
    client = office
    first = client.get("rankings/1/".replace("1", str(Ranking.objects.first().pk)))
    assert first["Cache-Control"] == "private, no-cache" and first["Vary"] == "Authorization, Accept-Encoding"
    again = client.get(f"rankings/{Ranking.objects.first().pk}/", **{"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"rankings/{Ranking.objects.first().pk}/", **{"if-none-match": '"other"'}).status_code == 200


def test_a_ranking_is_two_questions_who_asks_and_what_is_seen(office):
    """The right is read anew each time, with the token: nothing of it is remembered from the request before."""
    address = f"rankings/{Ranking.objects.get(scheme__track='township').pk}/"
    etag = office.get(address)["ETag"]
    for more, status in (({}, 200), ({"if-none-match": etag}, 304)):
        with CaptureQueriesContext(connection) as asked:
            assert office.get(address, **more).status_code == status
        assert len(asked) == 2, [one["sql"][:80] for one in asked.captured_queries]
    Post.objects.filter(user__owned_tokens__client="office").delete()
    assert office.get(address).status_code == 404
    assert office.get(address, **{"if-none-match": etag}).status_code == 404


def test_a_trial_over_the_same_inputs_is_the_same_ranking(office):
    body = {"track": "township", "period": "2020Q2", "kind": "trial"}
    known = Ranking.objects.get(scheme__track="township").pk
    answer = office.send("POST", "rankings/", body)
    assert (answer.status_code, answer.json()["id"]) == (200, known)
    assert Ranking.objects.filter(scheme__track="township").count() == 1


def test_a_trial_of_an_open_quarter_lists_what_is_missing(office):
    answer = office.send("POST", "rankings/", {"track": "township", "period": "2020Q3", "kind": "trial"})
    assert answer.status_code == 201, answer.content
    document = office.get(f"rankings/{answer.json()['id']}/").json()
    assert len(document["missing"]) == sum(
        len(
            Scheme.objects.get(track="township").figures.filter(kind="carried", value="yes", indicator=figure.indicator)
        )
        for figure in Scheme.objects.get(track="township").figures.filter(kind="share")
    )
    assert all(
        row["rank"] is None and row["total"] is None and row["partial_weight"] == "0" for row in document["rows"]
    )


@pytest.mark.parametrize(
    "body, status, code",
    [
        ({"track": "township", "period": "2020Q3", "kind": "official"}, 400, "malformed"),
        ({"track": "village", "period": "2020Q3", "kind": "trial"}, 400, "malformed"),
        ({"track": "township", "period": "2020Q9", "kind": "trial"}, 400, "bad-period"),
        ({"track": "township", "period": "2020Q4", "kind": "trial"}, 422, "period-not-open"),
        ({"track": "township", "period": "2020-05", "kind": "trial"}, 422, "period-not-open"),
        ({"track": "township", "kind": "trial"}, 400, "malformed"),
    ],
)
def test_a_trial_that_cannot_be_is_refused(office, body, status, code):
    answer = office.send("POST", "rankings/", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    "role, organisation",
    [("evaluator", "区水务局"), ("system_admin", "区政府办公室"), ("leader", "区政府办公室"), ("", "")],
)
def test_only_the_office_computes(demo, role, organisation):
    answer = Api("x", organisation, role).send(
        "POST", "rankings/", {"track": "township", "period": "2020Q2", "kind": "trial"}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "verb-lacking")


def test_the_co_office_computes_no_departments(demo):
    answer = Api("x", "区发改委", "evaluation_office").send(
        "POST", "rankings/", {"track": "department", "period": "2020Q2", "kind": "trial"}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "ranked-itself")


def test_a_real_trial_is_for_the_office_the_leaders_and_the_auditor(demo):
    pk = Ranking.objects.get(scheme__track="department").pk
    seeing = {
        "evaluation_office": 200,
        "leader": 200,
        "auditor": 200,
        "evaluator": 404,
        "reporter": 404,
        "system_admin": 404,
        "security_admin": 404,
        "unit_head": 404,
    }
    for role, status in seeing.items():
        assert Api(role, "区政府办公室", role).get(f"rankings/{pk}/").status_code == status, role
    assert Api("reader").get(f"rankings/{pk}/").status_code == 404
    assert Api("reader").get("rankings/latest/?track=department").json()["code"] == "no-ranking"
    assert Api("fagai", "区发改委", "evaluation_office").get(f"rankings/{pk}/").status_code == 404


@pytest.mark.parametrize(
    "scope, total, dimensions",
    [
        (DisclosureScope.RANK, False, False),
        (DisclosureScope.TOTAL, True, False),
        (DisclosureScope.DIMENSIONS, True, True),
    ],
)
def test_a_unit_sees_its_own_row_and_of_others_what_the_scope_allows(published, scope, total, dimensions):
    rewritten(published.pk, disclosure_scope=scope)
    unit = Api("beizhuang", "北庄镇", "reporter")
    rows = {row["organisation"]: row for row in unit.get(f"rankings/{published.pk}/").json()["rows"]}
    own = rows.pop("beizhuang-zhen")
    assert own["total"] and own["dimensions"]
    assert all(row["rank"] for row in rows.values())
    assert {bool(row["total"]) for row in rows.values()} == {total}
    assert {bool(row["dimensions"]) for row in rows.values()} == {dimensions}


def test_a_unit_opens_its_own_receipt_and_nobody_elses(published):
    unit = Api("beizhuang", "北庄镇", "reporter")
    assert unit.get(f"rankings/{published.pk}/rows/北庄镇/").status_code == 200
    assert unit.get(f"rankings/{published.pk}/rows/石城镇/").status_code == 404
    assert unit.get(f"rankings/{published.pk}/rows/天安门/").status_code == 404
    assert (
        Api("office", "区政府办公室", "evaluation_office").get(f"rankings/{published.pk}/rows/石城镇/").status_code
        == 200
    )


def test_a_receipt_prints_every_figure_of_its_total(office):
    from decimal import Decimal

    ranking = Ranking.objects.get(scheme__track="township")
    receipt = office.get(f"rankings/{ranking.pk}/rows/gulou-jiedao/").json()
    assert len(receipt["items"]) == 24
    parts = sum(Decimal(item["score"]) for item in receipt["items"])
    assert parts + Decimal(receipt["rounding_difference"]) == Decimal(receipt["total"]) == Decimal(receipt["sum"])
    averaged = next(item for item in receipt["items"] if item["indicator"]["number"] == 5)
    assert (averaged["basis"], averaged["carriers"], averaged["divisor"]) == ("average", 8, "8")
    assert averaged["average_clause"] == "13号 附件5·注"
    mean = Decimal(averaged["sum"]) / Decimal(averaged["divisor"])
    exact = mean * Decimal(averaged["weight"]) / 100
    assert abs(exact - Decimal(averaged["score"])) <= Decimal("0.00005")


def test_a_published_document_is_served_from_the_frozen_bytes(published, django_assert_max_num_queries):
    client = Api("reader")
    client.get(f"rankings/{published.pk}/")
    with django_assert_max_num_queries(3):
        answer = client.get(f"rankings/{published.pk}/")
    limited = json.loads(answer.content)
    assert limited["disclosure_scope"] == "total"
    assert RankingRow.objects.filter(ranking=published).count() == len(limited["rows"])


def test_the_frozen_bytes_go_out_compressed_with_a_tag_of_their_own(published):
    client, address = Api("reader"), f"rankings/{published.pk}/"
    plain, zipped = client.get(address), client.get(address, **{"accept-encoding": "gzip"})
    assert zipped["Content-Encoding"] == "gzip" and gzip.decompress(zipped.content) == plain.content
    assert zipped.content == client.get(address, **{"accept-encoding": "gzip"}).content
    assert plain["ETag"] != zipped["ETag"] and plain["Vary"] == zipped["Vary"] == "Authorization, Accept-Encoding"
    for tag in (plain["ETag"], zipped["ETag"]):
        for accepted in ("", "gzip"):
            again = client.get(address, **{"accept-encoding": accepted, "if-none-match": tag})
            assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    other = client.get(address, **{"if-none-match": '"something-else"'})
    assert other.status_code == 200 and other["ETag"] == plain["ETag"]


def test_the_schema_lists_every_operation_with_its_refusals(db):
    document = Client().get("/api/v1/schema/").json()
    assert document["openapi"].startswith("3.1")
    operations = {(m, p) for p, ms in document["paths"].items() for m in ms}
    assert ("patch", "/api/v1/mark-sheets/{sheet_id}/marks/") in operations and len(operations) >= 16
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert "404" in operation["responses"], path


@pytest.mark.parametrize("query", ["page=1", "page_size=5"])
def test_an_answer_without_pages_takes_no_page(office, query):
    answer = office.get(f"rankings/latest/?track=township&{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown-parameter")
    assert "可用的参数：track。" in answer.json()["message"]
    assert office.get(f"rankings/?{query}").status_code == 200


def test_a_parameter_given_twice_is_refused(office):
    for path in (
        "rankings/latest/?track=department&track=township",
        "rankings/?page=1&page=1",
        "duties/?page=1&page=2",
        "water/projects/?page=1&page=2",
    ):
        answer = office.get(path)
        assert (answer.status_code, answer.json()["code"]) == (400, "doubled-parameter"), path
