"""What a release left is carried over by the code of the day: restored, migrated, loaded, and still the same in every figure."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from django.db import connection

from tests import database
from tests.releases.schema import shape
from tests.releases.site import empty_database, restored, run, says

KEPT = sorted(path.parent for path in Path(__file__).parent.glob("v*/said.json"))
pytestmark = pytest.mark.timeout(400)


def carried_over(release: Path, file: str, var: Path, database: str) -> None:
    var.mkdir()
    key = release / f"{file.partition('.')[0]}.audit-key"
    if key.exists():
        shutil.copy(key, var / "audit-key")
    run(var, database, "restore", str(release / file))
    # A part that is put back says the same again, and what a newer version prints is added without moving anything.
    run(var, database, "load_gazette")
    assert says(var, database) == json.loads((release / "said.json").read_text())[file.partition(".")[0]]


def of_the_day() -> set[tuple[object, ...]]:
    """How the tables stand where all of them were made in one step (miyun_kpi/db/at_once.py)."""
    with connection.cursor() as cursor:

        def ask(question):
            cursor.execute(question)
            return cursor.fetchall()

        # Beside it lies the demonstration of the tests (tests/database.py).
        beside = (database.COPY, database.DEMO, database.ABOUT)
        return {part for part in shape(ask, connection.vendor) if not str(part[1]).startswith(beside)}


def test_every_release_since_the_first_is_here():
    assert [one.name for one in KEPT][:1] == ["v1.0.0"]
    for one in KEPT:
        for kept in json.loads((one / "said.json").read_text()).values():
            assert kept["audit"] and kept["ledger"][1] == 0 and kept["published"] and kept["marks"] and kept["records"]


@pytest.mark.once
@pytest.mark.parametrize("release", KEPT, ids=lambda path: path.name)
def test_its_sqlite_is_carried_over(release, tmp_path, db):
    carried_over(release, "sqlite.tar.gz", tmp_path / "var", "")
    # Every migration since its first ran on it, one by one.
    with closing(sqlite3.connect(tmp_path / "var" / "kpi.sqlite3")) as kept:
        differing = shape(kept.execute, "sqlite") ^ of_the_day()
    assert not differing


@pytest.mark.postgres
@pytest.mark.parametrize("release", KEPT, ids=lambda path: path.name)
def test_its_postgresql_is_carried_over(release, tmp_path, db):
    with empty_database(f"kept_{tmp_path.parent.name.replace('-', '_')}") as address:
        carried_over(release, "postgresql.tar.gz", tmp_path / "var", address)
        with closing(psycopg2.connect(address)) as kept, kept.cursor() as cursor:

            def ask(question):
                cursor.execute(question)
                return cursor.fetchall()

            differing = shape(ask, "postgresql") ^ of_the_day()
        assert not differing


@pytest.mark.once
def test_another_figure_would_be_noticed(tmp_path):
    """The control: one digit of a mark in the restored database, and it does not say what was kept."""
    release, var = KEPT[0], tmp_path / "var"
    restored(release / "sqlite.tar.gz", var)
    change = "from miyun_kpi.audit.guards import remove_guards; remove_guards(); "
    change += "from evaluation.models import Ranking as R; r = R.objects.filter(state='published').first(); "
    change += "r.document = r.document.replace('8', '9', 1); r.save(update_fields=['document'])"
    run(var, "", "shell", "--no-imports", "-c", change)
    assert says(var, "") != json.loads((release / "said.json").read_text())["sqlite"]


SEALED = """
import json
import shutil
from evaluation.models import Bulletin, Feedback, Mark, Ranking
from miyun_kpi.audit.models import AuditEntry, AuditHead
from miyun_kpi.audit.verifying import faults
print(json.dumps({
    "faults": [one.sentence for one in faults()],
    "unsealed": Ranking.objects.filter(seal="").count() + Bulletin.objects.filter(seal="", state="final").count(),
    "closed": AuditHead.objects.get(stream="").count,
    "acts": sorted(set(AuditEntry.objects.exclude(stream="").values_list("action", flat=True))),
    "sealed": AuditEntry.objects.filter(action="evaluation.ranking.sealed").count() - Ranking.objects.count(),
}))
"""


def after(var, database, *changes):
    for change in changes:
        run(var, database, "shell", "--no-imports", "-c", change)
    return json.loads(run(var, database, "shell", "--no-imports", "-c", SEALED).strip().splitlines()[-1])


@pytest.mark.once
def test_what_a_release_without_seals_left_is_sealed_once_and_the_audit_says_so(tmp_path):
    release, var = KEPT[0], tmp_path / "var"
    restored(release / "sqlite.tar.gz", var)
    found = after(var, "")
    assert found["faults"] == [] and found["unsealed"] == found["sealed"] == 0
    assert found["closed"] == json.loads((release / "said.json").read_text())["sqlite"]["entries"]
    assert {"audit.chain.closed", "evaluation.seals.adopted", "evaluation.ranking.sealed"} <= set(found["acts"])
    # A seal taken away is not given again: a forged document would get it.
    off = "from miyun_kpi.audit.guards import remove_guards; remove_guards(); from evaluation.models import Ranking as R; "
    again = after(
        var,
        "",
        off + "R.objects.filter(pk=3).update(seal='')",
        "import django.core.management as m; m.call_command('migrate', verbosity=0)",
    )
    assert again["unsealed"] == 1 and any("没有封存" in one for one in again["faults"])


@pytest.mark.once
def test_a_ranking_that_does_not_agree_with_its_digest_gets_no_seal(tmp_path):
    release, var = KEPT[0], tmp_path / "var"
    restored(release / "sqlite.tar.gz", var)
    # As if the figure had been changed before the upgrade: the seals and what the audit says of them taken back.
    forged = """
from miyun_kpi.audit.guards import remove_guards
from miyun_kpi.audit.models import AuditEntry, AuditHead, AuditMaster
from evaluation.models import Ranking, RankingRow
remove_guards()
AuditEntry.objects.exclude(stream="").delete(); AuditHead.objects.exclude(stream="").delete()
AuditMaster.objects.all().delete(); AuditHead.objects.update(mac="", key_id="")
Ranking.objects.update(seal=""); RankingRow.objects.update(seal="")
one = Ranking.objects.get(pk=3)
Ranking.objects.filter(pk=3).update(document=one.document.replace('"total":"85.4700"', '"total":"99.4700"', 1))
"""
    found = after(var, "", forged, "import django.core.management as m; m.call_command('migrate', verbosity=0)")
    assert found["unsealed"] == 1 and found["sealed"] == -1
    assert any("没有封存" in one for one in found["faults"])
