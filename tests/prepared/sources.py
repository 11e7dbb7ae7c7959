"""Which files a prepared test database is made of, and their hash: when one of them changes, it is made anew.

The files are found by following imports (those inside functions too) from the migrations, models and guards for the
schema, and from the loading commands and every app's registration for the content. Views, forms, tasks and the API lie
above these floors and are not among them: editing a page costs no new database. tests/house/test_prepared.py runs the
loading under a tracer and fails when a file is executed or read that this list has not.
"""

import ast
import hashlib
import json
import os
import platform
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SCHEMA = ("**/migrations/*.py", "**/models.py", "**/models/*.py", "**/guards.py", "**/commands/migrate.py")
CONTENT = ("demo/**/*.py", "**/load_gazette.py", "**/demo.py", "**/registration.py", "**/apps.py")
# How it is made, with which packages, and under which settings.
MAKING = ("tests/prepared/*.py", "miyun_kpi/settings.py", "requirements/test.txt")
LOADING = (
    "miyun_kpi/accounts/passwords.py",  # named by the settings, imported by nobody
    "tests/database.py",
    "tests/conftest.py",
    "tests/services_plugin.py",
    "tests/strict.py",
    "tests/act_watch.py",
    "tests/told.py",
    "tests/second.py",
    "fixtures/**/*",
)


def packages(root: Path = ROOT) -> list[Path]:
    return sorted(found.parent for found in root.glob("*/__init__.py") if found.parent.name != "tests")


def _file_of(module: str, root: Path) -> Path | None:
    place = root.joinpath(*module.split("."))
    for file in (place / "__init__.py", place.with_suffix(".py")):
        if file.is_file():
            return file
    return None


def _names(source: bytes, here: str) -> list[str]:
    """What a file imports, in functions too: modules, and names that may be modules."""
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parts = here.split(".")
            before = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (before, node.module or "") if part)
            names += [module, *(f"{module}.{alias.name}" for alias in node.names)]
    return names


class _Imports:
    """Reading 450 files with `ast` takes a second: what was read is remembered by the digest of the file."""

    def __init__(self, root: Path) -> None:
        self.root, self.own = root, {package.name for package in packages(root)}
        self.memory = root / ".pytest-databases" / "imports.json"
        try:
            self.known: dict[str, list[str]] = json.loads(self.memory.read_text())
        except (OSError, ValueError):
            self.known = {}
        self.used: dict[str, list[str]] = {}
        self.places: dict[str, Path | None] = {}

    def place(self, module: str) -> Path | None:
        if module not in self.places:
            self.places[module] = _file_of(module, self.root)
        return self.places[module]

    def of(self, file: Path) -> set[Path]:
        source = file.read_bytes()
        here = ".".join(file.parent.relative_to(self.root).parts)
        digest = hashlib.sha256(f"{here} ".encode() + source).hexdigest()
        names = self.known.get(digest)
        if names is None:
            names = _names(source, here)
        self.used[digest] = names
        found = set()
        for name in names:
            # Importing a.b.c runs a and a.b as well.
            while name and name.split(".")[0] in self.own:
                if place := self.place(name):
                    found.add(place)
                name = name.rpartition(".")[0]
        return found

    def remember(self) -> None:
        if set(self.used) - set(self.known):
            self.memory.parent.mkdir(exist_ok=True)
            draft = self.memory.with_suffix(f".{os.getpid()}")
            draft.write_text(json.dumps(self.used))
            os.replace(draft, self.memory)


def followed(seeds: Iterable[Path], root: Path = ROOT) -> set[Path]:
    imports, seen = _Imports(root), set[Path]()
    waiting = list(seeds)
    while waiting:
        file = waiting.pop()
        if file not in seen:
            seen.add(file)
            waiting += imports.of(file)
            above = [root / folder / "__init__.py" for folder in file.relative_to(root).parents]
            waiting += [package for package in above if package.is_file()]
    imports.remember()
    return seen


def _matching(patterns: Iterable[str], root: Path) -> Iterator[Path]:
    for package in packages(root):
        for pattern in patterns:
            yield from (file for file in package.glob(pattern) if file.is_file())


def _named(patterns: Iterable[str], root: Path) -> set[Path]:
    return {file for pattern in patterns for file in root.glob(pattern) if file.is_file()}


def schema_files(root: Path = ROOT) -> set[Path]:
    return followed(_matching(SCHEMA, root), root) | _named(MAKING, root)


def content_files(root: Path = ROOT) -> set[Path]:
    return followed(_matching((*SCHEMA, *CONTENT), root), root) | _named((*MAKING, *LOADING), root)


def key(files: Iterable[Path], *also: str, root: Path = ROOT) -> str:
    """A hash over names and contents, the Python, and what else the caller says (server's version, day)."""
    total = hashlib.sha256(repr((platform.python_version(), also)).encode())
    for file in sorted(files):
        total.update(f"\n{file.relative_to(root)} ".encode())
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()[:24]


def schema_key(vendor: str) -> str:
    return key(schema_files(), vendor)


def content_key(vendor: str, day: date) -> str:
    """The demonstration stands around the day it was loaded on: a database is good for one day."""
    return key(content_files(), vendor, day.isoformat())
