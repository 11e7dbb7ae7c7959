"""Lays out the templates so that they can be read: at most 120 characters a line, and no page looks different.

python3 -m scripts.templates [--check] [files]

What fits on a line stays on it. Else an element stands over several lines, its content indented, wherever a new line
cannot be seen (scripts/template_gaps.py); where it can, the line is broken at white space or inside a tag.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from scripts.template_atoms import BLOCK, FREE, KEPT, MAY_BREAK, SPACE, Atom, Template, children, tokens
from scripts.template_gaps import Reader

WIDTH = 120
STEP = 2
ROOT = Path(__file__).resolve().parent.parent / "templates"
IN_GAP, IN_TAG, IN_VALUE, AT_END_OF_TAG, TOO_WIDE = 1, 4, 6, 30, 10_000
LINE = 20


@dataclass
class Piece:
    text: str
    glue: str  # what stands before it when the line goes on
    cost: int  # of a new line before it; 0 where none may be
    indent: int


class Layout:
    def __init__(self, template: Template) -> None:
        self.atoms, self.gaps = template.atoms, template.gaps

    def whole(self) -> str:
        lines = self.rows(0, len(self.atoms), 0)
        return "\n".join(lines) + ("\n" if self.gaps[-1] in MAY_BREAK else "")

    # On one line -----------------------------------------------------------------------------------------------------
    def flat(self, start: int, end: int) -> str:
        parts = [self.atoms[start].text]
        for at in range(start + 1, end):
            parts += [self.glue(at), self.atoms[at].text]
        return "".join(parts)

    def glue(self, at: int) -> str:
        return " " if self.gaps[at] in (SPACE, KEPT) else ""

    def breaks(self, *gaps: int) -> bool:
        return all(self.gaps[one] in MAY_BREAK for one in gaps)

    def fits(self, start: int, end: int, indent: int) -> bool:
        if end - start > 1 and self.storeys(start, end) > 2:
            return False
        text = self.flat(start, end)
        return "\n" not in text and indent + len(text) <= WIDTH

    def storeys(self, start: int, end: int) -> int:
        """How deep blocks stand in one another."""
        deep = most = 0
        for at in range(start, end):
            atom = self.atoms[at]
            if atom.kind == BLOCK and atom.partner >= 0 and atom.name not in ("svg", "rect", "option"):
                deep += 1 if atom.role == "open" else -1
                most = max(most, deep)
        return most

    # Over several ----------------------------------------------------------------------------------------------------
    def rows(self, start: int, end: int, indent: int) -> list[str]:
        """The siblings between two gaps: each on a line of its own where that is free."""
        lines: list[str] = []
        begun = start
        for at in [*children(self.atoms, start, end)[1:], end]:
            if at == end or (self.gaps[at] == FREE and self.atoms[at].name != "br"):
                if at > begun:
                    lines += self.segment(begun, at, indent)
                begun = at
        return lines

    def segment(self, start: int, end: int, indent: int) -> list[str]:
        if self.fits(start, end, indent):
            return [" " * indent + self.flat(start, end)]
        atom = self.atoms[start]
        if atom.partner == end - 1 and end - start > 2:
            marks = [start, *(atom.members or [atom.partner])]
            if self.breaks(*(one + 1 for one in marks[:-1]), *marks[1:]):
                return self.opened(marks, indent)
            within = self.inside_one(start, end, indent)
            if within:
                return within
        return broken(self.pieces(start, end, indent))

    def inside_one(self, start: int, end: int, indent: int) -> list[str]:
        """An element with tight edges around one thing that can be opened: <td>{% if … %} … {% endif %}</td>."""
        inner = self.atoms[start + 1]
        if inner.partner != end - 2 or self.breaks(start + 1):
            return []
        lines = self.segment(start + 1, end - 1, indent)
        lines[0] = " " * indent + self.atoms[start].text + self.glue(start + 1) + lines[0].lstrip()
        lines[-1] += self.glue(end - 1) + self.atoms[end - 1].text
        return lines if max(len(lines[0]), len(lines[-1])) <= WIDTH else []

    def opened(self, marks: list[int], indent: int) -> list[str]:
        lines: list[str] = []
        for at, until in zip(marks, marks[1:], strict=False):
            lines += self.alone(at, indent)
            if until > at + 1:
                lines += self.rows(at + 1, until, indent + STEP)
        return lines + self.alone(marks[-1], indent)

    def alone(self, at: int, indent: int) -> list[str]:
        return broken(self.pieces(at, at + 1, indent))

    def pieces(self, start: int, end: int, indent: int) -> list[Piece]:
        made: list[Piece] = []
        for at in range(start, end):
            atom = self.atoms[at]
            inner = indent + STEP * max(0, atom.depth - self.atoms[start].depth)
            first, *more = [atom.text] if atom.tight else parts(atom)
            made.append(Piece("", self.glue(at), IN_GAP + 2 * (inner - indent) if self.breaks(at) else 0, inner))
            made += value(first, inner + 2 * STEP)
            for piece in more:
                if piece.startswith(">"):
                    made.append(Piece(piece, "", AT_END_OF_TAG, inner))
                else:
                    made.append(Piece("", " ", IN_TAG, inner + 2 * STEP))
                    made += value(piece, inner + 3 * STEP)
        return made


def value(piece: str, indent: int) -> list[Piece]:
    """An attribute whose value stands in {% tight %} may be broken between the tags there."""
    found = re.match(r"(?s)(.*?{% tight %})(.*)({% endtight %}.*)", piece)
    if not found or piece.startswith("{%"):
        return [Piece(piece, "", 0, indent)]
    atoms, white = tokens("{% tight %}" + found[2] + "{% endtight %}")
    made = [Piece(found[1], "", 0, indent)]
    for atom, space in list(zip(atoms, white, strict=False))[1:-1]:
        made.append(Piece(atom.text, " " if space else "", 0 if space else IN_VALUE, indent))
    return [*made, Piece(found[3], "", IN_VALUE, indent)]


def parts(atom: Atom) -> list[str]:
    """The pieces of an atom; the end of a tag is one of its own."""
    if not (atom.pieces[0].startswith("<") and atom.role in ("open", "close", "leaf")) or atom.name[0] in "#%":
        return atom.pieces
    found = re.match(r"(?s)(</?[\w-]+)(>.*)", atom.pieces[0])
    if len(atom.pieces) == 1 and found:
        return [found[1], found[2]]
    return atom.pieces


def broken(pieces: list[Piece]) -> list[str]:
    """The lines of least cost."""
    runs: list[Piece] = []
    for piece in pieces:
        if runs and not piece.cost:
            runs[-1] = Piece(runs[-1].text + piece.glue + piece.text, runs[-1].glue, runs[-1].cost, runs[-1].indent)
        else:
            runs.append(piece)
    best: list[tuple[int, int]] = [(0, 0)]
    for end in range(1, len(runs) + 1):
        found: list[tuple[int, int]] = []
        for start in range(end - 1, -1, -1):
            width = max(len(one) for one in line(runs, start, end).split("\n"))
            cost = best[start][0] + LINE + (runs[start].cost if start else 0)
            found.append((cost + max(0, width - WIDTH) * TOO_WIDE, -start))
            if width > WIDTH + 40 and end - start > 1:
                break
        best.append(min(found))
    lines: list[str] = []
    end = len(runs)
    while end:
        start = -best[end][1]
        lines.insert(0, line(runs, start, end))
        end = start
    return lines


def line(runs: list[Piece], start: int, end: int) -> str:
    text = runs[start].text + "".join(one.glue + one.text for one in runs[start + 1 : end])
    return " " * runs[start].indent + text


# Includes with long values -------------------------------------------------------------------------------------------
LONG_INCLUDE = re.compile(r"^ *({% include (\"[^\"]+\") with ((?:(?!%}).)+?) %})$")


def values_outside(source: str, laid_out: str) -> str:
    """A line that is nothing but a too long {% include … with … %}: its values go to {% with %} around it."""
    for one in laid_out.split("\n"):
        found = LONG_INCLUDE.match(one)
        if not found or len(one) <= WIDTH or found[3].endswith(" only"):
            continue
        opened: list[list[str]] = [[]]
        for value in re.findall(r"\w+=(?:\"[^\"]*\"|[^\s\"]+|\S*\"[^\"]*\"\S*)+", found[3]):
            if len(" ".join([*opened[-1], value])) + len(one) - len(one.lstrip()) > WIDTH - 20 and opened[-1]:
                opened.append([])
            opened[-1].append(value)
        begun = "".join(f"{{% with {' '.join(values)} %}}" for values in opened)
        source = source.replace(found[1], f"{begun}{{% include {found[2]} %}}{'{% endwith %}' * len(opened)}")
    return source


def laid_out(source: str, reader: Reader, name: str) -> str:
    for _ in range(4):
        made = Layout(reader.template(source, name)).whole()
        again = values_outside(source, made)
        if again == source:
            break
        source = again
    return made


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    files = [Path(one).resolve() for one in arguments if one != "--check"] or sorted(ROOT.rglob("*.html"))
    reader, wrong, done = Reader(ROOT), [], {}
    for file in files:
        source = file.read_text()
        name = file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else str(file)
        made = laid_out(source, reader, name)
        wrong += [
            f"templates/{name}:{number}: {len(one)} characters"
            for number, one in enumerate(made.split("\n"), 1)
            if len(one) > WIDTH
        ]
        if made != source:
            done[file] = made
            if check:
                wrong.append(f"templates/{name}: is not laid out; run python3 -m scripts.templates")
    if not check:
        for file, made in done.items():
            file.write_text(made)
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
