"""What 1.0.0 published names who was ranked, and its lists of inputs are read by the code of the day (engine 14, 21, 22)."""

import json

import pytest

from tests.releases.site import restored, run
from tests.releases.test_kept_backups import KEPT

pytestmark = pytest.mark.timeout(400)
ASKED = """
import json
from evaluation.engine.queries.holding import held_rankings
from evaluation.engine.services import compare_held
from evaluation.models import InputsRevision, MarkSheet, PeriodUnit, Ranking
told = {"changed": len(compare_held(held_rankings())), "nameless": MarkSheet.objects.filter(evaluator_name="").count(), "wrong": []}
published = Ranking.objects.filter(state="published", corrected_by=None)
for one in published:
    rows = {(row["organisation"], row["name"], row["zone"] or "") for row in json.loads(one.document)["rows"]}
    units = PeriodUnit.objects.filter(scheme=one.scheme_id, period=one.period_id)
    if rows != set(units.values_list("organisation__code", "name", "zone")):
        told["wrong"].append(one.pk)
told["published"] = published.count()
told["names"] = all("names" in json.loads(one.inputs) for one in published)
print(json.dumps(told))
"""


@pytest.mark.once
@pytest.mark.parametrize("release", KEPT[:1], ids=lambda path: path.name)
def test_who_was_ranked_is_taken_from_what_was_published_and_nothing_falls(release, tmp_path):
    var = tmp_path / "var"
    restored(release / "sqlite.tar.gz", var)
    told = json.loads(run(var, "", "shell", "--no-imports", "-c", ASKED).strip().splitlines()[-1])
    assert told["published"] and told["names"], "the kept lists are of the old form"
    assert (told["changed"], told["nameless"], told["wrong"]) == (0, 0, [])
