"""Numbers of papers and vouchers: two that a reader takes for the same one are the same one, however they were typed."""

import re
import unicodedata

from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.reading import visible

_ALIKE = str.maketrans(
    dict.fromkeys("〔【[［〈《「", "(") | dict.fromkeys("〕】]］〉》」", ")") | dict.fromkeys("‐‑‒–—―−－﹣", "-")
)
# Of a document: 密政发〔2020〕32号, 密政发2020年第32号.
_YEAR = r"(?:19|20|21)\d\d"
_DOCUMENT = re.compile(
    rf"(?P<word>.*?)(?:\((?P<one>{_YEAR})年?\)?|(?P<other>{_YEAR})(?:年|\)))年?第?0*(?P<number>\d+)号?"
)


def folded(text: str) -> str:
    """In compatibility form, without blanks, invisible signs and case; brackets and dashes of one kind each."""
    plain = unicodedata.normalize("NFKC", text.translate(_ALIKE)).translate(_ALIKE).casefold()
    return "".join(one for one in plain if not one.isspace() and unicodedata.category(one) not in ("Cf", "Cc", "Mn"))


def document_key(number: str) -> str:
    """Of a 发文字号: agency word, year and number, so that 第, leading zeros and the kind of bracket tell nothing apart."""
    text = folded(number)
    found = _DOCUMENT.fullmatch(text)
    return f"{found['word']}({found['one'] or found['other']}){found['number']}" if found else text


# Letters by their kind, and nothing on the screen.
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_UNSEEN = ("Cc", "Cf", "Cn", "Co", "Cs", "Mn")


def require_plain(number: str, what: str) -> None:
    """Refused where a sign of the number is not seen, or is a digit or letter of another script: a second number that reads
    alike.

    `what` is what the number is called (“凭证号”). Blanks, full-width signs and what is left out of every text
    (lib.reading.visible) make no other number.
    """
    if fault := fault_of(number):
        raise Refused("bad-character", f"{what}{fault[0]}，没有保存。{fault[1]}")


def fault_of(number: str) -> tuple[str, str] | None:
    """What `require_plain` refuses, and what to do about it; None where there is nothing."""
    for place, sign in enumerate(visible(number).strip(), 1):
        if sign in _BLANK_LETTERS or (unicodedata.category(sign) in _UNSEEN and not sign.isspace()):
            return f"的第 {place} 个字是看不见的字符（U+{ord(sign):04X}）", "请删去它，或整个重新输入。"
        if unicodedata.category(sign) == "Nd" and not unicodedata.normalize("NFKC", sign).isascii():
            return f"的第 {place} 个字“{sign}”不是 0 至 9 的数字", "请用键盘上的数字重新输入。"
        if unicodedata.category(sign).startswith("L") and not _is_known_letter(sign):
            return f"的第 {place} 个字“{sign}”不是汉字或英文字母", "请用键盘重新输入。"
    return None


def _is_known_letter(sign: str) -> bool:
    """Of Chinese or of the Latin alphabet; “Р” of another alphabet looks like the “P” of this one."""
    return unicodedata.normalize("NFKD", sign)[0].isascii() or unicodedata.name(sign, "").startswith(
        ("CJK", "IDEOGRAPHIC")
    )
