"""Databases of PostgreSQL beside the one in use: made, emptied, filled, and the tools that do it."""

import os
import subprocess
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from miyun_kpi.lib.errors import Refused
from miyun_kpi.operations.switch import working_on

# Everything that is ours there; what an extension has brought stays.
_EMPTY = """
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE 'DROP TABLE IF EXISTS ' || one.name || ' CASCADE';
  END LOOP;
  FOR one IN SELECT format('%I.%I', schemaname, sequencename) AS name FROM pg_sequences WHERE schemaname = 'public' LOOP
    EXECUTE 'DROP SEQUENCE IF EXISTS ' || one.name || ' CASCADE';
  END LOOP;
  FOR one IN SELECT p.oid::regprocedure AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
    EXECUTE 'DROP FUNCTION IF EXISTS ' || one.name || ' CASCADE';
  END LOOP;
END $$
"""


def dump(target: Path, *, snapshot: str) -> None:
    options = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}")
    failed = _tool("pg_dump", str(connection.settings_dict["NAME"]), *options)
    if failed:
        raise Refused("dump-failed", f"pg_dump 没有成功，没有备份：{failed}")


def load(dumped: Path, name: str) -> str:
    """Into a database that is empty, all or nothing; "" or what the tool says."""
    options = ("--exit-on-error", "--no-owner", "--no-privileges", "--single-transaction")
    return _tool("pg_restore", name, *options, str(dumped))


def exists(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def make(name: str) -> None:
    """A new one, where the role may; else one sentence for who may."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {_quoted(name)} ENCODING 'UTF8' TEMPLATE template0")
    except DatabaseError as error:
        user = connection.settings_dict["USER"]
        raise Refused(
            "no-database",
            f"没有数据库 {name}，账号 {user} 也建不了，没有执行，什么也没有改。请数据库管理员执行一次："
            f"createdb --owner {user} --encoding UTF8 --template template0 {name}，再重来。",
        ) from error


def empty(name: str) -> None:
    """One that was put aside takes writes again first."""
    if _is_aside(name):
        set_aside(name, False)
    with working_on(name), connection.cursor() as cursor:
        cursor.execute(_EMPTY)


def drop(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {_quoted(name)}")


def set_aside(name: str, aside: bool) -> None:
    """What is no longer in use takes no writes: a process elsewhere that still works on it finds out at once."""
    how = "SET default_transaction_read_only = on" if aside else "RESET default_transaction_read_only"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {_quoted(name)} {how}")


def _is_aside(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase"
            " WHERE d.datname = %s AND 'default_transaction_read_only=on' = ANY (s.setconfig)",
            [name],
        )
        return cursor.fetchone() is not None


def others_connected() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _tool(tool: str, database: str, *arguments: str) -> str:
    """Its last words where it did not succeed, else ""."""
    given = connection.get_connection_params()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "sslmode": "PGSSLMODE"}
    # Through the environment: a password on the command line could be read by anybody on the machine.
    environment: dict[str, Any] = {names[key]: str(value) for key, value in given.items() if key in names}
    try:
        done = subprocess.run(
            [tool, f"--dbname={database}", *arguments], env=os.environ | environment, capture_output=True, text=True
        )
    except FileNotFoundError as error:
        raise Refused("no-tool", f"本机没有 {tool}，没有执行。请安装 postgresql-client。") from error
    said = (done.stderr.strip().splitlines() or ["没有说明"])[-1]
    return said[-300:] if done.returncode else ""


def base_name() -> str:
    return str(settings.DATABASE_BASE)
