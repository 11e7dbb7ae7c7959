"""What a site is being prepared with, kept in a file of var/ while it lasts: whoever asks meanwhile is told. Without Django."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

FILE = "loading.json"


@dataclass(frozen=True)
class Loading:
    """`since` as it is shown (14:03:05); `failed` is the sentence of what went wrong, "" while the work goes on."""

    what: str
    since: str
    failed: str = ""


def say(var: Path, loading: Loading) -> None:
    half = var / f".{FILE}-{os.getpid()}"
    half.write_text(json.dumps(loading.__dict__, ensure_ascii=False), encoding="utf-8")
    half.replace(var / FILE)


def done(var: Path) -> None:
    (var / FILE).unlink(missing_ok=True)


def current(var: Path) -> Loading | None:
    """None on a site that is ready, which costs one look for a file that is not there."""
    try:
        return Loading(**json.loads((var / FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
