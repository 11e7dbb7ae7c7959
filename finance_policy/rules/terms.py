"""附件名词解释: the 37 terms, read from the clauses themselves."""

import re
import unicodedata
from dataclasses import dataclass

_TERM = re.compile(r"(\d+)\.\s*(.+?)：(.+)", re.S)
# Words of a heading that do not stand in the text with the term itself.
_BEFORE = ("开发",)


@dataclass(frozen=True)
class Explained:
    """`spellings` are the forms in which the term stands in the text, brackets of either width, without quotation marks."""

    number: int
    name: str
    meaning: str
    spellings: tuple[str, ...]


def read_term(text: str) -> Explained | None:
    """A clause such as “6. “三个不低于”：绿色信贷增速…”; None for one that explains nothing."""
    found = _TERM.fullmatch(text.replace("**", "").replace("\n", "").strip())
    if not found:
        return None
    name = found[2].strip()
    return Explained(int(found[1]), name, found[3].strip(), _spellings(name))


def _spellings(name: str) -> tuple[str, ...]:
    made: list[str] = []
    for part in name.split("、"):
        bare = part.strip("“”《》")
        for word in _BEFORE:
            bare = bare.removeprefix(word)
        made.append(bare)
        if "”" in bare:  # “两权”抵押贷款
            made.append(f"“{bare}")
        narrow = unicodedata.normalize("NFKC", bare)
        if "(" in narrow:
            made += [narrow, narrow.replace("(", "（").replace(")", "）"), re.sub(r"\(.*?\)", "", narrow)]
    return tuple(dict.fromkeys(made))
