"""Words of the gazette that were damaged by printing or scanning, and how they are read. Pure.

The stored text stays as printed, to the letter; pages read it with a mark. Only what is plainly a slip of the press or of the
recognition stands here; contradictions and gaps are doubtful passages, which nobody may read away.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Damage:
    """`before` and `after` are what must stand around, so that nothing else is touched."""

    printed: str
    reading: str
    before: str = ""
    after: str = ""


_CHINESE = "[一-鿿」』”》）]"
DAMAGES = (
    Damage(" and ", "和", _CHINESE, "[一-鿿「『“《（]"),
    Damage("“and”", "“和”"),  # of the doubtful passages, which quote it
    Damage("市政服务务", "市政服务"),
    Damage("治疗", "治理", "乱排直排问题进行"),
    Damage("党 组会", "党组会", "报区政府"),
)
_AROUND = [
    (f"(?<={one.before})" if one.before else "") + re.escape(one.printed) + (f"(?={one.after})" if one.after else "")
    for one in DAMAGES
]
_FOUND = re.compile("|".join(_AROUND))
_READINGS = {one.printed: one.reading for one in DAMAGES}


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """(text, "") of what is whole, (printed, reading) of what is damaged, in order."""
    at = 0
    for match in _FOUND.finditer(text):
        if match.start() > at:
            yield text[at : match.start()], ""
        yield match[0], _READINGS[match[0]]
        at = match.end()
    if at < len(text):
        yield text[at:], ""
