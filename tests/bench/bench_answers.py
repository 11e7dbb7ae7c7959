"""GET of a frozen ranking by token, against a plain view that asks for no token and returns the same bytes."""

import pytest
from django.http import HttpRequest, HttpResponse

from evaluation.models import Ranking
from tests.bench.ground import Browser, view_at
from tests.evaluation.sheets.test_api_marks import Api

pytestmark = pytest.mark.django_db


def test_get_ranking(demo, measured):
    ranking = Ranking.objects.get(scheme__track="township")
    address = f"/api/v1/rankings/{ranking.pk}/"
    api = Api("bench", "区政府办公室", "evaluation_office")
    browser = Browser(authorization=api.headers["authorization"])
    body, tag = browser(address), api.get(f"rankings/{ranking.pk}/")["ETag"]

    def plain(request: HttpRequest) -> HttpResponse:
        return HttpResponse(body, content_type="application/json; charset=utf-8")

    # Outside sessions, as the API is.
    with view_at("static/plain/", plain):
        assert browser("/static/plain/") == body
        measured("get_ranking", lambda: browser(address), lambda: Browser()("/static/plain/"), 61)
    assert browser(address, status=304, if_none_match=tag) == b""
    measured("get_ranking_304", lambda: browser(address, status=304, if_none_match=tag), lambda: browser(address), 61)
