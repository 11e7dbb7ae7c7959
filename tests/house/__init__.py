"""Tests of the repository itself: order, files, templates."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("evaluation", "disclosure", "safety", "finance_policy", "farmland", "water", "postdoc", "personnel")
CODE = ("miyun_kpi", *APPS)
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def files(*suffixes: str, under: tuple[str, ...] = (*CODE, "templates", "tests", "scripts")) -> Iterator[Path]:
    for top in under:
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in suffixes and "__pycache__" not in path.parts:
                yield path


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
