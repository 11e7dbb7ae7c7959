"""Reads the committed data. Every loader and check takes its rows from here.

`fixtures/gazettes/<year>-<issue>/` holds one gazette each: its text, the list of contents, and what was made from them.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from miyun_kpi.lib.errors import Refused

SOURCE = "gazette.txt"


def gazettes() -> list[str]:
    """Names of the committed gazettes, earliest first: ["2020-02"]."""
    return sorted(path.parent.name for path in (settings.FIXTURES_DIR / "gazettes").glob(f"*/{SOURCE}"))


def gazette_dir(gazette: str) -> Path:
    folder: Path = settings.FIXTURES_DIR / "gazettes" / gazette
    return folder


@lru_cache(maxsize=4)
def source_text(gazette: str) -> str:
    """The gazette as scanned, unchanged."""
    return (gazette_dir(gazette) / SOURCE).read_text(encoding="utf-8")


def read_json(name: str) -> Any:
    """A file below fixtures/. Refuses one that cannot be read, so that nothing is loaded by halves."""
    path = settings.FIXTURES_DIR / name
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"数据文件 {name} 读不出来（{error}），没有装载任何内容；请恢复该文件后再装载。"
        raise Refused("bad-fixture", message) from error


def read_gazettes(pattern: str) -> list[Any]:
    """The contents of each file of that name over all gazettes, earliest gazette first."""
    names = [
        path.relative_to(settings.FIXTURES_DIR).as_posix()
        for gazette in gazettes()
        for path in sorted(gazette_dir(gazette).glob(pattern))
    ]
    return [read_json(name) for name in names]


def rows_of(pattern: str) -> list[Any]:
    """All rows of files that are lists."""
    return [row for rows in read_gazettes(pattern) for row in rows]
