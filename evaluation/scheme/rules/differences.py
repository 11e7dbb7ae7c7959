"""Two versions of a text side by side, for reading: what was taken out and what was put in."""

from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True)
class Change:
    """A run of a line. `kind` is "same", "out" (only in the version before) or "in" (only in this one)."""

    kind: str
    text: str


def line_changes(before: str, after: str) -> list[list[Change]]:
    """Line by line of both texts in reading order; within a line that was reworded, run by run."""
    old, new = before.splitlines(), after.splitlines()
    found: list[list[Change]] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [[Change("same", line)] for line in new[j1:j2]]
        elif tag == "replace" and i2 - i1 == j2 - j1:
            found += [_runs(one, other) for one, other in zip(old[i1:i2], new[j1:j2], strict=True)]
        else:
            found += [[Change("out", line)] for line in old[i1:i2]]
            found += [[Change("in", line)] for line in new[j1:j2]]
    return found


def _runs(one: str, other: str) -> list[Change]:
    runs: list[Change] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            runs.append(Change("same", one[i1:i2]))
            continue
        if i1 < i2:
            runs.append(Change("out", one[i1:i2]))
        if j1 < j2:
            runs.append(Change("in", other[j1:j2]))
    return runs
