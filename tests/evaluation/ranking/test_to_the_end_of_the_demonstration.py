"""On the site of the demonstration everything can be done to the end."""

import json

import pytest

from evaluation.enums import RankingState
from evaluation.models import Figure, Period, Scheme
from miyun_kpi import site as sites
from tests.factories.rankings import official, published, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def quarter(demo):
    Figure.objects.update(confirmed=True)
    return Scheme.objects.get(track="township", year=2020), Period.objects.get(code="2020Q2")


def test_on_its_own_site_a_quarter_goes_from_marks_to_the_bulletin(quarter, actor_for, monkeypatch):
    monkeypatch.setattr(sites, "_current", [sites.DEMO])
    scheme, period = quarter
    first, second = actor_for("zhengfuban1"), actor_for("zhengfuban2")
    ranking = official("township", period, by=first)
    assert json.loads(ranking.document)["demo"] is True
    assert ranking.unit_check.feedbacks.count() == 21
    signed(ranking, by=first)
    assert published(ranking, by=second, scope="total").state == RankingState.PUBLISHED
