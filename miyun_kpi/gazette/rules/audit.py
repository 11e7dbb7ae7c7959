"""What must hold of the committed gazette rows; pure, so that checks and tests ask the same questions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from miyun_kpi.gazette.rules.split import furniture
from miyun_kpi.gazette.rules.texts import squeeze


def lost_or_doubled_lines(text: str, clauses: Iterable[Mapping[str, Any]]) -> list[int]:
    """Lines of the source that are not in exactly one leaf (nor page furniture)."""
    lines = text.split("\n")
    owners = [0] * (len(lines) + 1)
    for clause in clauses:
        if clause["leaf"]:
            for number in range(clause["line_from"], clause["line_to"] + 1):
                owners[number] += 1
    skipped = set(furniture(lines))
    return [
        number
        for number in range(1, len(lines) + 1)
        if lines[number - 1].strip() and number not in skipped and owners[number] != 1
    ]


def clauses_unlike_source(text: str, clauses: Iterable[Mapping[str, Any]]) -> list[str]:
    lines = text.split("\n")
    return [
        f"{clause['document']}·{clause['ref']}"
        for clause in clauses
        if "\n".join(lines[clause["line_from"] - 1 : clause["line_to"]]) != clause["text"]
    ]


def not_in_source(text: str, phrases: Sequence[str]) -> list[str]:
    """Phrases that do not occur, blanks and width of characters aside."""
    whole = squeeze(text)
    return [phrase for phrase in phrases if squeeze(phrase) not in whole]
