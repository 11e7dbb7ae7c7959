import pytest
from rest_framework.test import APIRequestFactory, force_authenticate

from miyun_kpi.accounts.models import User
from miyun_kpi.organisations import api

pytestmark = pytest.mark.usefixtures("gazette")


def get(view, query="", **kwargs):
    request = APIRequestFactory().get(f"/api/v1/x/{query}")
    force_authenticate(request, User(username="client", pk=1))
    return view.as_view()(request, **kwargs)


def test_evaluated_organisations_come_in_printed_order():
    data = get(api.Organisations, "?evaluated=true&page_size=200").data
    assert data["count"] == 70
    assert [row["code"] for row in data["results"][:2]] == ["gulou-jiedao", "guoyuan-jiedao"]
    assert "区人保局" in next(row for row in data["results"] if row["code"] == "renshebao-ju")["aliases"]


@pytest.mark.parametrize(("query", "count"), [("?zone=core", 4), ("?category=institution", 7), ("?search=城市管理", 1)])
def test_filters(query, count):
    assert get(api.Organisations, query).data["count"] == count


@pytest.mark.parametrize("query", ["?zone=mars", "?evaluated=perhaps", "?nonsense=1", "?page_size=500"])
def test_unknown_filters_and_values_are_400(query):
    assert get(api.Organisations, query).status_code == 400


@pytest.mark.parametrize("code", ["miyun-yuan", "中关村密云园", "中关村密云云园"])
def test_one_is_found_by_code_name_and_alias(code):
    data = get(api.OneOrganisation, code=code).data
    assert data["code"] == "miyun-yuan"
    assert [part["code"] for part in data["parts"]] == ["jingji-kaifaqu", "shengtai-shangwuqu"]
    assert data["names"] == [{"name": "中关村密云园", "from": None, "to": None}]


def test_an_unknown_one_is_404():
    assert get(api.OneOrganisation, code="mei-you").status_code == 404


def test_the_list_takes_a_fixed_number_of_queries(django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        get(api.Organisations, "?page_size=200")
