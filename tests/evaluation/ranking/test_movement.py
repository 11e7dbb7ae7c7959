"""Movement is kept beside a bulletin and moves nothing (engine 14)."""

import pytest
from django.utils import timezone

from evaluation.engine.queries.frozen import document_of, frozen_receipt
from evaluation.models import Ranking, Scheme
from evaluation.ranking.services import compute_official, compute_trial
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.periods import PeriodCode
from tests.factories.rankings import actor_of, filed_quarter, official, person, published, signed

pytestmark = pytest.mark.django_db
THIRD = PeriodCode(2020, quarter=3)


@pytest.fixture
def office(gazette):
    return [actor_of(person(name, "区政府办公室", "evaluation_office")) for name in ("jia", "yi")]


def bulletin(period, office):
    ranking = signed(official("township", period, by=office[0]), by=office[0])
    return published(ranking, by=office[1])


def places(ranking):
    return {row["organisation"]: row["previous_rank"] for row in document_of(ranking)["rows"]}


def test_a_bulletin_is_read_against_the_one_before_and_a_trial_against_none(office):
    first = bulletin(filed_quarter(), office)
    document = document_of(first)
    assert document["first"] and document["previous"] is None and set(places(first).values()) == {None}
    third = filed_quarter(THIRD)
    trial, _ = compute_trial(actor=office[0], scheme=first.scheme, period=third, at=timezone.now())
    assert set(places(trial).values()) == {None} and not document_of(trial)["first"]
    second = bulletin(third, office)
    then = {row["organisation"]: row["rank"] for row in document["rows"]}
    assert places(second) == then and document_of(second)["previous"]["ranking"] == first.pk
    row = second.rows.select_related("organisation").first()
    assert frozen_receipt(second, row.organisation)["previous_rank"] == then[row.organisation.code]


def test_what_happens_to_another_period_does_not_void_what_was_signed(office):
    """A trial of an earlier quarter recomputed by the clock once made every signature start again."""
    earlier, third = filed_quarter(), filed_quarter(THIRD)
    scheme = Scheme.objects.get(track="township", year=2020)
    compute_trial(actor=SYSTEM, scheme=scheme, period=earlier, at=timezone.now())
    ranking = signed(official("township", third, by=office[0]), by=office[0])
    mark = earlier.sheets.filter(scheme=scheme).first().marks.first()
    mark.value = 1
    mark.save()
    compute_trial(actor=SYSTEM, scheme=scheme, period=earlier, at=timezone.now())
    bulletin(earlier, office)
    again, new = compute_official(actor=office[0], scheme=scheme, period=third, at=timezone.now())
    assert (again.pk, new) == (ranking.pk, False)
    assert published(ranking, by=office[1]).state == "published" and Ranking.objects.filter(pk=ranking.pk).exists()
