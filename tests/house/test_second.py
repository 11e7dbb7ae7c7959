"""What runs again on PostgreSQL loses no kind of statement; tests/second.py chooses."""

import pytest
from django.db import DatabaseError, DataError, IntegrityError, connection, transaction
from django.utils import timezone

from miyun_kpi.accounts.models import User
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.services import record
from miyun_kpi.jobs.models import Job
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.registers.models import Record
from tests import second
from tests.services_plugin import SQLITE


def test_values_and_lengths_of_lists_make_no_new_shape_but_everything_else_does():
    shape = second.shape
    assert shape("SELECT a FROM t WHERE x IN (%s, %s)") == shape("SELECT a FROM t WHERE x IN (%s, %s, %s)")
    assert shape("INSERT INTO t VALUES (%s, %s), (%s, %s)") == shape(
        "INSERT INTO t VALUES (%s, %s), (%s, %s), (%s, %s)"
    )
    assert shape("SELECT a FROM t LIMIT 21") == shape("SELECT a FROM t LIMIT 20")
    assert len({shape(f"SELECT {a} FROM t {b}") for a in "ab" for b in ("", "ORDER BY a", "WHERE x = %s")}) == 6


def test_every_shape_is_sent_at_least_once_and_every_kept_or_unseen_test_runs():
    seen = {
        "small": {"a"},
        "large": {"a", "b", "c"},
        "other": {"c", "d"},
        "same": {"a", "b"},
        "error": {"a", second.KEEP},
        "nothing": set(),
    }
    wanted = second.chosen([*seen, "unseen"], seen)
    assert wanted == {"error", "unseen", "large", "other"}
    assert set().union(*seen.values()) == set().union(*(seen[test] for test in wanted & set(seen)))
    # What runs in any case (a race, a journey) covers for others; the order of collection does not matter.
    assert second.chosen(seen, seen, already=["large"]) == {"error", "other"}
    assert second.chosen(reversed(list(seen)), seen) == wanted - {"unseen"}


@pytest.mark.skipif(not SQLITE, reason="records the SQLite run")
def test_locks_json_constraints_and_triggers_are_seen_though_sqlite_says_less(db, monkeypatch):
    from django.db.models.sql.compiler import SQLCompiler

    monkeypatch.setattr(SQLCompiler, "execute_sql", SQLCompiler.execute_sql)  # put back afterwards
    recorder = second.Recorder()
    recorder.watch_locks()

    def seen(act) -> set[str]:
        recorder.now = set()
        with connection.execute_wrapper(recorder.execute):
            act()
        return recorder.now

    def refused(act) -> set[str]:
        def tried() -> None:
            with pytest.raises(DatabaseError), transaction.atomic():
                act()

        return seen(tried)

    plain = seen(lambda: list(User.objects.filter(username="a")))
    locked = seen(lambda: list(User.objects.select_for_update().filter(username="a")))
    assert len(plain) == 1 and locked == {f"{form} FOR UPDATE" for form in plain}
    assert second.KEEP not in plain | locked
    assert second.KEEP in seen(lambda: list(Record.objects.filter(values__x=1)))
    now = timezone.now()
    job = {"key": "k", "name": "x", "title": "x", "created_at": now, "publish_after": now}
    Job.objects.create(**job)
    assert second.KEEP in refused(lambda: Job.objects.create(**job))
    record(actor=SYSTEM, action="tests.guard", subject="suite", at=now)
    assert second.KEEP in refused(lambda: AuditEntry.objects.update(action="forged"))


def test_sqlite_refuses_the_values_that_postgresql_refuses(db):
    longest = User._meta.get_field("username").max_length
    for wrong, error in (("x" * (longest + 1), DataError), ("a\0", ValueError)):
        with pytest.raises(error), transaction.atomic():
            User.objects.create_user(wrong, "x")
    with pytest.raises((DataError, IntegrityError)), transaction.atomic():
        now = timezone.now()
        Job.objects.create(key="k", name="x", title="x", created_at=now, publish_after=now, attempt=2**40)
