"""Growth with the number of units: twice as many against once, in one run. Linear is 2."""

from fractions import Fraction

import pytest

from evaluation.engine.queries.engine_inputs import EngineInputs, engine_inputs
from evaluation.engine.queries.ranking_documents import build
from evaluation.engine.rules.impact import reaches
from evaluation.enums import RankingKind
from evaluation.models import Period, Scheme
from tests.bench.ground import grown, shrunk
from tests.bench.measuring import analyse, backend, taken

pytestmark = pytest.mark.django_db


def read_at(scheme: Scheme, period: Period, size: int) -> EngineInputs:
    with shrunk(scheme, period, size):
        found = engine_inputs(scheme, period)
    assert len(found.units) == size
    return found


def test_gaps_growth(gazette, measured):
    scheme, period = grown(568)
    once, twice = read_at(scheme, period, 284), read_at(scheme, period, 568)

    def reached(inputs: EngineInputs) -> None:
        blank = {key: cell for key, cell in inputs.cells.items() if key[0] != "share/4/1"}
        assert any(one.moves for one in reaches(inputs.units, inputs.items, blank, floor=Fraction(60, 100)))

    measured("gaps_growth", lambda: reached(twice), lambda: reached(once), 21)


def test_build_growth(gazette, measured):
    """With both engines held together, as every computation has them: their statement reads the tables at either size."""
    scheme, period = grown(1136)
    once, twice = read_at(scheme, period, 568), read_at(scheme, period, 1136)

    def built(inputs: EngineInputs) -> None:
        assert build(inputs, kind=RankingKind.TRIAL).engines.agrees

    analyse()
    schedstat, ratios = backend(), []
    for _ in range(5):
        with shrunk(scheme, period, 568):
            less = taken(lambda: built(once), schedstat)
        ratios.append(taken(lambda: built(twice), schedstat) / less)
    measured.values("build_growth", ratios[1:], f"the last time {less / 1e6:.0f} ms with 568")
