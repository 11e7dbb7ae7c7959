"""The suite's own machinery: what a test leaves behind, the next one must not find."""

import os
import subprocess
import sys

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
