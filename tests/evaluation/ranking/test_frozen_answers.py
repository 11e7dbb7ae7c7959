"""Rankings and 得分明细 are served as the bytes that were frozen: each is what its serializer says, whole and cut."""

import json
from collections import Counter
from typing import Any

import pytest

from evaluation.engine.queries.frozen import WHOLE, frozen_ranking, frozen_receipt
from evaluation.engine.rules.documents import limited_receipt
from evaluation.enums import DisclosureScope
from evaluation.models import Ranking
from evaluation.ranking.services import compute_trial
from miyun_kpi.lib.actors import SYSTEM
from tests.answers import faults_of_component
from tests.consistency.districts import AT, store_year

SCOPES = (WHOLE, *DisclosureScope.values)


def held(ranking: Ranking) -> Counter[str]:
    """Every form in which the ranking and its receipts are served; returns which parts they had."""
    parts: Counter[str] = Counter()
    units = [row.organisation for row in ranking.rows.select_related("organisation")]
    for scope in SCOPES:
        served = json.loads(frozen_ranking(ranking, scope=scope, own=units[0].code).body)
        assert faults_of_component("Ranking", served) == "", scope
        parts.update(_parts(served))
    for unit in units:
        stored = frozen_receipt(ranking, unit)
        assert stored is not None
        for scope in SCOPES:
            assert faults_of_component("Receipt", limited_receipt(stored, scope)) == "", (scope, unit.code)
        parts.update(f"item {item['basis']}" for item in stored["items"])
    return parts


def _parts(served: dict[str, Any]) -> list[str]:
    rows = served["rows"]
    lists = ("missing", "not_applicable", "decisions", "unconfirmed")
    return [
        *(name for name in lists if served[name]),
        *(name for name in ("year", "disclosure_scope") if name in served),
        *(name for name in ("adjustments", "closing") if any(row.get(name) for row in rows)),
        *(f"no {name}" for name in ("total", "dimensions") if any(row[name] is None for row in rows)),
    ]


def test_the_rankings_of_the_demonstration(demo):
    for ranking in Ranking.objects.all():
        parts = held(ranking)
        assert parts["unconfirmed"] and parts["no dimensions"] and parts["item marked"] and parts["item average"]


@pytest.mark.django_db
def test_rankings_of_years_of_random_districts(gazette):
    seen: Counter[str] = Counter()
    for seed in range(8):
        scheme, year = store_year(seed)
        compute_trial(actor=SYSTEM, scheme=scheme, period=year, at=AT)
        for ranking in Ranking.objects.filter(scheme=scheme):
            seen += held(ranking)
    wanted = {"missing", "not_applicable", "decisions", "adjustments", "closing", "year", "no total"}
    assert wanted | {"item missing", "item out-of-scope"} <= set(seen), wanted - set(seen)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda row: row.pop("rank"),
        lambda row: row.update(total=88.5),
        lambda row: row.update(total="88.5"),
        lambda row: row.update(zone="north"),
        lambda row: row.update(remark=""),
    ],
    ids=["a field missing", "a number for a string", "places of a decimal", "an unknown code", "an undeclared field"],
)
def test_another_shape_would_be_noticed(demo, spoil):
    served = json.loads(Ranking.objects.first().document)
    spoil(served["rows"][0])
    assert faults_of_component("Ranking", served)
