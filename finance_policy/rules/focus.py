"""Tags of 四（一）to（七）as people type them: “四（一）、四（六）”, “一，六”, “1 6”."""

import re

_NUMBERS = "一二三四五六七"


def read_focus(text: str) -> tuple[str, ...] | None:
    """Codes of the tags in their order, None for what is not one of the seven."""
    found = []
    for piece in filter(None, re.split(r"[、，,；;\s]+", text.strip())):
        bare = piece.removeprefix("四").strip("（）()")
        if len(bare) == 1 and bare in _NUMBERS:
            found.append(str(_NUMBERS.index(bare) + 1))
        elif len(bare) == 1 and bare in "1234567":
            found.append(bare)
        else:
            return None
    return tuple(sorted(set(found)))
