"""核验码: which paper it is and a keyed check, in characters that survive being read aloud and typed again.

A letter for the kind, the number of what was printed, eight characters of a MAC over both and the seal; grouped by four. The
alphabet leaves out I, L, O and U; what looks like them is read as 1, 1 and 0.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK = 8
LONGEST = 24


class Paper(StrEnum):
    """What bears a code."""

    RANKING = "R"
    RECEIPT = "M"
    FEEDBACK = "F"
    BULLETIN = "T"
    YEAR = "Y"


@dataclass(frozen=True)
class Code:
    paper: Paper
    number: int
    check: str


def check_of(mac: str) -> str:
    """The first forty bits of a MAC in hex."""
    return _letters(int(mac, 16) >> 4 * len(mac) - 5 * CHECK).rjust(CHECK, "0")


def written(paper: Paper, number: int, check: str) -> str:
    text = f"{paper}{_letters(number)}{check}"
    return "-".join(text[place : place + 4] for place in range(0, len(text), 4))


def read(typed: str) -> Code | None:
    """The code somebody typed or scanned, None where it cannot be one."""
    text = unicodedata.normalize("NFKC", typed).upper()
    for seen, meant in (("O", "0"), ("I", "1"), ("L", "1")):
        text = text.replace(seen, meant)
    text = "".join(char for char in text if char in ALPHABET)
    if not CHECK + 2 <= len(text) <= LONGEST or text[0] not in set(Paper):
        return None
    number = 0
    for char in text[1:-CHECK]:
        number = number * 32 + ALPHABET.index(char)
    return Code(Paper(text[0]), number, text[-CHECK:]) if number < 2**62 else None


def _letters(number: int) -> str:
    found = ""
    while True:
        number, rest = divmod(number, 32)
        found = ALPHABET[rest] + found
        if not number:
            return found
