"""存疑影响 of a whole track in single rankings of it, in one run: at most 400 are meant."""

import pytest

from evaluation.engine.queries.doubts import doubts_of
from evaluation.engine.rules.ranking import rank
from tests.evaluation.engine.test_doubts import unsettled_inputs

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("track", ["township", "department"])
def test_doubts_of_a_track_in_single_rankings(gazette, paired, track):
    inputs = unsettled_inputs(track)
    print(track, doubts_of(inputs).tried, "alternatives")
    paired(
        f"doubts of {track}",
        lambda: doubts_of(inputs),
        "single ranking",
        lambda: rank(inputs.units, inputs.items, inputs.cells),
        rounds=5,
    )
