"""升降归因: the parts add up to the difference of two printed totals, to the last digit and as they are printed (0112)."""

import os
import random
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.db import transaction

from evaluation.engine.queries.frozen import frozen_receipt
from evaluation.engine.rules import attribution as rule
from evaluation.engine.rules.attribution import Attribution, Cause, attribution
from evaluation.models import Adjustment, Figure, Mark, Ranking
from evaluation.ranking.services import compute_trial
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.decimals import half_up
from tests.consistency.attributed import District, district, exact, next_period
from tests.consistency.world_schemes import AT, World
from tests.consistency.worlds import store_world

EXAMPLES = int(os.environ.get("KPI_TEST_EXAMPLES", "50"))


def places(total: str) -> int:
    return len(total.partition(".")[2])


def hold(found: Attribution, old: dict[str, Any], new: dict[str, Any], where: object) -> None:
    """What is printed adds up; what rounding did is no more than the two roundings of the totals can do."""
    parts = [part for part in found.parts if part.cause != Cause.ROUNDING]
    assert found.difference == Decimal(new["total"]) - Decimal(old["total"]), where
    assert sum((part.effect for part in found.parts), Fraction(0)) == Fraction(found.difference), where
    assert sum((part.printed for part in found.parts), Decimal(0)) == found.difference, where
    assert sum((effect for _, effect in found.by_cause()), Decimal(0)) == found.difference, where
    assert all(part.printed == half_up(part.effect, 4) for part in parts)
    rest = [part for part in found.parts if part.cause == Cause.ROUNDING]
    most = sum(Fraction(1, 2 * 10 ** places(one["total"])) for one in (old, new))
    assert all(abs(part.effect) <= most for part in rest) and len(rest) <= 1, where
    assert "其他" not in "".join(part.words + part.subject for part in found.parts)


def check(then: District, now: District) -> Counter[Cause]:
    """Every unit that has both totals, against the exact values of the engine."""
    met: Counter[Cause] = Counter()
    old, new = then.receipts(), now.receipts()
    before, after = exact(then), exact(now)
    for code in sorted(set(before) & set(after)):
        found = attribution(old[code], new[code], {item.number: item.number for item in now.items})
        hold(found, old[code], new[code], code)
        parts = [part for part in found.parts if part.cause != Cause.ROUNDING]
        assert sum((part.effect for part in parts), Fraction(0)) == after[code] - before[code], code
        met.update(part.cause for part in found.parts)
    return met


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_random_pairs_add_up_to_the_last_digit():
    met: Counter[Cause] = Counter()
    for seed in range(EXAMPLES):
        then = district(seed)
        met += check(then, next_period(seed, then))
    assert set(met) == set(Cause), "the draw has every cause"


@pytest.mark.parametrize("forgotten", [cause for cause in Cause if cause != Cause.ROUNDING])
def test_a_cause_that_is_forgotten_is_noticed(monkeypatch, forgotten):
    """No part is a rest that would swallow it."""
    parts = rule._parts
    monkeypatch.setattr(rule, "_parts", lambda *given: [one for one in parts(*given) if one.cause != forgotten])
    with pytest.raises(AssertionError):
        for seed in range(50):
            then = district(seed)
            check(then, next_period(seed, then))


# ── stored worlds: marks, figures and decisions of the product's own rows ────────────────────────


def change(world: World, chance: random.Random) -> None:
    """Something of everything that moves a total."""
    marks = list(Mark.objects.filter(sheet__scheme=world.scheme, sheet__period=world.period, value__isnull=False))
    for mark in chance.sample(marks, len(marks) // 3):
        mark.value = (mark.value * chance.randint(70, 100) / 100).quantize(Decimal("0.001"))
        mark.save()
    figures = Figure.objects.filter(scheme=world.scheme)
    for figure in figures.filter(kind="weight"):
        if chance.random() < 0.2:
            figure.value = str(Decimal(figure.value) + Decimal(chance.randint(0, 2000)).scaleb(-3))
            figure.save()
    for figure in figures.filter(kind="carried", value="yes"):
        if chance.random() < 0.05:
            figure.value = "no"
            figure.save()
    for figure in figures.filter(kind="scope"):
        if chance.random() < 0.2:
            figure.value = chance.choice(["quarter", "half", "year"])
            figure.save()
    for granted in Adjustment.objects.filter(scheme=world.scheme, state="granted"):
        granted.decided_points = (granted.decided_points * chance.randint(20, 90) / 100).quantize(Decimal("0.001"))
        granted.save()


def computed(world: World) -> Ranking:
    return compute_trial(actor=SYSTEM, scheme=world.scheme, period=world.period, at=AT)[0]


@pytest.mark.prove
@pytest.mark.django_db
@pytest.mark.timeout(3600)
def test_stored_worlds_add_up(gazette):
    met: Counter[Cause] = Counter()
    pairs = 0
    for seed in range(max(EXAMPLES // 5, 10)):
        with transaction.atomic():
            world = store_world(seed)
            before = computed(world)
            change(world, random.Random(f"attributed {seed}"))
            after = computed(world)
            numbers = dict(world.scheme.indicators.values_list("number", "number"))
            for row in after.rows.select_related("organisation"):
                old, new = (frozen_receipt(one, row.organisation) for one in (before, after))
                if old and new and old["total"] and new["total"]:
                    found = attribution(old, new, numbers)
                    hold(found, old, new, (seed, row.organisation.code))
                    met.update(part.cause for part in found.parts)
                    pairs += 1
            transaction.set_rollback(True)
    assert pairs > EXAMPLES
    assert {Cause.WEIGHT, Cause.SCOPE, Cause.CARRIED, Cause.AVERAGE, Cause.MARK, Cause.ADJUSTMENT} <= set(met)
