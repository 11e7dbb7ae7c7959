"""The way back, and its drill: a backup is read beside the site, looked through, and put in its place or thrown away."""

import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from miyun_kpi.audit.services import record
from miyun_kpi.audit.verifying import Fault
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.lists import first
from miyun_kpi.operations import archive, beside, stamps, standing
from miyun_kpi.operations.archive import Opened
from miyun_kpi.operations.beside import Looked
from miyun_kpi.operations.identity import own_audit_keys
from miyun_kpi.operations.models import Site
from miyun_kpi.operations.switch import working_on

NAMED = 3


@dataclass(frozen=True)
class Restored:
    looked: Looked
    database: str
    # Where what was in use until now is kept; "" where there was nothing.
    before: str


def restore(source: Path, *, at: datetime, with_faults: bool, key_lost: bool = False) -> Restored:
    """Put the backup in place of what is there. The caller has made sure that nothing runs.

    `key_lost`: its audit key is nowhere; nothing of it can be verified, and nothing is written before `adopt_key`.
    """
    for left in Path(settings.VAR_DIR).glob(".restore-*"):
        # Of one that was killed: nobody else restores, the caller holds the lock.
        shutil.rmtree(left, ignore_errors=True)
    free, keep, name = _key_is_free(), beside.holds_something(), beside.beside()
    with archive.opened(source, under=Path(settings.VAR_DIR)) as found:
        try:
            beside.fill(found, name)
            looked = beside.look_through(found, name, key_is_free=free, key_lost=key_lost)
            if looked.faults and not with_faults and not looked.keyless:
                raise _faulty(found, looked.faults)
            if not looked.keyless:
                with working_on(name):
                    _record_restored(found, looked, at)
        except BaseException:
            beside.clear(name)
            raise
        # Files before the rows that name them; a file more than the database knows harms nothing.
        _put_files(found)
        if looked.audit_key:
            _put_key(looked.audit_key, at)
        before = beside.put_in_place(name, keep=keep, at=at)
        stamps.forget(Path(settings.VAR_DIR))
        return Restored(looked, name, before)


def _key_is_free() -> bool:
    """Whether the audit key of var/ serves nothing: what is in use is empty, or was begun with another."""
    try:
        if not beside.holds_something():
            return True
        begun_with = Site.objects.values_list("audit_key", flat=True).first()
    except DatabaseError:
        return False
    return begun_with is not None and begun_with not in own_audit_keys()


def _faulty(found: Opened, faults: Sequence[Fault]) -> Refused:
    return Refused(
        "restored-faulty",
        f"{found.name} 恢复出来以后核验不符：{_named(faults)}。{beside.UNTOUCHED}。"
        "备份时就已不符的，请换更早的备份；查明以后仍要用它，请加 --with-faults。",
    )


def _named(faults: Sequence[Fault]) -> str:
    named = first([one.sentence for one in faults], NAMED)
    return "；".join(named) + (f"；另有 {named.rest} 处" if named.rest else "")


def _record_restored(found: Opened, looked: Looked, at: datetime) -> None:
    data = {
        "archive": found.name[-200:],
        "moment": found.manifest.moment if found.manifest else "",
        "rows": looked.found.rows,
        "faults": len(looked.faults),
    }
    record(actor=SYSTEM, action="operations.site.restored", subject="site:1", data=data, at=at)


def _put_files(found: Opened) -> None:
    for path, name in found.files():
        place = Path(settings.VAR_DIR) / name
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.replace(path, place)


def _put_key(key: str, at: datetime) -> None:
    """What lay there served nothing; it is kept all the same."""
    place = Path(settings.VAR_DIR) / "audit-key"
    if place.exists():
        place.rename(place.with_name(f"before-restore-{at:%Y%m%d-%H%M%S}.audit-key"))
    with open(place, "x", opener=lambda p, flags: os.open(p, flags, 0o600)) as file:
        file.write(key)


def drill(*, at: datetime) -> dict[str, Any]:
    """Backup, restore beside, look through, throw away. What came of it is kept and in the audit, well or not."""
    began, looked, size, why = time.monotonic(), None, 0, ""
    try:
        looked, size = _drilled(at)
        why = _named(looked.faults)
    except Refused as refusal:
        if refusal.code == "no-database":
            raise
        why = refusal.message
    figures = {
        "seconds": round(time.monotonic() - began, 1),
        "bytes": size,
        "tables": len(looked.found.tables) if looked else 0,
        "rows": looked.found.rows if looked else 0,
        "entries": looked.entries if looked else 0,
    }
    data = figures | {"outcome": why or "成功"}
    record(actor=SYSTEM, action="operations.site.drilled", subject="site:1", data=data, at=at)
    standing.note("drill", at=at, why=why, **figures)
    return figures | {"why": why}


def _drilled(at: datetime) -> tuple[Looked, int]:
    with TemporaryDirectory(dir=settings.VAR_DIR, prefix=".drill-") as name:
        folder = Path(name)
        target = folder / "backup.tar.gz"
        with beside.scratch(folder) as database:
            archive.write(target, at=at)
            with archive.opened(target, under=folder) as found:
                beside.fill(found, database)
                return beside.look_through(found, database, key_is_free=False), target.stat().st_size
