"""A restored database beside the one in use: filled, looked through from end to end, and only then put in its place."""

import contextlib
import logging
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection

from miyun_kpi.audit.keyless import key_is_missing
from miyun_kpi.audit.queries import last_seq
from miyun_kpi.audit.verifying import Fault
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.lists import first
from miyun_kpi.operations import in_use, postgresql
from miyun_kpi.operations.archive import Opened, damaged
from miyun_kpi.operations.database import unknown_migrations
from miyun_kpi.operations.identity import fingerprint, own_audit_keys
from miyun_kpi.operations.manifest import Holds, holds
from miyun_kpi.operations.switch import lead_to, working_on
from miyun_kpi.operations.verification import verify_all
from miyun_kpi.site import WORDS

logger = logging.getLogger(__name__)
UNTOUCHED = "没有恢复，什么也没有改"
NAMED = 3


@dataclass(frozen=True)
class Looked:
    """What the restored database is: `found` as it came out of the archive, the rest as this version has brought it up."""

    found: Holds
    entries: int
    faults: list[Fault]
    # The archived key of the audit, where it is the one to be put into var/; the fingerprint of a personal key not there.
    audit_key: str
    personal_key: str
    # The audit key is lost: nothing could be verified.
    keyless: bool = False


def holds_something() -> bool:
    """Whether there is something in use; what cannot be read may well be."""
    try:
        return bool(connection.introspection.table_names())
    except DatabaseError:
        if connection.vendor == "postgresql":
            raise
        return True


def place() -> Path:
    """The file of SQLite."""
    return Path(str(settings.DATABASE_BASE))


def beside() -> str:
    """Where a restore is filled. What is in use and empty is filled itself: nothing of it can be lost."""
    if connection.vendor == "sqlite":
        return str(place().with_name(f"{place().stem}-b{place().suffix}"))
    now = str(connection.settings_dict["NAME"])
    return in_use.other(postgresql.base_name(), now) if holds_something() else now


@contextlib.contextmanager
def scratch(folder: Path) -> Iterator[str]:
    """One that is gone afterwards."""
    if connection.vendor == "sqlite":
        yield str(folder / "scratch.sqlite3")
        return
    name = f"{postgresql.base_name()}_drill"
    own = not postgresql.exists(name)
    if own:
        postgresql.make(name)
    try:
        yield name
    finally:
        postgresql.drop(name) if own else postgresql.empty(name)


def fill(archive: Opened, name: str) -> None:
    """From nothing; what an earlier restore has left there goes."""
    if connection.vendor == "sqlite":
        _without_file(Path(name))
        os.replace(archive.dump, name)
        return
    if not postgresql.exists(name):
        postgresql.make(name)
    postgresql.empty(name)
    if said := postgresql.load(archive.dump, name):
        postgresql.empty(name)
        raise damaged(archive.name, f"里的 {archive.dump.name} 坏了，读不进数据库（{said}）")


def clear(name: str) -> None:
    """After a refusal: what was filled is not left lying about."""
    if connection.vendor == "sqlite":
        _without_file(Path(name))
    elif postgresql.exists(name):
        postgresql.empty(name)


