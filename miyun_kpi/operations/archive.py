"""One backup file: the database, what else of var/ cannot be made again, and a manifest. No key and no password is in it."""

import contextlib
import errno
import gzip
import hashlib
import io
import json
import os
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connection, transaction

from miyun_kpi.lib.errors import Refused
from miyun_kpi.operations import manifest as manifest_
from miyun_kpi.operations import postgresql
from miyun_kpi.operations.manifest import Holds, Manifest, holds

# Folders of var/ that hold what cannot be made again. Everything else there is left out: keys, passwords, what a start makes.
KEPT = ("evidence", "documents")
DUMPS = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
PIECE = 1 << 20


def write(target: Path, *, at: datetime) -> Manifest:
    """Write the backup to `target` (mode 0600: it holds what only some may read). The site may go on running."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        part = Path(folder) / "backup.tar.gz"
        dump = Path(folder) / DUMPS[connection.vendor]
        # The database first: a file is stored before its row is.
        found = _dump(dump)
        with open(part, "xb", opener=lambda p, flags: os.open(p, flags, 0o600)) as out:
            with tarfile.open(fileobj=out, mode="w:gz", compresslevel=6) as archive:
                files = {dump.name: _add(archive, dump, dump.name)}
                for path in kept_files():
                    name = f"var/{path.relative_to(settings.VAR_DIR)}"
                    # Taken away meanwhile, for good.
                    with contextlib.suppress(FileNotFoundError):
                        files[name] = _add(archive, path, name)
                said = manifest_.made(found, files, at=at)
                _say(archive, said)
            out.flush()
            os.fsync(out.fileno())
        os.link(part, target)
    return said


def kept_files() -> Iterator[Path]:
    for top in KEPT:
        yield from sorted(path for path in (Path(settings.VAR_DIR) / top).rglob("*") if path.is_file())


class _Digested:
    """A file whose content is digested as it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size)
        self.digest.update(piece)
        return piece


def _add(archive: tarfile.TarFile, path: Path, name: str) -> dict[str, Any]:
    with open(path, "rb") as file:
        info, read = archive.gettarinfo(arcname=name, fileobj=file), _Digested(file)
        archive.addfile(info, read)
    return {"bytes": info.size, "sha256": read.digest.hexdigest()}


def _say(archive: tarfile.TarFile, said: Manifest) -> None:
    """Last: an archive that was not written to its end has none."""
    text = json.dumps(said.said(), ensure_ascii=False, indent=1).encode()
    info = tarfile.TarInfo(manifest_.FILE)
    info.size, info.mode = len(text), 0o600
    archive.addfile(info, io.BytesIO(text))


def _dump(target: Path) -> Holds:
    """A copy of one moment, and how many rows of what that moment held."""
    if connection.vendor == "sqlite":
        with contextlib.closing(sqlite3.connect(target)) as copy:
            connection.ensure_connection()
            # SQLite's own copy: whole and consistent while others write.
            connection.connection.backup(copy)
            return holds(copy.cursor())
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        postgresql.dump(target, snapshot=cursor.fetchone()[0])
        return holds(cursor)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Opened:
    """An archive unpacked beside the site. `audit_key` only in those of before the manifest, which held the keys."""

    name: str
    folder: Path
    dump: Path
    manifest: Manifest | None
    audit_key: str = ""

    def files(self) -> Iterator[tuple[Path, Path]]:
        """Each with its place below var/; of what else an old archive holds nothing is taken."""
        for top in KEPT:
            for path in sorted((self.folder / "var" / top).rglob("*")):
                if path.is_file():
                    yield path, path.relative_to(self.folder / "var")


@contextlib.contextmanager
def opened(source: Path, *, under: Path) -> Iterator[Opened]:
    """Whole and as its manifest says, else refused by the name of what is damaged; nothing of the site is touched."""
    with tempfile.TemporaryDirectory(dir=under, prefix=".restore-") as folder:
        _unpack(source, Path(folder))
        said = _manifest(Path(folder))
        yield _looked_at(source, Path(folder), said)


def damaged(name: str, what: str) -> Refused:
    return Refused("archive-damaged", f"{name} {what}，没有恢复，什么也没有改。请换一份备份。")


def _unpack(source: Path, folder: Path) -> None:
    try:
        with gzip.open(source) as unpacked:
            with tarfile.open(fileobj=unpacked, mode="r:") as archive:
                # The filter refuses absolute paths, links outside and device files.
                archive.extractall(folder, filter="data")
            # To the end: only there stands the checksum of the whole.
            while unpacked.read(PIECE):
                pass
    except EOFError as error:
        raise damaged(source.name, "不完整，读到一半就断了") from error
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, UnicodeError, ValueError) as error:
        raise damaged(source.name, "不是备份文件，或者坏了，解不开") from error
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise Refused(
            "disk-full", f"{folder.parent} 所在的磁盘放不下解开的备份，没有恢复，什么也没有改。请先腾出地方。"
        ) from error


def _manifest(folder: Path) -> Manifest | None:
    try:
        text = (folder / manifest_.FILE).read_text(encoding="utf-8")
        return manifest_.read(json.loads(text))
    except FileNotFoundError:
        return None
    except ValueError:
        return manifest_.read(None)


def _looked_at(source: Path, folder: Path, said: Manifest | None) -> Opened:
    dump = folder / DUMPS[connection.vendor]
    if any((folder / name).is_file() for name in DUMPS.values() if name != dump.name):
        raise Refused(
            "other-database",
            f"{source.name} 来自另一种数据库（里面没有 {dump.name}），没有恢复，什么也没有改。"
            "请在用同一种数据库的地方恢复它。",
        )
    for name, kept in (said.files if said else {dump.name: None}).items():
        path = folder / name
        if not path.is_file():
            raise damaged(source.name, f"里缺 {name}")
        if kept is not None and (path.stat().st_size, digest(path)) != (kept["bytes"], kept["sha256"]):
            raise damaged(source.name, f"里的 {name} 坏了，校验值与清单不符")
    key = folder / "var" / "audit-key"
    return Opened(source.name, folder, dump, said, key.read_text().strip() if key.is_file() else "")


def digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
