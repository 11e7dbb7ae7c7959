"""What docs/final-states.md says, read for the tests."""

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "final-states.md"
MOST = 20


@dataclass(frozen=True)
class Final:
    """A row of docs/final-states.md: the common name, the states that bear it, what it rests on."""

    name: str
    states: tuple[str, ...]
    rests_on: str


def _cells(beginning: str) -> list[list[str]]:
    rows = [line for line in PAGE.read_text().splitlines() if re.match(beginning, line)]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def final_states() -> list[Final]:
    return [Final(one[1], tuple(re.findall(r"`([^`]+)`", one[2])), one[3]) for one in _cells(r"\| \d+ \|")]


def later_facts() -> list[str]:
    said = re.search(r"Later facts are: ([^.]+)\.", PAGE.read_text())
    assert said
    return said.group(1).split(", ")


def doors_of_later_facts() -> dict[tuple[str, str], str]:
    """(state, later fact): the act of today that takes it in."""
    return {(one[0].strip("`"), one[1]): one[2].strip("`") for one in _cells(r"\| `")}
