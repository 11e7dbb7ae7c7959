"""The stored district, ranked by the product, against the oracle: equal to the last digit on either database."""

import json
import os
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import transaction

from evaluation.engine.queries.engine_inputs import engine_inputs
from evaluation.engine.queries.ranking_documents import build
from evaluation.enums import RankingKind
from evaluation.models import Period, Ranking, Scheme
from tests.consistency import oracle
from tests.consistency.districts import store_district, store_year

EXAMPLES = int(os.environ.get("KPI_TEST_EXAMPLES", "50"))
pytestmark = pytest.mark.django_db


def compare(seed: int, store: Callable[[int], tuple[Scheme, Period]] = store_district) -> tuple[int, int]:
    """Store one district, compare, undo. Returns how many totals were compared and how many were missing."""
    with transaction.atomic():
        scheme, period = store(seed)
        built = build(engine_inputs(scheme, period), kind=RankingKind.TRIAL)
        listed = json.loads(json.dumps(built.inputs))
        expected = oracle.totals(listed)
        expected_ranks = oracle.ranks(expected)
        assert built.engines.agrees, (seed, built.engines.differ)
        for row in built.rows:
            code = row.organisation.code
            assert row.total == expected[code], (seed, code)
            assert row.rank == expected_ranks[code], (seed, code)
        transaction.set_rollback(True)
    return len(expected), sum(total is None for total in expected.values())


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_random_districts_agree_with_the_oracle(gazette):
    compared = missing = 0
    for seed in range(EXAMPLES):
        count, gaps = compare(seed)
        compared, missing = compared + count, missing + gaps
    # The draw covers both complete and incomplete districts, or the comparison would say little.
    assert compared > 20 * EXAMPLES and 0 < missing < compared / 2


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_years_of_random_districts_agree_with_the_oracle(gazette):
    compared = missing = 0
    for seed in range(max(EXAMPLES // 5, 10)):
        count, gaps = compare(seed, store_year)
        compared, missing = compared + count, missing + gaps
    assert 0 < missing < compared


def test_the_demonstration_agrees_with_the_oracle(demo):
    for ranking in Ranking.objects.all():
        expected = oracle.totals(json.loads(ranking.inputs))
        stored = {row.organisation.code: row.total for row in ranking.rows.select_related("organisation")}
        assert stored == expected
        assert len(set(stored.values())) > 10


def test_the_oracle_would_notice_a_wrong_digit(demo):
    ranking = Ranking.objects.filter(scheme__track="township").get()
    inputs = json.loads(ranking.inputs)
    key = next(k for k in inputs["marks"] if k.startswith("share/4/1@"))
    inputs["marks"][key][0] = str(Decimal(inputs["marks"][key][0]) - Decimal("0.1"))
    stored = {row.organisation.code: row.total for row in ranking.rows.select_related("organisation")}
    assert stored != oracle.totals(inputs)
