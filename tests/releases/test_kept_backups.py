"""What a release left is carried over by the code of the day: restored, migrated, loaded, and still the same in every figure."""

import json
from pathlib import Path

import pytest

from tests.releases.site import empty_database, run, says

KEPT = sorted(path.parent for path in Path(__file__).parent.glob("v*/said.json"))
pytestmark = pytest.mark.timeout(400)


def carried_over(release: Path, file: str, var: Path, database: str) -> None:
    var.mkdir()
    run(var, database, "restore", str(release / file))
    # A part that is put back says the same again, and what a newer version prints is added without moving anything.
    run(var, database, "load_gazette")
    assert says(var, database) == json.loads((release / "said.json").read_text())[file.partition(".")[0]]


def test_every_release_since_the_first_is_here():
    assert [one.name for one in KEPT][:1] == ["v1.0.0"]
    for one in KEPT:
        for kept in json.loads((one / "said.json").read_text()).values():
            assert kept["audit"] and kept["ledger"][1] == 0 and kept["published"] and kept["marks"] and kept["records"]


@pytest.mark.once
@pytest.mark.parametrize("release", KEPT, ids=lambda path: path.name)
def test_its_sqlite_is_carried_over(release, tmp_path):
    carried_over(release, "sqlite.tar.gz", tmp_path / "var", "")


@pytest.mark.postgres
@pytest.mark.parametrize("release", KEPT, ids=lambda path: path.name)
def test_its_postgresql_is_carried_over(release, tmp_path, db):
    with empty_database(f"kept_{tmp_path.parent.name.replace('-', '_')}") as database:
        carried_over(release, "postgresql.tar.gz", tmp_path / "var", database)


@pytest.mark.once
def test_another_figure_would_be_noticed(tmp_path):
    """The control: one digit of a mark in the restored database, and it does not say what was kept."""
    release, var = KEPT[0], tmp_path / "var"
    var.mkdir()
    run(var, "", "restore", str(release / "sqlite.tar.gz"))
    change = "from evaluation.models import Ranking as R; r = R.objects.filter(state='published').first(); "
    change += "r.document = r.document.replace('8', '9', 1); r.save(update_fields=['document'])"
    run(var, "", "shell", "--no-imports", "-c", change)
    assert says(var, "") != json.loads((release / "said.json").read_text())["sqlite"]
