"""The way back by the code of before: a worktree of the recorded commit with its own lock restores beside what HEAD has upgraded.

Of `make night PART=kills`, which names this file: it builds an environment. Without the history or a tool it fails.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.releases.site import ASKED, ROOT, empty_database, run, says

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(1200)]
RELEASES = dict(re.findall(r"^\| (v[\d.]+) \| `(\w+)` \|", (ROOT / "docs" / "releases.md").read_text(), re.M))
RELEASE = "v1.0.0"
# 1.0.0 has one chain, and no streams to tell apart.
ASKED_OF_OLD = ASKED.replace('AuditEntry.objects.filter(stream="")', "AuditEntry.objects")


def done(*command: object, **options) -> str:
    found = subprocess.run([str(one) for one in command], capture_output=True, text=True, **options)
    assert found.returncode == 0, (command, found.stdout[-2000:], found.stderr[-2000:])
    return found.stdout


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    """Its commands: `old(var, database, "backup", …)`."""
    folder = tmp_path_factory.mktemp("old")
    done("git", "-C", ROOT, "worktree", "add", "--detach", folder / "code", RELEASES[RELEASE])
    try:
        done(sys.executable, "-m", "venv", folder / "venv")
        lock = folder / "code" / "requirements" / "base.txt"
        done(folder / "venv" / "bin" / "pip", "install", "--quiet", "--require-hashes", "-r", lock)

        def command(var: Path, database: str, *arguments: str) -> str:
            environment = {
                name: value for name, value in os.environ.items() if not name.startswith(("KPI_", "DJANGO_"))
            }
            environment |= {"KPI_VAR": str(var), "KPI_SITE": "demo"} | (
                {"KPI_DATABASE_URL": database} if database else {}
            )
            python = folder / "venv" / "bin" / "python"
            return done(python, folder / "code" / "manage.py", *arguments, cwd=folder / "code", env=environment)

        yield command
    finally:
        done("git", "-C", ROOT, "worktree", "remove", "--force", folder / "code")


def says_of_old(old, var: Path, database: str):
    return json.loads(old(var, database, "shell", "-c", ASKED_OF_OLD).strip().splitlines()[-1])


def kept(kind: str) -> tuple[Path, dict]:
    folder = Path(__file__).parent / RELEASE
    return folder / f"{kind}.tar.gz", json.loads((folder / "said.json").read_text())[kind]


def test_on_postgresql_the_old_code_goes_back_beside_the_upgraded_database(old, tmp_path, db):
    archive, said = kept("postgresql")
    var = tmp_path / "var"
    var.mkdir()
    # The third is where the last restore goes; made here, so that it is gone afterwards.
    with empty_database("old_code") as upgraded, empty_database("old_code_back") as back, empty_database("old_code_a"):
        old(var, upgraded, "restore", str(archive))
        old(var, upgraded, "backup", str(tmp_path / "before.tar.gz"))
        for command in ("migrate", "load_gazette"):
            run(var, upgraded, command)
        assert says(var, upgraded) == said
        # The upgrade is given up: the backup of before it, by the code of before it, into another database.
        old(var, back, "restore", str(tmp_path / "before.tar.gz"))
        assert says_of_old(old, var, back) == said
        assert says(var, upgraded) == said, "the upgraded one is as it was"
        # And forward again, by the code of the day, from the same backup.
        run(var, upgraded, "restore", str(tmp_path / "before.tar.gz"), "--replace")
        assert says(var, upgraded) == said and (var / "database-in-use").read_text() == "old_code_a\n"


def test_on_sqlite_the_old_code_puts_the_file_of_before_back(old, tmp_path):
    archive, said = kept("sqlite")
    var = tmp_path / "var"
    var.mkdir()
    old(var, "", "restore", str(archive))
    old(var, "", "backup", str(tmp_path / "before.tar.gz"))
    for command in ("migrate", "load_gazette"):
        run(var, "", command)
    assert says(var, "") == said
    old(var, "", "restore", str(tmp_path / "before.tar.gz"), "--replace")
    assert says_of_old(old, var, "") == said
    run(var, "", "restore", str(tmp_path / "before.tar.gz"), "--replace")
    assert says(var, "") == said
