import pytest
from rest_framework.test import APIRequestFactory, force_authenticate

from miyun_kpi.accounts.models import User
from miyun_kpi.gazette import api

pytestmark = pytest.mark.usefixtures("gazette")


def get(view, query="", **kwargs):
    request = APIRequestFactory().get(f"/api/v1/x/{query}")
    force_authenticate(request, User(username="client", pk=1))
    return view.as_view()(request, **kwargs)


def test_documents_come_in_printed_order():
    data = get(api.Documents).data
    assert data["results"][0]["ref"] == "2020-13" and data["results"][0]["number"] == "密政办字〔2020〕13号"
    assert [row["code"] for row in data["results"]] == ["13", "14", "15", "16", "19", "21", "22", "23", "27", "32"]


@pytest.mark.parametrize("code", ["13", "13号", "2020-13", "密政办字〔2020〕13号", "密政办字[2020]13号"])
def test_a_document_lists_its_clauses(code):
    data = get(api.OneDocument, code=code).data
    assert data["issued_on"] == "2020-06-03"
    assert {"ref": "四（三）4", "heading": "结果审议", "level": 3, "leaf": True} in data["contents"]


def test_clauses_are_searched_within_a_document():
    data = get(api.Clauses, "?document=13&search=专项任务").data
    assert [row["ref"] for row in data["results"]] == ["附件3·注", "附件5·注"]
    assert data["results"][1]["lines"] == [352, 352]


def test_all_clauses_are_paged():
    data = get(api.Clauses, "?page_size=200").data
    assert data["count"] > 500 and len(data["results"]) == 200 and data["next"]


@pytest.mark.parametrize(("query", "status"), [("?document=99", 404), ("?nonsense=1", 400), ("?page=0", 400)])
def test_bad_requests_are_refused(query, status):
    assert get(api.Clauses, query).status_code == status


def test_unknown_filters_of_documents_are_400():
    assert get(api.Documents, "?search=x").status_code == 400
    assert get(api.OneDocument, code="99").status_code == 404
