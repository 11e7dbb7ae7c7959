"""Reads the committed data. Every loader and check takes its rows from here."""

import json
from functools import lru_cache
from typing import Any

from django.conf import settings

from miyun_kpi.lib.errors import Refused

SOURCE = "gazette-2020-02.txt"


@lru_cache(maxsize=1)
def source_text() -> str:
    """The gazette as scanned, unchanged."""
    return (settings.FIXTURES_DIR / SOURCE).read_text(encoding="utf-8")


def read_json(name: str) -> Any:
    path = settings.FIXTURES_DIR / name
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"数据文件 {name} 读不出来（{error}），没有装载任何内容；请恢复该文件后再装载。"
        raise Refused("bad-fixture", message) from error
