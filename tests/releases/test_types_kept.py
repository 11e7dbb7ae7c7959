"""Texts of registers that 1.0.0 left are read again by the types of the day: none is lost, and what is not read is listed."""

import json

import pytest

from tests.releases.site import restored, run
from tests.releases.test_kept_backups import KEPT

pytestmark = pytest.mark.timeout(400)
ASKED = """
import json
from django.apps import apps
from disclosure.models import Application, ThirdParty
from miyun_kpi.db.sealed import Sealed, is_token
from miyun_kpi.registers.models import Doubt, Record
from miyun_kpi.registers.rereading import reread_all
from miyun_kpi.registers.registry import all_kinds
sealed = {kind.key: [one.name for one in kind.fields if one.sealed] for kind, _ in all_kinds()}
held = [row.values[name] for row in Record.objects.all() for name in sealed[row.kind] if row.values.get(name)]
asked = [one.applicant for one in Application.objects.all()] + [one.name for one in ThirdParty.objects.all()]
print(json.dumps({
    "asked": [len(asked), all(is_token(one.token) and one.open() for one in asked), all(one.mark for one in asked[:1])],
    "kinds": sorted({row.kind for row in Record.objects.all() if any(row.values.get(name) for name in sealed[row.kind])}),
    "records": Record.objects.count(),
    "doubts": sorted({f"{one.record.kind} {one.field}" for one in Doubt.objects.select_related("record")}),
    "kept": sorted(set(Record.objects.filter(kind="water.sludge").values_list("values__period", flat=True))),
    "years": sorted({row.values["school_year"][-1] for row in Record.objects.filter(kind="disclosure.freshmen")}),
    "sealed": [len(held), all(is_token(one) and Sealed(one).open() for one in held)],
    "again": reread_all(apps)[0],
}))
"""


@pytest.mark.once
@pytest.mark.parametrize("release", KEPT[:1], ids=lambda path: path.name)
def test_its_registers_are_read_again_and_nothing_is_lost(release, tmp_path):
    var = tmp_path / "var"
    restored(release / "sqlite.tar.gz", var)
    told = json.loads(run(var, "", "shell", "--no-imports", "-c", ASKED).strip().splitlines()[-1])
    assert told["records"] == json.loads((release / "said.json").read_text())["sqlite"]["records"]
    assert {"water.sludge period", "water.payment period", "safety.black-list code"} <= set(told["doubts"])
    assert told["kept"] == ["上半年"] and told["years"] == ["S"] and told["again"] == 0
    assert told["sealed"][0] > 0 and told["sealed"][1] and "water.case" in told["kinds"]
    assert told["asked"][0] > 1 and told["asked"][1:] == [True, True]
