"""Random worlds, computed by the product's own services and read again by tests/consistency/independent.py.

The product holds every computation to two engines of its own. This is the third: from the rows of the tables, by
somebody who had read the decisions (docs/engine.md) and not the engine.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.db import transaction

from evaluation.models import Adjustment, AmendmentChange, Figure, Mark, Ranking, SheetDecision
from evaluation.ranking.services import compute_trial
from miyun_kpi.lib.actors import SYSTEM
from tests.consistency.independent import Opinion, Verdict, opinion
from tests.consistency.world_schemes import AT, World
from tests.consistency.worlds import store_world

EXAMPLES = int(os.environ.get("KPI_TEST_EXAMPLES", "50"))
# What the draw claims to hold: each has to be met by some world, or the comparison would say less than it seems to.
COVERED = (
    "adjusted quarter",
    "adjusted year",
    "amendment holds",
    "amendment to come",
    "averages",
    "borders",
    "by points",
    "gaps",
    "groups of one",
    "left-out item",
    "left-out share",
    "negative",
    "not applicable",
    "out-of-scope",
    "own avoided",
    "precision 2",
    "precision 3",
    "precision 4",
    "proposed",
    "quarters 0",
    "quarters 1",
    "quarters 2",
    "reorganised",
    "ties",
    "unit decision confirmed",
)
pytestmark = pytest.mark.django_db


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def computed(world: World) -> Ranking:
    """The stored computation: its document and receipts are what people read."""
    return compute_trial(actor=SYSTEM, scheme=world.scheme, period=world.period, at=AT)[0]


def receipts(ranking: Ranking) -> dict[str, dict[str, Any]]:
    stored = ranking.rows.values_list("organisation__code", "receipt", "total", "rank")
    found = {}
    for code, text, total, rank in stored:
        found[code] = json.loads(text)
        # Columns that pages sort by, beside the text that is sealed.
        assert found[code]["rank"] == rank
        assert (found[code]["total"] is None) == (total is None)
        assert total is None or Decimal(found[code]["total"]) == total
    return found


def differences(ranking: Ranking, expected: Opinion) -> list[str]:
    """One line for each figure of document or receipt that the second opinion reads otherwise."""
    rows = {row["organisation"]: row for row in json.loads(ranking.document)["rows"]}
    told = receipts(ranking)
    lines = []
    if not set(rows) == set(told) == set(expected.units):
        lines.append(f"ranked: {sorted(rows)}, receipts {sorted(told)}, second opinion {sorted(expected.units)}")
    for code in sorted(set(rows) & set(told) & set(expected.units)):
        verdict = expected.units[code]
        for where, source in (("document", rows[code]), ("receipt", told[code])):
            lines += [f"{code} {where} {line}" for line in _totals(source, verdict)]
        items = {item["indicator"]["number"]: item["score"] for item in told[code]["items"]}
        if items != verdict.printed:
            lines.append(f"{code} items {items}, second opinion {verdict.printed}")
    return lines


def _totals(source: dict[str, Any], verdict: Verdict) -> list[str]:
    partial, weight = verdict.partial or (None, None)
    wanted = {
        "total": verdict.total,
        "sum": verdict.sum,
        "examined_weight": verdict.examined,
        "partial_total": partial,
        "partial_weight": weight,
        "rounding_difference": verdict.difference,
        "rank": verdict.rank,
        "zone_rank": verdict.zone_rank,
        "category_rank": verdict.category_rank,
    }
    found = {key: source[key] for key in wanted}
    for key in ("examined_weight", "partial_weight"):
        found[key] = None if found[key] is None else Fraction(found[key])
    return [f"{key} {found[key]}, second opinion {want}" for key, want in wanted.items() if found[key] != want]


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_random_worlds_read_the_same_to_a_second_opinion(gazette):
    met: Counter[str] = Counter()
    differ = {}
    for seed in range(EXAMPLES):
        with undone():
            world = store_world(seed)
            ranking = computed(world)
            expected = opinion(world.scheme, world.period)
            lines = differences(ranking, expected)
            if lines:
                differ[seed] = [world.scheme.track, world.period.code, dict(world.traits), *lines[:4]]
            met.update(trait for trait, times in {**world.traits, **expected.met}.items() if times)
    assert not differ
    assert EXAMPLES < 50 or not [trait for trait in COVERED if not met[trait]]


def marked(ranking: Ranking) -> Iterator[tuple[str, int, list[dict[str, Any]]]]:
    """Unit, item and shares of the items that the product printed from marks of the unit's own alone."""
    for code, receipt in receipts(ranking).items():
        for item in receipt["items"]:
            if item["score"] is not None and all(share["value"] for share in item["shares"]):
                yield code, item["indicator"]["number"], item["shares"]


