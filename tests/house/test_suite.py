"""The suite's own machinery: what a test leaves behind, the next one must not find."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.services import record
from miyun_kpi.gazette.models import Clause
from miyun_kpi.jobs.models import Job
from miyun_kpi.lib.actors import SYSTEM
from tests import database
from tests.services_plugin import PREFIX, SQLITE, reap_stale, started_at


def test_after_a_transactional_test_the_gazette_is_back_and_the_rest_gone(transactional_db, gazette):
    before = set(Clause.objects.values_list("pk", "text"))
    assert len(before) > 500
    with connection.cursor() as cursor:
        cursor.execute("UPDATE gazette_clause SET text = 'damaged'")
    now = timezone.now()
    Job.objects.create(key="left", name="x", title="x", created_at=now, publish_after=now)
    record(actor=SYSTEM, action="tests.left", subject="suite", at=now)
    database.put_back()
    assert set(Clause.objects.values_list("pk", "text")) == before
    assert not Job.objects.exists() and not AuditEntry.objects.filter(action="tests.left").exists()


def test_the_audit_s_guard_stands_after_tables_were_put_back(transactional_db):
    database.put_back()
    record(actor=SYSTEM, action="tests.guard", subject="suite", at=timezone.now())
    for act in (lambda: AuditEntry.objects.update(action="forged"), lambda: AuditEntry.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_the_suite_runs_on_the_database_it_was_asked_for(db):
    assert connection.vendor == ("sqlite" if SQLITE else "postgresql")
    assert str(settings.VAR_DIR).startswith(os.environ["KPI_TEST_DIR"])


def test_what_a_killed_run_left_behind_is_stopped_and_removed(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    stale = tmp_path / f"{PREFIX}stale"
    stale.mkdir()
    server = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    (stale / "owner").write_text("999999999 1")
    (stale / "children").write_text(f"{server.pid} {started_at(server.pid)}\n")
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        # A pid given anew to somebody else is not ours to end.
        (stale / "children").open("a").write(f"{stranger.pid} 1\n")
        reap_stale()
        assert not stale.exists()
        assert started_at(server.pid) == "" and stranger.poll() is None
    finally:
        for process in (server, stranger):
            process.kill()
            process.wait()


TESTS = Path(__file__).resolve().parent.parent
CLOCKS = {"now", "localdate", "localtime", "today", "time"}
OWNERS = {"", "timezone", "datetime", "date", "time"}


def at_import(node: ast.AST) -> Iterator[ast.Call]:
    """The calls made while a file is imported: what stands in no body of a function. Decorators and defaults count."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            parts: list[ast.AST] = [*child.decorator_list, child.args]
        elif isinstance(child, ast.Lambda):
            parts = [child.args]
        else:
            parts = [child]
            if isinstance(child, ast.Call):
                yield child
        for part in parts:
            yield from at_import(part)


def clocks_read(text: str) -> list[int]:
    tree = ast.parse(text)
    imported = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in ("tests.clock", "django.utils.timezone")
        for name in node.names
    }

    def reads(call: ast.Call) -> bool:
        match call.func:
            case ast.Name(id=name):
                return name in CLOCKS & imported
            case ast.Attribute(value=ast.Name(id=owner), attr=name):
                return name in CLOCKS and owner in OWNERS
        return False

    return sorted(call.lineno for call in at_import(tree) if reads(call))


def test_no_test_reads_the_clock_at_import():
    """A run that begins before midnight ends after it: yesterday's "today" is refused, and a list of tests with the day
    in their names differs between two processes."""
    seen = (
        "from tests.clock import now\nA = now()\ndef f(at=timezone.now()):\n    return now()\n"
        "@mark(date.today())\ndef g(): ...\nH = lambda: now()"
    )
    assert clocks_read(seen) == [2, 3, 5]
    found = [
        f"{file.relative_to(TESTS)}:{line}"
        for file in sorted(TESTS.rglob("*.py"))
        for line in clocks_read(file.read_text())
    ]
    assert not found, "read the clock within the test (tests/clock.py): " + ", ".join(found)