def _without_file(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def look_through(archive: Opened, name: str, *, key_is_free: bool, key_lost: bool = False) -> Looked:
    """Integrity, whose it is, counts against the manifest, migrations forward, then every check of 核验. Refuses by name."""
    with working_on(name):
        found = _read(archive)
        audit_key = _require_own(archive, found, key_is_free, key_lost)
        kept, settings.AUDIT_KEY = settings.AUDIT_KEY, audit_key or settings.AUDIT_KEY
        try:
            _bring_up(archive)
            keyless = key_lost and key_is_missing()
            faults = [] if keyless else verify_all()
            entries = last_seq()
        except BaseException:
            settings.AUDIT_KEY = kept
            raise
    known = {fingerprint(one) for one in settings.PERSONAL_KEYS}
    personal = archive.manifest.personal_key if archive.manifest else (found.site or ["", "", ""])[2]
    return Looked(found, entries, faults, audit_key, "" if personal in known else personal, keyless)


def _read(archive: Opened) -> Holds:
    broken = damaged(archive.name, f"里的 {archive.dump.name} 坏了，数据库的完整性检查没有通过")
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA integrity_check(1)")
                whole = cursor.fetchone() == ("ok",)
                cursor.execute("PRAGMA foreign_key_check")
                if not whole or cursor.fetchone():
                    raise broken
            found = holds(cursor)
    except DatabaseError as error:
        raise broken from error
    if not found.migrations:
        raise damaged(archive.name, f"里的 {archive.dump.name} 不是本系统的数据库")
    unknown = unknown_migrations((app, name) for app, name in found.migrations)
    if unknown:
        listed = first([f"{app} {name}" for app, name in unknown], NAMED)
        named, more = "、".join(listed), f"等 {len(unknown)} 个" if listed.rest else ""
        raise Refused(
            "archive-newer",
            f"{archive.name} 是更新的版本做的（其中的 {named}{more}，这一版里没有），{UNTOUCHED}。请用做这份备份的版本恢复。",
        )
    if archive.manifest:
        _require_counts(archive, found)
    return found


def _require_counts(archive: Opened, found: Holds) -> None:
    assert archive.manifest
    said = archive.manifest.tables
    wrong = [
        f"{table} 应有 {said.get(table, 0)} 行，读出 {found.tables.get(table, 0)} 行"
        for table in sorted(said.keys() | found.tables.keys())
        if said.get(table) != found.tables.get(table)
    ]
    if wrong:
        named = first(wrong, NAMED)
        more = f"，另有 {named.rest} 张表" if named.rest else ""
        raise damaged(archive.name, f"里的行数与清单不符：{'；'.join(named)}{more}")


def _require_own(archive: Opened, found: Holds, key_is_free: bool, key_lost: bool) -> str:
    """Of this site, and readable with this key. Returns the archived key where it is the one to be taken, else ""."""
    said = archive.manifest
    site = said.site if said else (found.site or [settings.SITE])[0]
    if site != settings.SITE:
        raise Refused(
            "other-site",
            f"{archive.name} 是{WORDS.get(site, site)}的备份，这里是{WORDS[settings.SITE]}，{UNTOUCHED}。演示、演练和真实数据不能混在一起。",
        )
    archived = fingerprint(archive.audit_key) if archive.audit_key else ""
    wanted = said.audit_key if said else (found.site or ["", archived])[1]
    if not wanted or wanted in own_audit_keys():
        return ""
    if wanted == archived and key_is_free and not os.environ.get("KPI_AUDIT_KEY"):
        return archive.audit_key
    if key_lost:
        return ""
    raise Refused(
        "other-audit-key",
        f"{archive.name} 的审计要用指纹 {wanted} 的密钥，现在的（{settings.VAR_DIR}/audit-key 或 KPI_AUDIT_KEY）是 "
        f"{'、'.join(sorted(own_audit_keys()))}，{UNTOUCHED}。请先把原来的 audit-key 放回"
        f"{'（这份旧式备份的 var/audit-key 就是）' if wanted == archived else ''}，再执行；"
        "确已丢失的，加 --key-lost 恢复，再由两名管理员用 manage.py adopt_key 换用新的密钥。",
    )


def _bring_up(archive: Opened) -> None:
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except Exception as error:
        logger.exception("the restored database cannot be brought up")
        raise Refused(
            "not-brought-up",
            f"{archive.name} 里的数据库升不到这一版（{type(error).__name__}），{UNTOUCHED}。请用做这份备份的版本恢复，并告知维护者。",
        ) from error


# ── the swap ─────────────────────────────────────────────────────────────────────────────────────


def put_in_place(name: str, *, keep: bool, at: datetime) -> str:
    """The one step that changes what is in use. Returns where the old database is kept, "" where there was nothing."""
    if connection.vendor == "sqlite":
        return _put_file(Path(name), keep, at)
    before = str(connection.settings_dict["NAME"])
    if name == before:
        return ""
    in_use.put_in_use(Path(settings.VAR_DIR), name)
    try:
        postgresql.set_aside(before, True)
    except DatabaseError:
        # Only its owner may; the swap is done all the same.
        logger.warning("%s could not be made read-only", before, exc_info=True)
    lead_to(name)
    return before


def _put_file(new: Path, keep: bool, at: datetime) -> str:
    connection.close()
    _settle(new)
    old, kept = place(), None
    if keep:
        kept = old.with_name(f"before-restore-{at:%Y%m%d-%H%M%S}.sqlite3")
        with contextlib.suppress(sqlite3.DatabaseError):
            _settle(old)
        # What a damaged one could not take in belongs to it and not to the new one.
        for suffix in ("-wal", "-shm"):
            rest = old.with_name(old.name + suffix)
            if rest.exists():
                rest.rename(kept.with_name(kept.name + suffix))
        os.link(old, kept)
    os.replace(new, old)
    in_use.sync_folder(old.parent)
    return str(kept) if kept else ""


def _settle(path: Path) -> None:
    """Everything into the one file and onto the disk."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with open(path, "rb") as file:
        os.fsync(file.fileno())
