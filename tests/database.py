"""What the test database holds between tests: the loaded gazette, kept aside and put back after a transactional test.

A test in a transaction is rolled back. A transactional test (live server, worker, races) commits, and Django would
empty every table after it. Here every table is put back instead to what it held when the session began, from copies
beside the tables: the same on both databases, without disconnecting anybody, in some hundredths of a second.

`kept__x` holds what x has in the loaded gazette, `demo__x` what the demonstration adds to it, `about_prepared` the day
of that demonstration and why something did not load. tests/prepared makes them once and copies them to every process.
"""

import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.apps import apps
from django.core.management import call_command, get_commands
from django.db import OperationalError, connection, transaction
from django.test import TransactionTestCase
from django.utils import timezone

COPY, DEMO, YEAR, ABOUT = "kept__", "demo__", "year__", "about_prepared"
loading_failed: Exception | None = None
demo_failed: Exception | None = None
demo_day: date | None = None
_kept: list[str] = []
_demo: list[str] = []
_year: list[str] = []


def load() -> None:
    """Load the gazette; a failure fails only the tests that ask for it."""
    global loading_failed
    loading_failed = None
    if "load_gazette" not in get_commands():
        loading_failed = RuntimeError("there is no command load_gazette")
        return
    try:
        call_command("load_gazette", verbosity=0, stdout=_Nowhere())
    except Exception as error:
        loading_failed = error


class _Nowhere:
    def write(self, text: str) -> None: ...
    def flush(self) -> None: ...


def _tables() -> list[str]:
    names = {m._meta.db_table for m in apps.get_models(include_auto_created=True) if m._meta.managed}
    present = set(connection.introspection.table_names())
    return sorted(names & present)


def keep() -> None:
    """Copy every table that is not empty."""
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f'SELECT 1 FROM "{table}" LIMIT 1')
            if cursor.fetchone():
                cursor.execute(f'CREATE TABLE "{COPY}{table}" AS SELECT * FROM "{table}"')
                _kept.append(table)


def keep_demo(day: date) -> None:
    """Load the demonstration of `day`, set aside the rows it adds, and take it back."""
    from evaluation.demo.scenes import Scene
    from evaluation.demo.services import load_demo

    global demo_failed
    demo_failed = None
    try:
        assert load_demo(at=timezone.now(), scene=Scene.OPENING)
    except Exception as error:
        demo_failed = error
    else:
        with connection.cursor() as cursor:
            for table in _tables():
                _keep_added(cursor, table, DEMO, _demo)
    put_back()
    write_about(day)


def _keep_added(cursor: Any, table: str, prefix: str, kept: list[str]) -> None:
    """Rows the demonstration adds or changes; it removes none."""
    key, wanted = _key(table), ""
    if table in _kept:
        gone = f'"{key}" NOT IN (SELECT "{key}" FROM "{table}")'
        cursor.execute(f'SELECT count(*) FROM "{COPY}{table}" WHERE {gone}')
        assert cursor.fetchone() == (0,), f"the demonstration removes rows of {table}"
        new = f'SELECT * FROM "{table}" EXCEPT SELECT * FROM "{COPY}{table}"'
        wanted = f'WHERE "{key}" IN (SELECT "{key}" FROM ({new}) AS new)'
    cursor.execute(f'SELECT 1 FROM "{table}" {wanted} LIMIT 1')
    if cursor.fetchone():
        cursor.execute(f'CREATE TABLE "{prefix}{table}" AS SELECT * FROM "{table}" {wanted} ORDER BY "{key}"')
        kept.append(table)


def _key(table: str) -> str:
    models = {m._meta.db_table: m for m in apps.get_models(include_auto_created=True)}
    key = models[table]._meta.pk
    assert key is not None
    return str(key.column)


def write_about(day: date) -> None:
    why = ["".join(traceback.format_exception(one)) if one else "" for one in (loading_failed, demo_failed)]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {ABOUT} (day text, loading_failed text, demo_failed text)")
        cursor.execute(f"INSERT INTO {ABOUT} VALUES (%s, %s, %s)", [day.isoformat(), *why])


