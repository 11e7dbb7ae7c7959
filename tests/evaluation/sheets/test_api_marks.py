"""mark-sheets/ as the contract promises it: reading, saving, filing, and every refusal in the one error shape."""

import json

import pytest
from django.test import Client

from evaluation.models import Mark, MarkSheet
from miyun_kpi.accounts.models import ApiToken
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.organisations.queries import resolve
from tests.evaluation.conftest import NOW
from tests.factories.tokens import issue_token


class Api:
    """A client with a token of its own."""

    def __init__(self, name: str, organisation: str = "", role: str = "") -> None:
        found = resolve(organisation) if organisation else None
        _, text = issue_token(actor=SYSTEM, client=name, organisation=found, role=role, at=NOW())
        self.headers = {"authorization": f"Token {text}"}
        self.client = Client()

    def get(self, path, **extra):
        return self.client.get(f"/api/v1/{path}", headers=self.headers | extra)

    def send(self, method, path, body, **extra):
        return self.client.generic(
            method, f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=self.headers | extra
        )


@pytest.fixture
def shuiwu(demo) -> Api:
    return Api("shuiwu", "水务局", "evaluator")


def rows_of(sheet, value="88.5", count=None):
    marks = list(sheet.marks.select_related("organisation").order_by("order"))[:count]
    return [{"organisation": m.organisation.code, "value": value, "version": m.version} for m in marks]


def said_of(sheet):
    """With the sentence that a mark below full takes."""
    return [row | {"problems": "台账更新偏晚"} for row in rows_of(sheet)]


def patch(api, sheet, rows, query=""):
    return api.send("PATCH", f"mark-sheets/{sheet.pk}/marks/{query}", rows)


def test_an_evaluator_lists_only_its_own_sheets(shuiwu, sheet):
    found = shuiwu.get("mark-sheets/?period=2020Q3").json()
    assert found["count"] == 1
    row = found["results"][0]
    assert row["id"] == sheet.pk and row["indicator"] == {"number": 4, "name": "河长制和水环境治理"}
    assert (row["share"], row["full_mark"], row["state"], row["carried"], row["marked"], row["blank"]) == (
        "1",
        "100",
        "open",
        20,
        0,
        20,
    )
    assert row["due_at"].endswith("+08:00") and row["version"] == 1


def test_a_client_without_a_role_sees_no_sheet(sheet):
    client = Api("nobody")
    assert client.get("mark-sheets/").json()["count"] == 0
    assert client.get(f"mark-sheets/{sheet.pk}/").status_code == 404


def test_a_never_saved_row_has_version_zero(shuiwu, sheet):
    rows = shuiwu.get(f"mark-sheets/{sheet.pk}/").json()["rows"]
    assert len(rows) == 20 and {row["version"] for row in rows} == {0} and {row["value"] for row in rows} == {None}
    assert {row["zone"]: row["weight"] for row in rows} == {"core": "3", "green": "3", "eco": "4"}


def test_a_column_is_saved_with_new_versions_and_one_audit_entry(shuiwu, sheet):
    before = AuditEntry.objects.count()
    answer = patch(shuiwu, sheet, rows_of(sheet))
    assert answer.status_code == 200, answer.content
    assert {row["version"] for row in answer.json()["rows"]} == {1}
    assert AuditEntry.objects.count() == before + 1
    assert Mark.objects.filter(sheet=sheet, value="88.5").count() == 20


def test_an_alias_names_the_organisation(shuiwu, demo):
    sheet = MarkSheet.objects.get(scheme__track="department", period__code="2020Q3", indicator__number=1)
    api = Api("env", "区生态环境局", "evaluator")
    answer = patch(api, sheet, [{"organisation": "区人社局", "value": "80", "version": 0}])
    assert answer.status_code == 200 and answer.json()["rows"][0]["organisation"] == resolve("区人保局").code


def test_saving_the_same_value_again_changes_nothing(shuiwu, sheet):
    patch(shuiwu, sheet, rows_of(sheet, count=1))
    before = AuditEntry.objects.count()
    answer = patch(shuiwu, sheet, rows_of(sheet, count=1))
    assert answer.json()["rows"][0]["version"] == 1 and AuditEntry.objects.count() == before


