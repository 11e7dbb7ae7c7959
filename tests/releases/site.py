"""A site in a folder and a database of its own, driven by its commands, and what a kept backup must still say."""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg2
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]

# Asked in a process of the restored site; what it prints is compared with what was kept beside the backup.
ASKED = """
import hashlib, json
from django.db.models import Sum
from evaluation.models import Mark, Ranking
from farmland.queries.pool import replayed
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.queries import verify
from miyun_kpi.registers.models import Record

def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()

done, differences = replayed()
print(json.dumps({
    "audit": verify().intact,
    # Of before the streams: what a newer version has added since is its own.
    "entries": AuditEntry.objects.filter(stream="").count(),
    "ledger": [done.count, len(differences)],
    "marks": Mark.objects.filter(value__isnull=False).count(),
    "records": Record.objects.count(),
    "published": {
        f"{one.scheme.track} {one.period.code} {one.number}": [
            digest(one.document), digest("".join(one.rows.order_by("position").values_list("receipt", flat=True)))
        ]
        for one in Ranking.objects.filter(state="published").select_related("scheme", "period").order_by("pk")
    },
}))
"""


def _environment(var: Path, database: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KPI_", "DJANGO_"))}
    return kept | {"KPI_VAR": str(var), "KPI_SITE": "demo"} | ({"KPI_DATABASE_URL": database} if database else {})


def tried(
    var: Path, database: str, *arguments: str, typed: str = "", **more: str
) -> "subprocess.CompletedProcess[str]":
    """A command of the demonstration in `var`, however it ends; `typed` is what somebody types into it."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    environment = _environment(var, database) | more
    # Without a terminal of its own, so that a password is read from what is typed here.
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, cwd=ROOT, input=typed, start_new_session=True
    )


@contextmanager
def started(var: Path, *arguments: str) -> "Iterator[subprocess.Popen[bytes]]":
    """The same, while it runs."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=_environment(var, ""), cwd=ROOT, **quiet)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def run(var: Path, database: str, *arguments: str) -> str:
    """What a command that succeeds prints."""
    done = tried(var, database, *arguments)
    assert done.returncode == 0, (arguments, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout


@cache
def _restored(archive: Path) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="kpi-restored-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "var").mkdir()
    run(folder / "var", "", "restore", str(archive))
    return folder / "var"


def restored(archive: Path, var: Path) -> None:
    """The archive of a SQLite site brought back into `var`: once a process, for that migrates for half a minute, then copied."""
    shutil.copytree(_restored(archive), var)


def says(var: Path, database: str) -> dict[str, Any]:
    printed = run(var, database, "shell", "--no-imports", "-c", ASKED)
    found: dict[str, Any] = json.loads(printed.strip().splitlines()[-1])
    return found


@contextmanager
def empty_database(name: str) -> Iterator[str]:
    """The address of a database of this cluster that is gone afterwards."""
    given = connection.get_connection_params()
    outer = psycopg2.connect(host=given["host"], user=given["user"], dbname="postgres")
    outer.autocommit = True
    try:
        with outer.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
            try:
                yield f"postgres://{given['user']}@/{name}?host={given['host']}"
            finally:
                cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        outer.close()
