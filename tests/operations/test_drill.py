"""恢复演练: the running site is backed up, restored beside, looked through and thrown away; what came of it is kept."""

import json
import shutil
import sqlite3
from contextlib import closing

import pytest

from tests.operations.test_restore import made, state_of  # noqa: F401 (fixture)
from tests.releases.site import run, tried

pytestmark = [pytest.mark.once, pytest.mark.timeout(400)]


@pytest.fixture
def var(made, tmp_path):  # noqa: F811
    return shutil.copytree(made / "var", tmp_path / "var")


def entries(var):
    with closing(sqlite3.connect(f"file:{var}/kpi.sqlite3?mode=ro", uri=True)) as database:
        found = database.execute(
            "SELECT data FROM audit_auditentry WHERE action = 'operations.site.drilled' ORDER BY seq"
        )
        return [json.loads(row[0]) for row in found]


def test_a_drill_says_its_figures_and_leaves_the_audit_and_a_note_and_nothing_else(var):
    names = {name for name in state_of(var) if not name.startswith("kpi.sqlite3")}
    said = run(var, "", "drill")
    kept = json.loads((var / "drill.json").read_text())
    figures = kept["figures"]
    assert kept["why"] == "" and figures["rows"] > 30_000 and figures["tables"] > 100 and figures["entries"] > 5_000
    assert f"恢复演练成功，用 {figures['seconds']} 秒" in said and f"{figures['rows']} 行" in said
    (data,) = entries(var)
    assert (data["rows"], data["outcome"]) == (figures["rows"], "成功")
    assert {name for name in state_of(var) if not name.startswith("kpi.sqlite3")} == names | {"drill.json"}


def test_a_drill_that_finds_something_ends_with_one_and_is_kept_as_failed(var):
    with closing(sqlite3.connect(var / "kpi.sqlite3")) as database, database:
        for verb in ("update", "delete"):
            database.execute(f"DROP TRIGGER evaluation_ranking_no_{verb}")
        database.execute("UPDATE evaluation_ranking SET document = document || ' ' WHERE id = 3")
    done = tried(var, "", "drill")
    assert done.returncode == 1 and "恢复演练没有成功" in done.stderr and "Traceback" not in done.stderr
    assert json.loads((var / "drill.json").read_text())["why"]
    (data,) = entries(var)
    assert data["outcome"] != "成功"
