"""Gives this process its test database: a copy of a prepared one, which is made when none fits.

Two steps are kept apart, because a change of the content leaves the tables as they are: the schema (`schema`) and, on top of it,
the gazette with the demonstration beside it (`loaded`; tests/database.py says how the rows lie). SQLite: a file is
copied. PostgreSQL: a dump is restored once a run into a template, of which every process gets a copy.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests import database
from tests.prepared import sources
from tests.prepared.store import NotKept, Store
from tests.services_plugin import SERVICES, SQLITE, WORKER, newest_postgres

STORE = Store(sources.ROOT / ".pytest-databases")
TEMPLATE = "kpi_prepared"


def today() -> date:
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


@cache
def give() -> None:
    """Once a process: its own database becomes that of the default connection."""
    suffix, day = f"_{WORKER}" if WORKER else "", today()
    if SQLITE:
        _sqlite(SERVICES.dir / f"test{suffix}.sqlite3", day)
    else:
        _postgres(f"test_kpi{suffix}", day)
    database.know()


def _use(name: str) -> None:
    from django.conf import settings
    from django.db import connection

    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def _load(day: date) -> None:
    """The content; when the gazette or the demonstration does not load, what there is serves this run only, and the
    tests that ask for it say why."""
    database.load()
    database.keep()
    if database.loading_failed is None:
        database.keep_demo(day)
    else:
        database.write_about(day)
    if database.loading_failed or database.demo_failed:
        raise NotKept


# SQLite --------------------------------------------------------------------------------------------------------------
def _sqlite(target: Path, day: date) -> None:
    from django.db import connection

    def packed(draft: Path, work: Path) -> None:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(draft)])
        connection.close()

    def schema(draft: Path) -> None:
        _use(f"{target}.schema")
        _migrate()
        packed(draft, target)

    def loaded(draft: Path) -> None:
        base, _ = STORE.take("sqlite-schema", sources.schema_key("sqlite"), schema)
        shutil.copyfile(base, target)
        _use(str(target))
        _load(day)
        packed(draft, target)

    target.unlink(missing_ok=True)
    try:
        file, new = STORE.take("sqlite-loaded", sources.content_key("sqlite", day), loaded)
    except NotKept:
        return
    if not new:
        shutil.copyfile(file, target)
    _use(str(target))


# PostgreSQL ----------------------------------------------------------------------------------------------------------
def _postgres(name: str, day: date) -> None:
    SERVICES.start_postgres()
    with SERVICES.alone("template"):
        ready = SERVICES.dir / "template.ready"
        if not ready.exists():
            try:
                _postgres_template(day)
            except NotKept:
                pass  # the template says what is wrong with it
            ready.touch()
        _use(name)
        _sql(f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')


def _postgres_template(day: date) -> None:
    version = _run("pg_dump", "--version").decode()

    def dumped(draft: Path) -> None:
        from django.db import connection

        connection.close()
        _run("pg_dump", "-Fc", "-Z1", "-f", str(draft), TEMPLATE)

    def anew(fill: Callable[[], None]) -> Callable[[Path], None]:
        def make(draft: Path) -> None:
            fill()
            dumped(draft)

        return make

    def schema() -> None:
        _create()
        _use(TEMPLATE)
        _migrate()

    def loaded() -> None:
        base, new = STORE.take("postgres-schema", sources.schema_key(version), anew(schema))
        if not new:
            _restore(base)
        _use(TEMPLATE)
        _load(day)

    file, new = STORE.take("postgres-loaded", sources.content_key(version, day), anew(loaded))
    if not new:
        _restore(file)


def _create() -> None:
    _sql(f'DROP DATABASE IF EXISTS "{TEMPLATE}"', f'CREATE DATABASE "{TEMPLATE}"')


def _restore(file: Path) -> None:
    _create()
    _run("pg_restore", "--exit-on-error", "--no-owner", "-d", TEMPLATE, str(file))


def _run(program: str, *arguments: str) -> bytes:
    environment = os.environ | {"PGHOST": str(SERVICES.dir / "pg"), "PGUSER": SERVICES.db_user}
    done = subprocess.run([newest_postgres() / program, *arguments], env=environment, capture_output=True)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout


def _sql(*statements: str) -> None:
    import psycopg2

    connection: Any = psycopg2.connect(host=str(SERVICES.dir / "pg"), user=SERVICES.db_user, dbname="postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.close()
