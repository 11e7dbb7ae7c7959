"""One backup file: the database and what else of var/ cannot be made again (keys, evidence files)."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.db import connection, connections

from miyun_kpi.operations import loading, stamps
from miyun_kpi.site import FOLDERS, REHEARSAL

# Made anew at every start, or the database itself; and the key of the personal data, which never travels with them.
LEFT_OUT = {
    "backups",
    "broker",
    "static",
    "beat-schedule",
    "beat-schedule.db",
    "up.lock",
    loading.FILE,
    stamps.FILE,
    settings.PERSONAL_KEY_FILE,
}
# Half a backup, backups, and rehearsals: those are sites of their own.
NOT_OF_THIS_SITE = (".backup-", "kpi-backup-", FOLDERS[REHEARSAL], f".{FOLDERS[REHEARSAL]}-")
SQLITE_NAME, POSTGRES_NAME = "database.sqlite3", "database.pgdump"


def write(target: Path) -> None:
    """Write the backup to `target` (mode 0600: it holds the keys). The site may go on running."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        part = Path(folder) / "backup.tar.gz"
        dump = Path(folder) / (SQLITE_NAME if connection.vendor == "sqlite" else POSTGRES_NAME)
        _dump(dump)
        with (
            open(part, "xb", opener=lambda p, flags: os.open(p, flags, 0o600)) as out,
            tarfile.open(fileobj=out, mode="w:gz") as archive,
        ):
            archive.add(dump, dump.name)
            for path in kept_files():
                archive.add(path, f"var/{path.relative_to(settings.VAR_DIR)}", recursive=False)
        os.link(part, target)


def kept_files() -> Iterator[Path]:
    database = Path(str(settings.DATABASES["default"]["NAME"])).name
    for path in sorted(settings.VAR_DIR.rglob("*")):
        top = path.relative_to(settings.VAR_DIR).parts[0]
        if path.is_file() and top not in LEFT_OUT and not top.startswith((database, *NOT_OF_THIS_SITE)):
            yield path


def read(source: Path) -> None:
    """Put the backup in place of what is there. The caller has made sure that nothing runs."""
    with (
        tempfile.TemporaryDirectory(dir=settings.VAR_DIR, prefix=".backup-") as folder,
        tarfile.open(source) as archive,
    ):
        names = archive.getnames()
        wanted = SQLITE_NAME if connection.vendor == "sqlite" else POSTGRES_NAME
        if wanted not in names:
            raise CommandError(f"{source} 里没有 {wanted}：这份备份来自另一种数据库，没有恢复。")
        # The filter refuses absolute paths, links outside and device files.
        archive.extractall(folder, filter="data")
        _load(Path(folder) / wanted)
        stamps.forget(settings.VAR_DIR)
        for path in sorted((Path(folder) / "var").rglob("*")):
            if path.is_file():
                place = settings.VAR_DIR / path.relative_to(Path(folder) / "var")
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(path, place)
    _take_up_the_key()


def _take_up_the_key() -> None:
    """This process began with another audit key: what it now writes, and seals, is of the database just restored."""
    kept = settings.VAR_DIR / "audit-key"
    if kept.exists() and not os.environ.get("KPI_AUDIT_KEY"):
        settings.AUDIT_KEY = kept.read_text().strip()


def _dump(target: Path) -> None:
    if connection.vendor == "sqlite":
        with contextlib.closing(sqlite3.connect(target)) as copy:
            connection.ensure_connection()
            # SQLite's own copy: whole and consistent while others write.
            connection.connection.backup(copy)
    else:
        _postgres("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


def _load(dump: Path) -> None:
    if connection.vendor == "sqlite":
        connections.close_all()
        place = Path(str(settings.DATABASES["default"]["NAME"]))
        for suffix in ("-wal", "-shm"):
            place.with_name(place.name + suffix).unlink(missing_ok=True)
        shutil.move(dump, place)
    else:
        _postgres(
            "pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", str(dump)
        )


def _postgres(tool: str, *arguments: str) -> None:
    given = connection.get_connection_params()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "sslmode": "PGSSLMODE"}
    # Through the environment: a password on the command line could be read by anybody on the machine.
    environment: dict[str, Any] = {names[key]: str(value) for key, value in given.items() if key in names}
    database = f"--dbname={given.get('dbname') or given.get('database')}"
    try:
        done = subprocess.run(
            [tool, *arguments, database], env=os.environ | environment, capture_output=True, text=True
        )
    except FileNotFoundError as error:
        raise CommandError(f"本机没有 {tool}。请安装 postgresql-client。") from error
    if done.returncode:
        raise CommandError(f"{tool} 没有成功：{done.stderr.strip()[-500:]}")
