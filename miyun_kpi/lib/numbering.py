"""Numbers of papers and vouchers: two that a reader takes for the same one are the same one, however they were typed."""

import re
import unicodedata

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
