"""How a person is called on screen and in every trail: one way of writing it, and nothing that looks like another name."""

import re
import unicodedata

from miyun_kpi.lib.errors import Refused

LONGEST = 30
# Han, Latin, digits, the dot of names, brackets for the word that tells namesakes apart. Nothing invisible or reordering, and
# no letter of another script that looks like one of these.
_WRITTEN = re.compile(r"[㐀-䶿一-鿿〇豈-﫿\U00020000-\U0003FFFFA-Za-z0-9·（）. -]+")
_ALIKE = str.maketrans({"(": "（", ")": "）", "•": "·", "・": "·", "‧": "·", "．": "·"})


def read_display_name(text: str) -> str:
    """1 to 30 signs in compatibility form (NFKC); refuses what cannot be seen or is not of a name."""
    name = " ".join(unicodedata.normalize("NFKC", text.translate(_ALIKE)).translate(_ALIKE).split())
    if not 1 <= len(name) <= LONGEST:
        raise Refused("bad-name", f"请写姓名，1 至 {LONGEST} 个字。")
    if not _WRITTEN.fullmatch(name):
        raise Refused(
            "bad-name",
            "姓名里有看不见的或不是汉字、字母、数字的字符，多半是从网页或文档粘贴来的，没有执行。请直接输入。",
        )
    return name


def same_name(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
