"""How a document and its clauses are named: `Document(series, year, number)` has the ref "2020-13".

A bare number means 2020 for ever: 13号, /gazette/13/ and {"document": "13"} were written when there was one gazette, and
what is frozen says them still. Every other year is written out: 〔2021〕9号. Two series may use one number in a year; the
second to come has its series in the ref, "2021-9-密政发".
"""

import json
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from miyun_kpi.lib.errors import Refused

GAZETTES = Path(__file__).resolve().parents[2] / "fixtures" / "gazettes"
BARE_YEAR = 2020
# How every filter of the API that takes a document says what it takes.
DOCUMENT_HELP = "文件：2020-13；只写 13 或 13号 指 2020 年的"

_SERIES = r"[\u4e00-\u9fff]{2,10}?"
_REF = re.compile(rf"(?P<year>\d{{4}})-(?P<number>\d{{1,4}})(?:-(?P<series>{_SERIES}))?")
_BARE = re.compile(r"(?P<number>\d{1,4})号?")
# As printed, with the brackets and spaces that people type instead.
_PRINTED = re.compile(
    rf"(?P<series>{_SERIES})?\s*[〔\[［（(【]\s*(?P<year>\d{{4}})\s*(?:年\s*)?[〕\]］）)】]\s*第?\s*(?P<number>\d{{1,4}})\s*号"
)


@dataclass(frozen=True)
class DocumentName:
    """文号 in its parts. `series` is "" where only year and number are said."""

    series: str
    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.series}〔{self.year}〕{self.number}号"


def document_name(text: str) -> DocumentName | None:
    """Reads 13, 13号, 2020-13, 〔2021〕9号 and 密政办字〔2021〕9号; None for anything else."""
    said = text.strip()
    for pattern in (_REF, _BARE, _PRINTED):
        if match := pattern.fullmatch(said):
            parts = match.groupdict()
            return DocumentName(parts.get("series") or "", int(parts.get("year") or BARE_YEAR), int(parts["number"]))
    return None


def ref_of(text: str) -> str:
    """The ref of whatever names a document, "13" → "2020-13"; a text that names none comes back as it is.

    A printed 文号 leads to the plain ref: only the store knows whether another series has taken it.
    """
    name = document_name(text)
    if name is None:
        return text.strip()
    if _REF.fullmatch(text.strip()) and name.series:
        return f"{name.year}-{name.number}-{name.series}"
    return f"{name.year}-{name.number}"


def free_ref(name: DocumentName, taken: Collection[str]) -> str:
    """The ref of a document that is not stored yet: year and number, with the series where another one has them."""
    plain = f"{name.year}-{name.number}"
    return f"{plain}-{name.series}" if plain in taken else plain


def code_of(ref: str) -> str:
    """How keys and short addresses write a document: the bare number in 2020, the ref in any other year."""
    match = _REF.fullmatch(ref)
    return match["number"] if match and int(match["year"]) == BARE_YEAR and not match["series"] else ref


def document_label(ref: str) -> str:
    """As written in running text: 13号, 〔2021〕9号, 密政发〔2021〕9号. A text that is no ref comes back as it is."""
    match = _REF.fullmatch(ref_of(ref))
    if match is None:
        return ref
    if int(match["year"]) == BARE_YEAR and not match["series"]:
        return f"{match['number']}号"
    return f"{match['series'] or ''}〔{match['year']}〕{match['number']}号"


def cite(document: str | None, clause: str) -> str:
    """A clause of a document as refusals, papers and answers print it: "13号 四（二）".

    `document` is a ref; without one (a draft that nobody has issued yet) the clause stands alone.
    """
    return " ".join(part for part in (document_label(document) if document else "", clause) if part)


def split_citation(text: str) -> tuple[str, str]:
    """Ref and clause of what `cite` has written, also "13·附件4·4" and "13号附件4"; ref "" where no document is named."""
    said = text.strip()
    for pattern in (_PRINTED, re.compile(rf"{_REF.pattern}·?"), re.compile(r"(?P<number>\d{1,4})(?:号|·| )")):
        if match := pattern.match(said):
            return ref_of(match[0].rstrip("· ")), said[match.end() :].strip()
    return "", said


@contextmanager
def citing(document: str | None) -> Iterator[None]:
    """What a pure rule refuses by a clause alone is refused by that clause of this document."""
    try:
        yield
    except Refused as refusal:
        if refusal.clause and document and not split_citation(refusal.clause)[0]:
            refusal.clause = cite(document, refusal.clause)
        raise


@lru_cache(maxsize=1)
def printed_documents() -> tuple[dict[str, str], ...]:
    """{"ref", "subject"} of every document of the committed gazettes, in printed order."""
    files = sorted(GAZETTES.glob("*/documents.json"))
    rows = [row for file in files for row in json.loads(file.read_text(encoding="utf-8"))]
    return tuple({"ref": row["ref"], "subject": row["subject"]} for row in rows)


def documents_of(subject: str) -> tuple[str, ...]:
    """Refs of the printed documents of a subject, earliest first; () for a subject without one."""
    return tuple(row["ref"] for row in printed_documents() if row["subject"] == subject)


def document_of(subject: str) -> str:
    """The document whose articles the code of a subject follows: its first. Raises LookupError where none is printed."""
    found = documents_of(subject)
    if not found:
        raise LookupError(f"no gazette prints a document of {subject!r}")
    return found[0]


def subject_of(ref: str) -> str:
    """Key of the subject a printed document belongs to, "" for one that no gazette prints."""
    return next((row["subject"] for row in printed_documents() if row["ref"] == ref), "")


@lru_cache(maxsize=1)
def _printed_clauses() -> frozenset[tuple[str, str]]:
    files = sorted(GAZETTES.glob("*/clauses.json"))
    rows = [row for file in files for row in json.loads(file.read_text(encoding="utf-8"))]
    return frozenset((row["document"], row["ref"]) for row in rows)


def named_document(value: object) -> str:
    """The ref behind what a page says: a ref, a number, or the key of a subject; "" for nothing."""
    said = str(value or "")
    return document_of(said) if said in {row["subject"] for row in printed_documents()} else ref_of(said)


def has_text(ref: str, clause: str = "") -> bool:
    """Whether a gazette prints the clause (or, without one, the document): only then is there a page to link to."""
    if not clause:
        return bool(subject_of(ref))
    return (ref, clause) in _printed_clauses()
