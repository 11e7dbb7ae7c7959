"""What has been prepared for a site and from which sources, so that a start repeats nothing. Without Django."""

import hashlib
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path

FILE = "stamps.json"
# Of the product: what is neither code nor data that is loaded.
ASIDE = {".venv", "var", "tests", "docs", "scripts", "templates", "node_modules"}


def of_files(base: Path, paths: Iterable[Path], *also: str) -> str:
    """Digest of the files with their places, of what is installed, and of what else decides."""
    digest = hashlib.sha256(repr((sys.version_info[:2], *also)).encode())
    for path in (base / "requirements" / "base.txt", *sorted(paths)):
        if path.is_file():
            digest.update(f"\0{path.relative_to(base)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def of_static(base: Path) -> str:
    """Where files are named after their content: the sources of the house; those of packages by their lock."""
    sources = (base / "miyun_kpi" / "web" / "static").rglob("*")
    return of_files(base, sources, os.environ.get("KPI_STATIC", ""))


def of_migrations(base: Path) -> str:
    return of_files(base, base.glob("*/migrations/*.py"), *of_files(base, base.glob("*/*/migrations/*.py")))


def of_content(base: Path) -> str:
    """Of the code and the fixtures that loading reads: another version loads again, the same one does not."""
    code = (path for top in base.iterdir() if top.name not in ASIDE and top.is_dir() for path in top.rglob("*"))
    return of_files(base, (path for path in code if path.suffix in (".py", ".json") and "static" not in path.parts))


def read(var: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads((var / FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found


def write(var: Path, **stamps: str) -> None:
    half = var / f".{FILE}-{os.getpid()}"
    half.write_text(json.dumps(read(var) | stamps), encoding="utf-8")
    half.replace(var / FILE)


def forget(var: Path) -> None:
    """After a restore: what is there now was prepared by whoever made the backup."""
    (var / FILE).unlink(missing_ok=True)
