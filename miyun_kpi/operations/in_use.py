"""Which database of a PostgreSQL installation is worked on: after a restore a file of var/ names it. Without Django."""

import os
from pathlib import Path

FILE = "database-in-use"


def names(base: str) -> tuple[str, str, str]:
    """The one of KPI_DATABASE_URL, and the two that restores fill in turn."""
    return base, f"{base}_a", f"{base}_b"


def name_in_use(var: Path, base: str) -> str:
    """`base` until something has been restored. Ends the process where the file names a database of something else."""
    try:
        said = (var / FILE).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return base
    if said not in names(base):
        raise SystemExit(
            f"{var / FILE} 写的是“{said[:63]}”，不是 KPI_DATABASE_URL 的 {'、'.join(names(base))} 之一，没有执行。"
            "请写上正在用的那一个；从没恢复过的，删去这个文件。"
        )
    return said


def other(base: str, now: str) -> str:
    """Where the next restore goes."""
    _, a, b = names(base)
    return b if now == a else a


def put_in_use(var: Path, name: str) -> None:
    """All at once, and on the disk before it counts."""
    half = var / f".{FILE}-{os.getpid()}"
    with open(half, "w", encoding="utf-8") as file:
        file.write(f"{name}\n")
        file.flush()
        os.fsync(file.fileno())
    half.replace(var / FILE)
    sync_folder(var)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
