"""An empty database gets its tables in one step: all of them or none, and nothing else goes that way.

That they are those the migrations make is held against every kept release (tests/releases/test_kept_backups.py).
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.operations import AddField, RunPython, RunSQL, SeparateDatabaseAndState
from django.db.migrations.state import ProjectState

from miyun_kpi.db import at_once
from tests.releases.site import run

BROKEN = """
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
noted = MigrationRecorder.record_applied
def broken(self, app, name):
    if app == "evaluation":
        raise RuntimeError("cut off")
    noted(self, app, name)
MigrationRecorder.record_applied = broken
try:
    call_command("migrate", verbosity=0)
except RuntimeError:
    print(connection.introspection.table_names())
"""


def tables(var: Path) -> set[str]:
    with closing(sqlite3.connect(var / "kpi.sqlite3")) as found:
        return {name for (name,) in found.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


@pytest.mark.once
def test_what_is_cut_off_leaves_nothing_and_is_done_the_next_time(tmp_path):
    assert run(tmp_path, "", "shell", "--no-imports", "-c", BROKEN).strip() == "[]"
    run(tmp_path, "", "migrate", "--verbosity", "0")
    assert {"evaluation_mark", "audit_auditentry", "django_migrations"} <= tables(tmp_path)
    assert "没有" not in run(tmp_path, "", "migrate", "--check")


ASKED = """
from django.db import connection
from miyun_kpi.db.at_once import is_empty
print(is_empty(connection))
connection.cursor().execute("CREATE TABLE somebody (id integer)")
print(is_empty(connection))
"""


@pytest.mark.once
def test_a_table_of_somebody_else_is_no_empty_database(tmp_path):
    assert run(tmp_path, "", "shell", "--no-imports", "-c", ASKED).split() == ["True", "False"]


@pytest.mark.parametrize("asked", [{}, {"plan": True}, {"check_unapplied": True}])
def test_a_database_that_stands_is_not_built(db, monkeypatch, asked):
    assert not at_once.is_empty(connection)
    monkeypatch.setattr(at_once, "build", lambda connection: pytest.fail("built over what stands"))
    call_command("migrate", verbosity=0, **asked)


class Odd(AddField):
    """A step of our own making, which no rule of an empty database knows."""


@pytest.mark.parametrize("step", [SeparateDatabaseAndState(), Odd("model", "name", None)])
def test_a_step_that_nobody_thought_of_is_not_passed_over(step):
    with pytest.raises(NotImplementedError, match="empty database"):
        at_once.run_step(step, None, ProjectState())


def test_code_runs_once_on_the_last_state_unless_it_only_carries_rows_over(db):
    ran = []

    def code(apps, editor):
        ran.append((apps, editor))

    state = ProjectState()
    editor = SimpleNamespace(connection=connection)
    at_once.run_step(RunPython(code), editor, state)
    assert ran == [(state.apps, editor)]
    at_once.run_step(RunPython(code, elidable=True), editor, state)
    at_once.run_step(RunSQL("no such statement", elidable=True), editor, state)
    assert len(ran) == 1


def test_every_step_of_code_of_our_apps_says_whether_an_empty_database_needs_it():
    """What runs on an empty database reads the last state: only what is looked through here."""
    from django.db.migrations.loader import MigrationLoader

    graph = MigrationLoader(None).disk_migrations
    kept = {
        (app, name)
        for (app, name), migration in graph.items()
        for step in migration.operations
        if isinstance(step, RunPython | RunSQL) and not step.elidable
    }
    assert kept == {
        ("audit", "0002_streams"),  # the sequence of the entries
        # Of packages, and over rows: nothing to do where there are none.
        ("auth", "0011_update_proxy_permissions"),
        ("axes", "0007_alter_accessattempt_unique_together"),
        ("contenttypes", "0002_remove_content_type_name"),
    }