def know() -> None:
    """Learn what lies in the prepared database that this process was given."""
    global loading_failed, demo_failed, demo_day
    present = sorted(connection.introspection.table_names())
    _kept[:] = [name.removeprefix(COPY) for name in present if name.startswith(COPY)]
    _demo[:] = [name.removeprefix(DEMO) for name in present if name.startswith(DEMO)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT day, loading_failed, demo_failed FROM {ABOUT}")
        day, *why = cursor.fetchone()
    demo_day = date.fromisoformat(day)
    loading_failed, demo_failed = (RuntimeError(text) if text else None for text in why)


def put_demo() -> None:
    """The demonstration of today, into a database that holds the gazette and nothing else.

    Loaded in the ordinary way when the prepared one is of another day (the run went past midnight, a test has moved
    the clock) or could not be made (then this says why)."""
    from evaluation.demo.scenes import Scene
    from evaluation.demo.services import load_demo

    at = timezone.now()
    if demo_failed or not _demo or timezone.localdate(at) != demo_day:
        assert load_demo(at=at, scene=Scene.OPENING)
        return
    _put_added(DEMO, _demo)


def put_year() -> None:
    """The whole year of the demonstration, told once a process: it takes a minute."""
    from evaluation.demo.scenes import Scene
    from evaluation.demo.services import load_demo

    if _year:
        _put_added(YEAR, _year)
        return
    assert load_demo(at=timezone.now(), scene=Scene.YEAR)
    with transaction.atomic(), connection.cursor() as cursor:
        for table in _tables():
            _keep_added(cursor, table, YEAR, _year)


def _put_added(prefix: str, tables: list[str]) -> None:
    with transaction.atomic(), connection.cursor() as cursor, _unguarded(cursor):
        for table in tables:
            if table in _kept:
                key = _key(table)
                cursor.execute(f'DELETE FROM "{table}" WHERE "{key}" IN (SELECT "{key}" FROM "{prefix}{table}")')
            cursor.execute(f'INSERT INTO "{table}" SELECT * FROM "{prefix}{table}"')


@contextmanager
def _unguarded(cursor: Any) -> Iterator[None]:
    """Rows that were checked when they were set aside need no second look at every foreign key."""
    if connection.vendor != "postgresql":
        yield
        return
    cursor.execute("SET LOCAL session_replication_role = replica")
    yield
    cursor.execute("SET LOCAL session_replication_role = origin")


def put_back() -> None:
    """Every table as it was when `keep` ran. A worker of the test may still hold rows: deadlocks are tried again."""
    for attempt in range(5):
        try:
            _put_back_postgres() if connection.vendor == "postgresql" else _put_back_sqlite()
            return
        except OperationalError:
            if attempt == 4:
                raise
            time.sleep(0.2)


def _put_back_postgres() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # Neither foreign keys nor the audit's guard fire in this role; only the superuser of the test cluster has it.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL lock_timeout = '5s'")
        _refill(cursor)


def _put_back_sqlite() -> None:
    connection.disable_constraint_checking()  # has no effect once a transaction is open
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # The audit table refuses UPDATE and DELETE by triggers: dropped for the moment, created again as they were.
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
            _refill(cursor)
            for _, sql in triggers:
                cursor.execute(sql.replace("%", "%%"))
    finally:
        connection.enable_constraint_checking()


def _refill(cursor: Any) -> None:
    for table in _tables():
        cursor.execute(f'DELETE FROM "{table}"')
    for table in _kept:
        cursor.execute(f'INSERT INTO "{table}" SELECT * FROM "{COPY}{table}"')


def install() -> None:
    """In place of Django's flush after a transactional test."""

    def _fixture_teardown(self: TransactionTestCase) -> None:
        put_back()

    TransactionTestCase._fixture_teardown = _fixture_teardown
