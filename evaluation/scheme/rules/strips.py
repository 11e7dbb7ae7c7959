"""A row of who carries what drawn in a few strokes instead of elements a cell, and said in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

STEP, HEIGHT = 28, 24
MIDDLE, RADIUS = HEIGHT // 2, 5


@dataclass(frozen=True)
class Drawn:
    """A row of cells, each `STEP` wide and `HEIGHT` high: `tints` (standing and path) lie under the signs; a disc is
    carried, a ring is not, a tick is confirmed. A path without a cell is empty. `words` says the same by number."""

    width: int
    tints: Sequence[tuple[str, str]]
    discs: str
    rings: str
    ticks: str
    words: str


@dataclass(frozen=True)
class Cell:
    """`number`: what the reader calls the cell by. `standing`: of the figure, "printed" where nothing is to be said."""

    number: int
    carried: bool
    standing: str


def drawn(cells: Sequence[Cell], names: Iterable[tuple[str, str]]) -> Drawn:
    """`names`: standings that are said and tinted, in the order they are said, each with its word."""
    tints, said = [], []
    for standing, word in names:
        own = [(n, cell) for n, cell in enumerate(cells) if cell.standing == standing]
        if own:
            tints.append((standing, "".join(f"M{n * STEP} 0h{STEP}v{HEIGHT}h-{STEP}z" for n, _ in own)))
            said.append(f"{word} {spans(cell.number for _, cell in own)}")
    yes = [(n, cell.number) for n, cell in enumerate(cells) if cell.carried]
    no = [(n, cell.number) for n, cell in enumerate(cells) if not cell.carried]
    words = [
        f"承担 {spans(number for _, number in yes) or '无'}",
        f"不承担 {spans(number for _, number in no) or '无'}",
    ]
    return Drawn(
        width=len(cells) * STEP,
        tints=tints,
        discs="".join(_round(n) for n, _ in yes),
        rings="".join(_round(n) for n, _ in no),
        ticks="".join(f"M{n * STEP + 20} 7l2 2l4-5" for n, cell in enumerate(cells) if cell.standing == "confirmed"),
        words="；".join([*words, *said]),
    )


def _round(n: int) -> str:
    return f"M{n * STEP + STEP // 2 - RADIUS} {MIDDLE}a{RADIUS} {RADIUS} 0 1 0 {2 * RADIUS} 0a{RADIUS} {RADIUS} 0 1 0-{2 * RADIUS} 0z"


def spans(numbers: Iterable[int]) -> str:
    """1、3–5、9 of 1, 3, 4, 5, 9, which are in order; two neighbours stay apart."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "、".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else "、".join(map(str, run)) for run in runs)
