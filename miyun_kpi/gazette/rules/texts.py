"""The source text as numbered lines, and the forms in which two spellings of it are compared."""

import re
import unicodedata

_BLANKS = re.compile(r"\s+")


def read_lines(text: str) -> list[str]:
    """Lines of the source file without their line ends; line n of the file is index n - 1."""
    return text.split("\n")


def squeeze(text: str) -> str:
    """NFKC without any blank: the form in which names and quotations are compared (the scan scatters blanks)."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text))


def flow(text: str) -> str:
    """A clause as running text: a sentence broken by a page end is put together again, paragraphs keep their line."""
    out: list[str] = []
    for line in text.split("\n"):
        line = line.strip()
        if not line:
            continue
        if (
            out
            and out[-1][-1] not in "。；：:;！？.”）)"
            and "\t" not in out[-1]
            and "\t" not in line
            and len(out[-1]) > 30
        ):
            out[-1] += line
        else:
            out.append(line)
    return "\n".join(out)
