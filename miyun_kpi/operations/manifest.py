"""What a backup says of itself: what it is of, how much it must hold, and with which keys it can be read. No key is in it."""

import subprocess
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection

from miyun_kpi.audit.seals import writing_key
from miyun_kpi.lib.errors import Refused
from miyun_kpi.operations.identity import fingerprint

FILE, FORMAT = "manifest.json", 1


@dataclass(frozen=True)
class Holds:
    """What one moment of a database holds."""

    tables: dict[str, int]
    migrations: list[list[str]]
    site: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(self.tables.values())


@dataclass(frozen=True)
class Manifest:
    format: int
    release: str
    commit: str
    vendor: str
    moment: str
    site: str
    # Fingerprints.
    audit_key: str
    personal_key: str
    tables: dict[str, int]
    migrations: list[list[str]]
    # Of every file of the archive but this one.
    files: dict[str, dict[str, Any]]

    def said(self) -> dict[str, Any]:
        return asdict(self)


def holds(cursor: Any) -> Holds:
    """Counted by whoever holds the cursor: one transaction, or a copy that nobody writes to."""
    tables = {}
    for name in sorted(connection.introspection.get_table_list(cursor), key=lambda one: one.name):
        if name.type in ("t", "p"):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name.name)}")
            tables[name.name] = int(cursor.fetchone()[0])
    migrations, site = [], []
    if "django_migrations" in tables:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        migrations = [list(row) for row in cursor.fetchall()]
    if tables.get("operations_site"):
        cursor.execute("SELECT name, audit_key, personal_key FROM operations_site")
        site = list(cursor.fetchone())
    return Holds(tables, migrations, site)


def made(found: Holds, files: Mapping[str, dict[str, Any]], *, at: datetime) -> Manifest:
    """The keys are those that the database itself names; one that was never started says nothing and takes the present."""
    present = [settings.SITE, fingerprint(writing_key()), fingerprint(settings.PERSONAL_KEYS[0])]
    site, audit, personal = found.site or present
    return Manifest(
        format=FORMAT,
        release=release(),
        commit=commit(),
        vendor=connection.vendor,
        moment=at.isoformat(timespec="seconds"),
        site=site,
        audit_key=audit,
        personal_key=personal,
        tables=found.tables,
        migrations=found.migrations,
        files=dict(files),
    )


def read(said: Any) -> Manifest:
    """Refuses what is no manifest, or one of a later form."""
    if isinstance(said, dict) and isinstance(said.get("format"), int) and said["format"] > FORMAT:
        raise Refused(
            "archive-newer",
            f"这份备份的清单是第 {said['format']} 式，本版只认到第 {FORMAT} 式，没有恢复，什么也没有改。请用做这份备份的版本恢复。",
        )
    try:
        return Manifest(**said)
    except TypeError as error:
        raise Refused(
            "archive-damaged", f"备份里的清单（{FILE}）读不懂，没有恢复，什么也没有改。请换一份备份。"
        ) from error


def release() -> str:
    with open(settings.BASE_DIR / "pyproject.toml", "rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def commit() -> str:
    """Of the code that runs; "" where it came without its history."""
    try:
        asked = ["git", "-C", str(settings.BASE_DIR), "rev-parse", "HEAD"]
        done = subprocess.run(asked, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
