"""Every act that any test records can be told: a sentence for the act, a name for the thing, a label for each of its data.

Watched where the chain is sealed, so that no act escapes; `tests/conftest.py` fails the test that recorded a dumb one.
"""

import json
import re
from typing import Any

from miyun_kpi.audit import services
from miyun_kpi.audit.sentences import label_of, sentence_of, subject_of, words_of
from miyun_kpi.audit.wording import now_called
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.periods import PeriodCode

dumb: list[str] = []
_known: set[tuple[str, ...]] = set()
_SAYS_ITSELF = re.compile(r"[^\x00-\x7f]")


def install() -> None:
    sealed = services.entry_hash

    def watched(key: str, **columns: Any) -> str:
        look(columns["action"], columns["subject"], json.loads(columns["data"]))
        return sealed(key, **columns)

    services.entry_hash = watched


def look(written: str, subject: str, data: dict[str, Any]) -> None:
    action, kind = now_called(written), subject.partition(":")[0]
    keys = sorted(keys_of(action, kind, data))
    if written.startswith("tests.") or (action, kind, *keys) in _known:
        return
    _known.add((action, kind, *keys))
    app = action.partition(".")[0]
    named = subject_of(app, kind)
    if sentence_of(action) is None:
        dumb.append(f"{action} has no sentence")
    if named is None:
        dumb.append(f"{action} is about {kind!r}, which nobody names")
    dumb.extend(f"{action}: {key!r} has no label" for key in keys if not _said(action, named, key))


def keys_of(action: str, kind: str, data: Any) -> set[str]:
    """Of all levels; what a Words of its own puts into words needs no labels below."""
    found: set[str] = set()
    named = subject_of(action.partition(".")[0], kind)
    for key, value in data.items() if isinstance(data, dict) else ():
        found.add(key)
        if words_of(action, named, key) is None:
            for row in value if isinstance(value, list) else [value]:
                found |= keys_of(action, kind, row)
    return found


def _said(action: str, named: Any, key: str) -> bool:
    if _SAYS_ITSELF.search(key):
        return True
    if label_of(action, named, key) is not None:
        return True
    try:
        return bool(PeriodCode.parse(key))
    except Refused:
        return False
