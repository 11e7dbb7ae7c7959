"""What a site is being prepared with, kept in a file of var/ while it lasts: whoever asks meanwhile is told. Without Django."""

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path

FILE, LOCK = "loading.json", "up.lock"


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
    """None on a site that is ready, which costs one look for a file that is not there.

    What a start has left that was killed says nothing: only while somebody starts the site, and so holds its lock.
    """
    try:
        said = (var / FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return Loading(**json.loads(said)) if _is_held(var / LOCK) else None


def _is_held(lock: Path) -> bool:
    try:
        with open(lock, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
