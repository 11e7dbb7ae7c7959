"""Two engines, written apart, agree on every unit, or nothing is settled (engine 24)."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from django.urls import reverse
from django.utils import timezone

from evaluation.engine.queries.engine_inputs import engine_inputs
from evaluation.engine.queries.second_engine import engines_agree, second_engine
from evaluation.engine.rules import ranking as first_engine
from evaluation.engine.rules.agreement import Agreement, Interval, agreement
from evaluation.engine.rules.ranking import rank
from evaluation.engine.rules.scores import Cell, Item, Rate, Share, Unit
from evaluation.enums import OwnMarkRule
from evaluation.models import Figure, Mark, Ranking, Scheme
from evaluation.ranking.services import compute_official, compute_trial
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Refused
from tests.factories.rankings import BACKEND, actor_of, filed_quarter, official, person, published, signed

THIRDS = (Share("a", "e", 1, 3), Share("b", "f", 2, 3))
UNITS = [Unit("one"), Unit("two")]


def _rank(mark: int, precision: int):
    items = [
        Item(1, "d", THIRDS, {"": 50_000}, frozenset({"one", "two"})),
        Item(2, "d", (Share("c", "e", 1, 1),), {"": 50_000}, frozenset({"one", "two"})),
    ]
    cells = {(key, code): Cell(mark if key != "c" else 0, 100_000) for key in "abc" for code in ("one", "two")}
    return rank(UNITS, items, cells, precision=precision)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (25_000_500_000, 25_000_500_000, Agreement((), ())),
        # A value at the border itself is up; below it the interval no longer says which.
        (25_000_499_999, 25_000_500_001, Agreement((), ("one",))),
        (25_000_500_001, 25_000_500_009, Agreement(("one",), ())),
        (25_000_400_000, 25_000_499_999, Agreement(("one",), ())),
    ],
)
def test_an_interval_holds_the_exact_value_and_says_where_fractions_must_decide(low, high, expected):
    result = _rank(50_001, 3)
    assert result.units[0].base == Fraction(250005, 10000)
    settled = Interval(25_000_500_000, 25_000_500_000)
    assert agreement(result, {"one": Interval(low, high), "two": settled}, 3) == expected


def test_a_unit_that_only_one_engine_knows_or_can_total_is_a_difference():
    result = _rank(50_001, 4)
    settled = Interval(25_000_500_000, 25_000_500_000)
    assert agreement(result, {"one": settled, "two": None}, 4).differ == ("two",)
    assert agreement(result, {"one": settled, "two": settled, "three": settled}, 4).differ == ("three",)


@pytest.mark.parametrize("track", ["township", "department"])
@pytest.mark.parametrize("own", [OwnMarkRule.MARK, OwnMarkRule.AVERAGE])
def test_intervals_of_a_whole_quarter_are_narrow_and_hold_every_total(gazette, track, own):
    period = filed_quarter()
    Figure.objects.filter(kind="own-mark").update(value=own)
    scheme = Scheme.objects.get(track=track)
    found = second_engine(scheme, period, closing=None, own=1000)
    assert len(found) == {"township": 21, "department": 49}[track]
    assert all(one is not None and one.high - one.low <= 3 for one in found.values())
    trial, _ = compute_trial(actor=SYSTEM, scheme=scheme, period=period, at=timezone.now())
    assert json.loads(trial.engines)["differ"] == []


def test_the_ranking_page_says_that_both_agree_and_how_many_fractions_settled(gazette, client):
    period = filed_quarter()
    Figure.objects.filter(kind="own-mark").update(value=OwnMarkRule.AVERAGE)
    scheme = Scheme.objects.get(track="department")
    trial, _ = compute_trial(actor=SYSTEM, scheme=scheme, period=period, at=timezone.now())
    # Thirds of which the exact sum is a terminating decimal that ends in 5: the interval cannot say up or down.
    borders = json.loads(trial.engines)["borders"]
    assert len(borders) == 2
    client.force_login(person("office", "区政府办公室", "evaluation_office"), backend=BACKEND)
    page = client.get(reverse("evaluation:ranking", args=[trial.pk])).content.decode()
    assert "两套算法" in page and "一致；2 家的合计在舍入界上，按分数核对" in page


def test_a_mark_that_only_one_engine_saw_is_named(gazette):
    period = filed_quarter()
    scheme = Scheme.objects.get(track="township")
    inputs = engine_inputs(scheme, period)
    result = rank(inputs.units, inputs.items, inputs.cells)
    assert engines_agree(inputs, result).agrees
    mark = Mark.objects.filter(sheet__scheme=scheme, sheet__period=period).select_related("organisation").first()
    Mark.objects.filter(pk=mark.pk).update(value=mark.value - Decimal("0.001"))
    assert mark.organisation.code in engines_agree(inputs, result).differ


def test_nothing_is_settled_while_the_engines_differ(gazette, monkeypatch):
    """A slip planted in the first engine, a mean over one carrier too many, keeps 核定 and 通报 shut."""
    office = actor_of(person("office", "区政府办公室", "evaluation_office"))
    period = filed_quarter()
    scheme = Scheme.objects.get(track="township")
    right = official("township", period, by=office)
    signed(right, by=office)
    mean_rate = first_engine.mean_rate

    def slip(marks):
        rate = mean_rate(marks)
        return Rate(rate.numerator, rate.denominator + rate.full, rate.marks, rate.full)

    with monkeypatch.context() as patched:
        patched.setattr(first_engine, "mean_rate", slip)
        with pytest.raises(Refused) as refused:
            compute_official(actor=office, scheme=scheme, period=period, at=timezone.now())
        assert refused.value.code == "engines-differ" and "密云镇" in refused.value.message
        with pytest.raises(Refused) as refused:
            published(right, by=actor_of(person("second", "区政府办公室", "evaluation_office")))
        assert refused.value.code == "engines-differ"
    assert Ranking.objects.get(pk=right.pk).state == "computed"
    published(right, by=actor_of(person("third", "区政府办公室", "evaluation_office")))
    assert Ranking.objects.get(pk=right.pk).state == "published"