@pytest.mark.parametrize(
    "row, status, code",
    [
        ({"value": "105"}, 422, "over-full"),
        ({"value": "-1"}, 422, "negative"),
        ({"value": "NaN"}, 422, "not-a-number"),
        ({"value": "1e1"}, 422, "exponent"),
        ({"value": "八十六"}, 422, "not-a-number"),
        ({"value": "88.1234"}, 422, "too-many-decimals"),
        ({"value": "80", "not_applicable": True, "reason": "本季无任务"}, 422, "value-and-not-applicable"),
        ({"not_applicable": True, "reason": ""}, 422, "reason-missing"),
        ({"value": "80", "version": 7}, 409, "stale"),
        ({"value": 80.5}, 400, "malformed"),
        ({"value": "80", "version": "0"}, 400, "malformed"),
        ({"value": "80", "version": True}, 400, "malformed"),
        ({"value": "80", "rang": 1}, 400, "malformed"),
        ({}, 400, "malformed"),
        ({"value": "80", "organisation": "天安门"}, 422, "not-on-sheet"),
    ],
)
def test_a_bad_row_is_refused_and_nothing_is_saved(shuiwu, sheet, row, status, code):
    good, other = rows_of(sheet, count=2)
    answer = patch(shuiwu, sheet, [good, {k: v for k, v in other.items() if k != "value"} | row])
    body = answer.json()
    assert (answer.status_code, body["code"]) == (status, code), body
    assert set(body) == {"code", "message", "clause", "errors"} and body["errors"]
    assert not Mark.objects.filter(sheet=sheet, version__gt=0).exists()


def test_a_stale_row_comes_with_what_is_stored_now(shuiwu, sheet):
    patch(shuiwu, sheet, rows_of(sheet, "88", count=1))
    answer = patch(shuiwu, sheet, [rows_of(sheet, "86.5", count=1)[0] | {"version": 0}])
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["current"] == {"value": "88", "version": 1}


def test_all_bad_rows_are_named_at_once(shuiwu, sheet):
    rows = rows_of(sheet, count=3)
    rows[0]["value"], rows[2]["value"] = "105", "八十"
    body = patch(shuiwu, sheet, rows).json()
    assert [error["organisation"] for error in body["errors"]] == [rows[0]["organisation"], rows[2]["organisation"]]


def test_one_organisation_twice_is_refused(shuiwu, sheet):
    row = rows_of(sheet, count=1)[0]
    assert patch(shuiwu, sheet, [row, row]).json()["code"] == "twice"


def test_null_clears_a_cell(shuiwu, sheet):
    patch(shuiwu, sheet, rows_of(sheet, count=1))
    answer = patch(shuiwu, sheet, rows_of(sheet, None, count=1))
    assert answer.json()["rows"][0] == {
        "organisation": answer.json()["rows"][0]["organisation"],
        "value": None,
        "not_applicable": None,
        "version": 2,
    }


def test_a_column_within_the_weights_asks_once_whether_it_is_meant(shuiwu, sheet):
    answer = patch(shuiwu, sheet, rows_of(sheet, "2.5"))
    assert answer.status_code == 422 and answer.json()["code"] == "looks-like-points"
    assert patch(shuiwu, sheet, rows_of(sheet, "2.5"), "?confirm=looks-like-points").status_code == 200


def test_another_evaluators_sheet_does_not_exist(sheet):
    foreign = Api("weijian", "区卫健委", "evaluator")
    assert foreign.get(f"mark-sheets/{sheet.pk}/").status_code == 404
    assert patch(foreign, sheet, rows_of(sheet)).status_code == 404
    assert foreign.send("POST", f"mark-sheets/{sheet.pk}/file/", {"version": 1}).status_code == 404


def test_the_office_reads_a_sheet_and_may_not_mark_it(sheet):
    office = Api("office", "区政府办公室", "evaluation_office")
    assert office.get(f"mark-sheets/{sheet.pk}/").status_code == 200
    answer = patch(office, sheet, rows_of(sheet))
    assert (answer.status_code, answer.json()["code"]) == (403, "not-your-sheet")


def test_the_co_office_sees_no_departments_sheet_of_others(demo):
    office = Api("fagai", "区发改委", "evaluation_office")
    found = office.get("mark-sheets/?period=2020Q3&track=department&page_size=200").json()["results"]
    assert found and {row["evaluator"]["code"] for row in found} == {"fagai-wei"}
    assert office.get("mark-sheets/?period=2020Q3&track=township").json()["count"] == 28