def unamended(world: World, **wanted: Any) -> Any:
    changed = AmendmentChange.objects.values("figure_id")
    return Figure.objects.filter(scheme=world.scheme, **wanted).exclude(pk__in=changed)


def change_mark(world: World, ranking: Ranking) -> bool:
    for code, number, shares in marked(ranking):
        cells = Mark.objects.filter(
            sheet__scheme=world.scheme,
            sheet__period=world.period,
            sheet__indicator__number=number,
            organisation__code=code,
        )
        weight = next(i["weight"] for i in receipts(ranking)[code]["items"] if i["indicator"]["number"] == number)
        # A tenth of a mark shows in four decimals where the item weighs something.
        if len(shares) == 1 and Decimal(weight) >= 1 and Decimal(shares[0]["value"]) >= 1:
            return bool(cells.update(value=Decimal(shares[0]["value"]) - Decimal("0.1")))
    return False


def change_weight(world: World, ranking: Ranking) -> bool:
    for code, number, _ in marked(ranking):
        zone = receipts(ranking)[code]["zone"] or ""
        figure = unamended(world, kind="weight", zone=zone, indicator__number=number).first()
        if figure:
            figure.value = str(Decimal(figure.value) + Decimal("0.001"))
            figure.save()
            return True
    return False


def change_share(world: World, ranking: Ranking) -> bool:
    for _, number, shares in marked(ranking):
        figures = list(unamended(world, kind="share", indicator__number=number).order_by("order"))
        rates = [Fraction(share["value"]) / Fraction(share["full_mark"]) for share in shares]
        if len(shares) != 2 or len(figures) != 2 or abs(rates[0] - rates[1]) < Fraction(1, 10):
            continue
        for figure, part in zip(figures, (Fraction(1, 11), Fraction(10, 11)), strict=True):
            figure.value = f"{figure.value.rpartition(':')[0]}:{part}"
            figure.save()
        return True
    return False


def change_decision(world: World, ranking: Ranking) -> bool:
    left = SheetDecision.objects.filter(
        sheet__scheme=world.scheme, sheet__period=world.period, state="confirmed", kind="leave_out"
    ).exclude(sheet__state="filed")
    items = [item for receipt in receipts(ranking).values() for item in receipt["items"]]
    # Without the decision the sheet is missing: that shows where the item had a score, or was examined nowhere for it.
    scored = {item["indicator"]["number"] for item in items if item["score"] is not None}
    quarterly = unamended(world, kind="scope", value="quarter").values_list("indicator__number", flat=True)
    idle = {item["indicator"]["number"] for item in items if not item["shares"]} & set(quarterly)
    decision = next(
        (d for d in left.select_related("sheet__indicator") if d.sheet.indicator.number in scored | idle), None
    )
    if decision is None:
        return False
    decision.state = "returned"
    decision.save()
    return True


def change_adjustment(world: World, ranking: Ranking) -> bool:
    told = receipts(ranking)
    for granted in Adjustment.objects.filter(scheme=world.scheme, state="granted").select_related("organisation"):
        receipt = told.get(granted.organisation.code)
        if receipt and receipt["total"] and receipt["adjustments"]:
            granted.decided_points += Decimal("0.1") if granted.decided_points < 0 else Decimal("-0.1")
            granted.save()
            return True
    return False


@pytest.mark.parametrize(
    "change", [change_mark, change_weight, change_share, change_decision, change_adjustment], ids=lambda c: c.__name__
)
@pytest.mark.timeout(600)
def test_a_digit_changed_after_the_computation_is_noticed(gazette, change: Callable[[World, Ranking], bool]):
    """What the product printed is not what the changed rows say: the second opinion reads the rows."""
    changed = seed = 0
    while changed < 4 and seed < 80:
        with undone():
            world = store_world(seed)
            ranking = computed(world)
            if change(world, ranking):
                assert differences(ranking, opinion(world.scheme, world.period)), seed
                changed += 1
        seed += 1
    assert changed == 4
