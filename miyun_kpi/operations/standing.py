"""How it stands with the way back: the last backup and the last drill, each kept in a file of var/."""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

FILES = {"backup": "backup.json", "drill": "drill.json", "anchor": "anchor.json"}


@dataclass(frozen=True)
class Fact:
    """`why`: what went wrong, "" where it went well."""

    at: datetime
    why: str
    figures: dict[str, Any]


@dataclass(frozen=True)
class Standing:
    backup: Fact | None
    drill: Fact | None
    anchor: Fact | None


def note(what: str, *, at: datetime, why: str = "", **figures: Any) -> None:
    place = Path(settings.VAR_DIR) / FILES[what]
    half = place.with_name(f".{place.name}-{os.getpid()}")
    half.write_text(json.dumps({"at": at.isoformat(), "why": why, "figures": figures}, ensure_ascii=False))
    half.replace(place)


def standing() -> Standing:
    """Of this machine: a backup that another one makes is noted there."""
    return Standing(_fact("backup"), _fact("drill"), _fact("anchor"))


def _fact(what: str) -> Fact | None:
    try:
        said = json.loads((Path(settings.VAR_DIR) / FILES[what]).read_text(encoding="utf-8"))
        return Fact(datetime.fromisoformat(said["at"]), said["why"], said["figures"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