def test_filing_names_the_blank_cells_then_files_once(shuiwu, sheet):
    refused = shuiwu.send("POST", f"mark-sheets/{sheet.pk}/file/", {"version": 1})
    assert refused.status_code == 422 and refused.json()["code"] == "blank-cells"
    assert len(refused.json()["errors"]) == 20
    patch(shuiwu, sheet, rows_of(sheet))
    silent = shuiwu.send("POST", f"mark-sheets/{sheet.pk}/file/", {"version": 1})
    assert (silent.status_code, silent.json()["code"], len(silent.json()["errors"])) == (422, "reason-missing", 20)
    patch(shuiwu, sheet, said_of(sheet))
    asked = shuiwu.send("POST", f"mark-sheets/{sheet.pk}/file/", {"version": 1})
    assert (asked.status_code, asked.json()["code"]) == (422, "checks-ask") and asked.json()["errors"]
    body = {"version": 1, "reason": "与检查记录一致"}
    filed = shuiwu.send("POST", f"mark-sheets/{sheet.pk}/file/", body, **{"idempotency-key": "f1"})
    assert filed.status_code == 200, filed.content
    said = filed.json()
    assert said["state"] == "filed" and said["receipt_number"].startswith("2020Q3-镇街04") and not said["late"]
    again = shuiwu.send("POST", f"mark-sheets/{sheet.pk}/file/", body, **{"idempotency-key": "f1"})
    assert (again.status_code, again.json()) == (200, said)
    other = shuiwu.send("POST", f"mark-sheets/{sheet.pk}/file/", {"version": 2}, **{"idempotency-key": "f1"})
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")
    twice = shuiwu.send("POST", f"mark-sheets/{sheet.pk}/file/", {"version": 2})
    assert (twice.status_code, twice.json()["code"]) == (409, "sheet-filed")
    locked = patch(shuiwu, sheet, rows_of(sheet, "90"))
    assert (locked.status_code, locked.json()["code"]) == (409, "sheet-filed")


def test_a_refused_request_leaves_no_idempotency_key_behind(shuiwu, sheet):
    headers = {"idempotency-key": "k"}
    body = {"version": 1, "reason": "与检查记录一致"}
    assert shuiwu.send("POST", f"mark-sheets/{sheet.pk}/file/", body, **headers).status_code == 422
    patch(shuiwu, sheet, said_of(sheet))
    assert shuiwu.send("POST", f"mark-sheets/{sheet.pk}/file/", body, **headers).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "period=2020Q5",
        "period=2020-13",
        "track=village",
        "state=lost",
        "evaluator=天安门",
        "page_size=201",
        "page=0",
        "x=1",
        "indicator=a",
    ],
)
def test_unknown_filters_and_values_are_refused(shuiwu, query):
    answer = shuiwu.get(f"mark-sheets/?{query}")
    assert answer.status_code == 400 and set(answer.json()) == {"code", "message", "clause", "errors"}


@pytest.mark.parametrize("body", [{}, [], "x", None, [1], [{"organisation": "a"}]])
def test_a_body_that_is_no_list_of_rows_is_malformed(shuiwu, sheet, body):
    assert patch(shuiwu, sheet, body).status_code == 400


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", "bad-json"),
        ("[NaN]", "bad-json"),
        ("[" * 9000, "bad-json"),
        ('[{"value": "8", "value": "9"}]', "doubled-field"),
    ],
)
def test_broken_json_is_a_chinese_sentence(shuiwu, sheet, body, code):
    answer = shuiwu.client.generic(
        "PATCH", f"/api/v1/mark-sheets/{sheet.pk}/marks/", body, content_type="application/json", headers=shuiwu.headers
    )
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_unknown_addresses_answer_json(demo):
    assert Client().get("/api/v1/none/").json()["code"] == "not-found"
    assert Client().get("/api/v1/mark-sheets/").status_code == 401


def test_a_token_is_hashed_and_last_use_is_written_at_most_every_ten_minutes(shuiwu):
    shuiwu.get("mark-sheets/")
    token = ApiToken.objects.get(client="shuiwu")
    first = token.last_used_at
    assert first is not None and shuiwu.headers["authorization"].split()[1] not in str(token.__dict__)
    shuiwu.get("mark-sheets/")
    token.refresh_from_db()
    assert token.last_used_at == first


def test_the_number_of_queries_does_not_depend_on_the_rows(shuiwu, sheet, django_assert_max_num_queries):
    shuiwu.get("mark-sheets/")
    # One of them asks whether the owner of the token still holds the post.
    with django_assert_max_num_queries(10):
        shuiwu.get(f"mark-sheets/{sheet.pk}/")
    with django_assert_max_num_queries(10):
        shuiwu.get("mark-sheets/?period=2020Q3")
