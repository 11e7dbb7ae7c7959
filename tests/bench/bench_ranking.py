"""Ranking a district against its one statement, prepared: the second engine's, which reads the same tables and gives the same."""

import pytest
from django.db import connection

from evaluation.engine.queries.engine_inputs import engine_inputs
from evaluation.engine.queries.ranking_documents import build
from evaluation.engine.queries.second_engine import engines_agree, second_engine, statement_of
from evaluation.engine.rules.ranking import rank
from evaluation.enums import RankingKind
from tests.bench.ground import grown, prepared

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("size", "rounds"), [(71, 31), (500, 5)])
def test_rank(gazette, measured, size, rounds):
    scheme, period = grown(size)

    def ranked():
        inputs = engine_inputs(scheme, period)
        return inputs, rank(inputs.units, inputs.items, inputs.cells)

    def with_receipts():
        return build(engine_inputs(scheme, period), kind=RankingKind.TRIAL)

    one_statement = prepared(*statement_of(scheme, period, closing=None, own=1000))
    assert engines_agree(*ranked()).agrees and len(one_statement()) == size == len(with_receipts().rows)
    measured(f"rank_{size}", ranked, one_statement, rounds)
    measured(f"rank_{size}_receipts", with_receipts, one_statement, rounds)


def test_rank_71_sql(gazette, measured):
    scheme, period = grown(71)
    statement, names = statement_of(scheme, period, closing=None, own=1000)

    def bare():
        with connection.cursor() as cursor:
            cursor.execute(statement, names)
            return cursor.fetchall()

    def whole():
        return second_engine(scheme, period, closing=None, own=1000)

    assert {code: (low, high) for code, low, high in bare()} == {
        code: (one.low, one.high) for code, one in whole().items() if one
    }
    measured("rank_71_sql", whole, bare, 41)
