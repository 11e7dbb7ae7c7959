"""What the test database holds between tests: the loaded gazette, kept aside and put back after a transactional test.

A test in a transaction is rolled back. A transactional test (live server, worker, races) commits, and Django would
empty every table after it. Here every table is put back instead to what it held when the session began, from copies
beside the tables: the same on both databases, without disconnecting anybody, in some hundredths of a second.
"""

import time
from typing import Any

from django.apps import apps
from django.core.management import call_command, get_commands
from django.db import OperationalError, connection, transaction
from django.test import TransactionTestCase

COPY = "kept__"
loading_failed: BaseException | None = None
_kept: list[str] = []


def load() -> None:
    """Load the gazette; a failure fails only the tests that ask for it."""
    global loading_failed
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
