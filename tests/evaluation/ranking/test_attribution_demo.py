"""升降归因 of the demonstration's own quarter, reckoned by hand, and of what a later scheme continues (0112)."""

from fractions import Fraction

import pytest
from django.utils import timezone

from evaluation.engine.queries.frozen import frozen_receipt
from evaluation.engine.rules.attribution import Cause
from evaluation.models import Dimension, Indicator, Mark, Ranking, Scheme
from evaluation.ranking.queries.attribution import _continued, why
from evaluation.ranking.services import compute_trial
from tests.evaluation.conftest import actor_named


@pytest.fixture
def pair(demo):
    """The trial of the second quarter, and another after one mark of item 5, which not everybody carries, fell by three."""
    first = Ranking.objects.select_related("scheme", "period").get(scheme__track="township", period__code="2020Q2")
    mark = Mark.objects.filter(sheet__period=first.period, sheet__scheme=first.scheme, sheet__indicator__number=5)
    changed = mark.filter(value__gt=50).order_by("pk").select_related("organisation").first()
    Mark.objects.filter(pk=changed.pk).update(value=changed.value - 3)
    office = actor_named("zhengfuban1")
    second, new = compute_trial(actor=office, scheme=first.scheme, period=first.period, at=timezone.now())
    assert new
    return first, second, changed, office


def test_a_mark_of_one_and_the_average_of_the_others(pair):
    """The mark: weight × 3 %. Who takes the average of n: weight × 3 % ÷ n. Who carries the item itself: nothing."""
    first, second, changed, office = pair
    causes = {}
    for row in second.rows.select_related("organisation"):
        item = next(one for one in frozen_receipt(second, row.organisation)["items"] if one["indicator"]["number"] == 5)
        found = why(office, first, second, row.organisation).found
        parts = [part for part in found.parts if part.cause != Cause.ROUNDING]
        points = Fraction(item["weight"]) * Fraction(3, 100)
        if row.organisation_id == changed.organisation_id:
            assert [(part.cause, part.effect) for part in parts] == [(Cause.MARK, -points)]
        elif item["basis"] == "average":
            assert [(part.cause, part.effect) for part in parts] == [(Cause.AVERAGE, -points / item["carriers"])]
        else:
            assert parts == [] and found.difference == 0
        causes[row.organisation.code] = {part.cause for part in parts}
        assert found.difference == row.total - first.rows.get(organisation=row.organisation).total
    assert sum(one == {Cause.AVERAGE} for one in causes.values()) > 5
    assert sum(one == set() for one in causes.values()) > 3


def test_between_schemes_an_item_is_what_it_continues_and_not_what_it_is_called(demo):
    """Over two years: 4 became 1, then 2; a new item under an old name and number is new."""
    old = Scheme.objects.get(track="township", year=2020)
    rankings, before = [Ranking(scheme=old)], {one.number: one for one in old.indicators.all()}
    for year, continued in ((2021, {1: 4, 2: 9}), (2022, {2: 1})):
        scheme = Scheme.objects.create(
            year=year, track="township", title="x", clause="三", process_from=f"{year}-05", process_to=f"{year}-11"
        )
        dimension = Dimension.objects.create(scheme=scheme, code="d", name="维度", order=1, clause="三")
        now = {}
        for number in (1, 2, 3):
            earlier = before.get(continued.get(number, 0))
            now[number] = Indicator.objects.create(
                scheme=scheme,
                dimension=dimension,
                number=number,
                name=old.indicators.get(number=number).name,
                short_name="x",
                basis="",
                clause="三",
                from_indicator=earlier,
            )
        rankings.append(Ranking(scheme=scheme))
        before = now
    first, second, third = rankings
    assert _continued(first, second) == {1: 4, 2: 9}
    assert _continued(second, third) == {2: 1} and _continued(first, third) == {2: 4}
    numbers = set(old.indicators.values_list("number", flat=True))
    assert _continued(first, first) == {number: number for number in numbers}
