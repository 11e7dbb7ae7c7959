"""Marks that were changed and put back as they were (engine 19, 22): there is always a computation to sign and publish."""

import json

import pytest
from django.utils import timezone

from evaluation.engine.access import latest_ranking
from evaluation.enums import RankingState
from evaluation.models import Mark, Period, Ranking, Scheme
from evaluation.ranking.services import compute_official, compute_trial, publish_ranking
from miyun_kpi.lib.actors import SYSTEM
from tests.factories.feedback import actor, computed_quarter
from tests.factories.rankings import official, published, signed

BY, OTHER = "office1", "office2"


@pytest.fixture
def period(gazette) -> Period:
    return computed_quarter().period


def mark() -> Mark:
    return Mark.objects.get(
        sheet__scheme__track="township",
        sheet__period__code="2020Q2",
        sheet__indicator__number=4,
        organisation__code="beizhuang-zhen",
    )


def put(value) -> None:
    Mark.objects.filter(pk=mark().pk).update(value=value)


def computed(period: Period) -> tuple[Ranking, bool]:
    scheme = Scheme.objects.get(track="township", year=2020)
    return compute_official(actor=actor(BY), scheme=scheme, period=period, at=timezone.now())


def publish(ranking: Ranking) -> Ranking:
    return publish_ranking(actor=actor(OTHER), ranking_id=ranking.pk, at=timezone.now(), scope="total")


def test_put_back_before_it_was_published_it_is_a_third_that_goes_out(period):
    first, was = official("township", period, by=actor(BY)), mark().value
    put(19)
    second = signed(official("township", period, by=actor(BY)), by=actor(BY))
    put(was)
    third = official("township", period, by=actor(BY))
    assert (third.number, third.digest, third.inputs_hash) == (3, first.digest, first.inputs_hash)
    assert [one.overtaken for one in Ranking.objects.filter(kind="official").order_by("number")] == [True, True, False]
    assert not second.standing_signings.exists()
    assert publish(signed(third, by=actor(BY))).state == RankingState.PUBLISHED
    # Pressed again nothing is computed anew.
    assert computed(period) == (third, False)


def test_put_back_to_the_bulletin_in_force_it_stands_and_what_came_between_is_history(period):
    first, was = (
        published(signed(official("township", period, by=actor(BY)), by=actor(BY)), by=actor(OTHER)),
        mark().value,
    )
    put(19)
    second = official("township", period, by=actor(BY))
    assert latest_ranking(actor(BY), "township").pk == second.pk
    put(was)
    assert computed(period) == (first, False)
    second.refresh_from_db()
    assert second.overtaken and latest_ranking(actor(BY), "township").pk == first.pk
    put(19)
    fourth = official("township", period, by=actor(BY))
    assert (fourth.number, fourth.digest) == (3, second.digest)
    assert publish(signed(fourth, by=actor(BY))).corrects_id == first.pk


def test_the_last_trial_is_of_the_marks_of_now(gazette):
    first = computed_quarter()
    scheme, was = Scheme.objects.get(track="township", year=2020), mark().value

    def trial() -> Ranking:
        return compute_trial(actor=SYSTEM, scheme=scheme, period=first.period, at=timezone.now())[0]

    before = trial()
    put(19)
    assert trial().number == before.number + 1
    put(was)
    last = trial()
    assert (last.number, last.digest) == (before.number + 2, before.digest) and trial().pk == last.pk
    assert Ranking.objects.filter(scheme=scheme, period=first.period, kind="trial", overtaken=False).get() == last
    assert json.loads(Ranking.objects.get(pk=last.pk).document)["number"] == last.number
