"""Reads a Django template into atoms and says between which of them a new line cannot be seen.

An atom is a word, a tag of HTML or a tag of Django. A gap lies before each of them and after the last. A browser
drops white space at the edge of a block, so a gap is free where everything rendered before it, on every way through
the tags of Django, ends in such an edge, or everything after it begins with one. Elsewhere a gap is white space that
stands there already (it may become a new line) or it is tight: between two Chinese words nothing may come or go.
"""

import re
from pathlib import Path

from scripts.template_atoms import (
    AS_INLINE,
    BLOCK,
    BOX,
    EDGE,
    ELEMENTS,
    FLEX,
    FREE,
    HIDDEN,
    HIDES_EMPTY,
    INCLUSIONS,
    INK,
    INLINE,
    KEPT,
    KINDS,
    LOOSE,
    NOTHING,
    PASS,
    PHRASE,
    SPACE,
    TIGHT,
    TYPED,
    VOID,
    Atom,
    Place,
    Template,
    branch,
    children,
    nest,
    tokens,
)


class Reader:
    """Templates of one directory; an include and a parent template are looked into."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.direct = rendered_by_views(root)
        self.sites: dict[str, list[tuple[str, int]]] | None = None
        self.roots: dict[str, Place] = {}
        self.ends: dict[str, tuple[int, int]] = {}
        self.places: dict[str, dict[str, Place]] = {}

    def read(self, source: str, root: Place) -> tuple[list[Atom], list[bool], dict[str, Place]]:
        """The atoms with their kinds; the places of its blocks, and its own under ""."""
        atoms, white = tokens(source)
        nest(atoms)
        parent = self.parent(atoms)
        places = dict(self.places_of(parent)) if parent else {}
        places[""] = root
        for at, atom in enumerate(atoms):
            atom.kind = atom.kind or self.kind(atoms, at, places)
        return atoms, white, places

    def template(self, source: str, name: str = "") -> Template:
        root = self.around(name)
        atoms, white, places = self.read(source, root)
        parent = self.parent(atoms)
        made = Template(atoms, white)
        before, behind = self.flow(atoms, root.before, root.behind, places if parent else None)
        for at in range(len(atoms) + 1):
            free = before[at] == EDGE or behind[at] == EDGE
            if parent and self.outside(atoms, at):
                free = True
            elif free and not self.filled(atoms, at, places):
                free = False
            made.gaps.append(self.gap(made, at, free))
        return made

    @staticmethod
    def gap(template: Template, at: int, free: bool) -> str:
        around = template.atoms[max(0, at - 1) : at + 1]
        if len(around) == 2 and around[0].tight and (around[1].tight or around[1].name == "endtight"):
            if template.white[at]:
                return KEPT
            return FREE if any(one.role in ("block", "middle", "end") for one in around) else LOOSE
        return FREE if free else SPACE if template.white[at] else TIGHT

    @staticmethod
    def parent(atoms: list[Atom]) -> str:
        found = re.match(r"{% extends \"(.+)\" %}", next((a.text for a in atoms if a.name == "%extends"), ""))
        return found[1] if found else ""

    @staticmethod
    def outside(atoms: list[Atom], at: int) -> bool:
        """Whether a gap of a child template lies outside its blocks, where nothing is rendered."""
        return at in (0, len(atoms)) or (atoms[at].parent < 0 and atoms[at].role not in ("end", "middle"))

    def element(self, atoms: list[Atom], at: int) -> int:
        """The element or {% block %} of a child template in which an atom stands."""
        up = atoms[at].parent
        while up >= 0 and atoms[up].role != "open" and not (atoms[up].name == "block" and atoms[up].parent < 0):
            up = atoms[up].parent
        return up

    def place(self, atoms: list[Atom], up: int, places: dict[str, Place]) -> Place:
        """The content of the element or block at `up`."""
        if up < 0 or (atoms[up].role == "block" and atoms[up].name != "block"):
            return places.get("", Place())
        if atoms[up].role == "block":
            return places.get(atoms[up].text.split()[2], Place())
        names = {f".{one}" for one in atoms[up].classes}
        hides = bool(names & HIDES_EMPTY) or (atoms[up].name in ("td", "th") and self.stacked(atoms, up))
        return Place(flex=bool(atoms[up].classes & FLEX), hides=hides)

    @staticmethod
    def stacked(atoms: list[Atom], up: int) -> bool:
        """Whether a cell is (or may be, where its table stands in another file) hidden on a phone while empty."""
        while up >= 0 and atoms[up].name != "table":
            up = atoms[up].parent
        return up < 0 or bool(atoms[up].classes & {"stack", "feedback-table"})

    def kind(self, atoms: list[Atom], at: int, places: dict[str, Place]) -> str:
        atom = atoms[at]
        if atom.role == "close" and atom.partner >= 0:
            return atoms[atom.partner].kind
        if atom.role not in ("open", "close", "leaf"):
            return ""
        flex = self.place(atoms, self.element(atoms, at), places).flex
        if atom.name[0] in "#%":
            named = atom.name == "%url" and " as " in atom.text
            if atom.name in ("#comment", "#doctype") or atom.name[1:] in NOTHING or named:
                return BLOCK if atom.name == "#doctype" else HIDDEN
            if atom.name == "#heads":
                return BLOCK
            if atom.name == "%sub_link":
                return BLOCK
            return BLOCK if flex and atom.name[1:] in ELEMENTS else INLINE
        if atom.name == "input" and 'type="hidden"' in atom.text:
            return HIDDEN
        if atom.name in ("link", "meta"):
            return HIDDEN
        if flex and atom.name not in ("br", "datalist", "template"):
            return BLOCK
        return self.kind_in_css(atoms, at)

    @staticmethod
    def kind_in_css(atoms: list[Atom], at: int) -> str:
        atom, up = atoms[at], at
        if atom.name == "label" and up >= 0 and "field" in atoms[atom.parent].classes:
            return BLOCK
        while up >= 0:
            for one in atoms[up].classes:
                if (one, atom.name) in AS_INLINE:
                    return AS_INLINE[one, atom.name]
            up = atoms[up].parent
        if atom.classes & {"btn", "segments"}:
            return BOX
        return KINDS.get(atom.name, INLINE if atom.name in VOID - {"br", "hr"} else BLOCK)

    def rendered(self, atom: Atom) -> tuple[int, int] | None:
        """What an included template begins and ends with."""
        name = INCLUSIONS.get(atom.name[1:], "")
        found = re.match(r"{% include \"([^\"]+)\"", atom.text)
        if found:
            name = found[1]
        return self.ends_of(name) if name else None

    def ends_of(self, name: str) -> tuple[int, int]:
        if name not in self.ends:
            self.ends[name] = (INK, INK)  # of one that includes itself
            atoms, _, _ = self.read((self.root / name).read_text(), Place())
            before, behind = self.flow(atoms, PASS, PASS, None)
            self.ends[name] = (behind[0], before[-1])
        return self.ends[name]

    def places_of(self, name: str) -> dict[str, Place]:
        """Where each block of a template that others extend stands."""
        if name not in self.places:
            atoms, _, above = self.read((self.root / name).read_text(), Place())
            parent = self.parent(atoms)
            before, behind = self.flow(atoms, INK, INK, above if parent else None)
            self.places[name] = dict(above)
            for at, atom in enumerate(atoms):
                if atom.name == "block" and not (parent and atom.parent < 0):
                    inside = self.place(atoms, self.element(atoms, at), above)
                    hides = inside.hides and not self.filled(atoms, at, above)
                    place = Place(before[at], behind[atom.partner + 1], inside.flex, hides)
                    self.places[name][atom.text.split()[2]] = place
        return self.places[name]

    def around(self, name: str) -> Place:
        """Where a template stands that others include and no view renders alone."""
        if name not in self.roots:
            self.roots[name] = Place()  # of one that includes itself
            found = [self.site(*one) for one in self.includes().get(name, [])]
            if found and name not in self.direct:
                self.roots[name] = Place(
                    union([one.before for one in found]),
                    union([one.behind for one in found]),
                    all(one.flex for one in found),
                    any(one.hides for one in found),
                )
        return self.roots[name]

    def includes(self) -> dict[str, list[tuple[str, int]]]:
        """For every template the places that include it: another one, and which include of it."""
        if self.sites is None:
            self.sites = {}
            for path in sorted(self.root.rglob("*.html")):
                for number, one in enumerate(INCLUDED.findall(path.read_text())):
                    self.sites.setdefault(one, []).append((path.relative_to(self.root).as_posix(), number))
        return self.sites

    def site(self, name: str, number: int) -> Place:
        source = (self.root / name).read_text()
        root = self.around(name)
        atoms, _, places = self.read(source, root)
        before, behind = self.flow(atoms, root.before, root.behind, places if self.parent(atoms) else None)
        found = [at for at, one in enumerate(atoms) if one.role == "leaf" and INCLUDED.match(one.text)]
        if len(found) != len(INCLUDED.findall(source)):
            return Place()  # one of them stands in an attribute or a comment
        at = found[number]
        inside = self.place(atoms, self.element(atoms, at), places)
        return Place(before[at], behind[at + 1], inside.flex, inside.hides and not self.filled(atoms, at, places))

    # The flow of what was rendered -----------------------------------------------------------------------------------
    def flow(
        self, atoms: list[Atom], entry: int, exit_: int, places: dict[str, Place] | None
    ) -> tuple[list[int], list[int]]:
        """For every gap what was rendered before it and what is rendered next, on all ways."""
        size = len(atoms)
        before, behind = [0] * (size + 1), [0] * (size + 1)
        before[0], behind[size] = entry, exit_
        for _ in range(4):  # a loop needs a second round, loops in loops a few
            for at in range(size):
                before[at + 1] = self.forth(atoms, at, before, places)
            for at in range(size - 1, -1, -1):
                behind[at] = self.back(atoms, at, behind, places)
        return before, behind

    def forth(self, atoms: list[Atom], at: int, before: list[int], places: dict[str, Place] | None) -> int:
        atom, now = atoms[at], before[at]
        if atom.role == "block":
            if atom.name == "block" and places is not None and atom.parent < 0:
                return places.get(atom.text.split()[2], Place()).before
            return now | (before[atom.members[0]] if atom.name == "for" else 0)
        if atom.role == "middle":
            return before[atom.partner]
        if atom.role == "end":
            opener = atoms[atom.partner]
            ways = [before[one] for one in opener.members]
            if self.may_skip(atoms, opener):
                ways.append(before[atom.partner])
            return union(ways) | (INK if opener.name == "block" else 0)
        ends = self.rendered(atom) if atom.kind != BLOCK else None
        if ends:
            return ends[1] & ~PASS | (now if ends[1] & PASS else 0)
        if atom.kind == HIDDEN:
            return EDGE if atom.role == "open" else before[atom.partner] if atom.role == "close" else now
        if atom.role == "open":
            # A style sheet writes the label before the content of a cell.
            labelled = any(one.startswith("data-label") for one in atom.pieces)
            return INK if labelled else {BLOCK: EDGE, BOX: EDGE, PHRASE: INK, TYPED: INK}.get(atom.kind, now)
        return EDGE if atom.kind in (BLOCK, PHRASE) else INK

    def back(self, atoms: list[Atom], at: int, behind: list[int], places: dict[str, Place] | None) -> int:
        atom, now = atoms[at], behind[at + 1]
        if atom.role in ("middle", "end"):
            opener = atoms[atom.partner]
            if opener.name == "block" and places is not None and opener.parent < 0:
                return places.get(opener.text.split()[2], Place()).behind
            again = behind[atom.partner + 1] if opener.name == "for" and at == opener.members[0] else 0
            return behind[opener.partner + 1] | again
        if atom.role == "block":
            ways = [now] + [behind[one + 1] for one in atom.members[:-1]]
            if self.may_skip(atoms, atom):
                ways.append(behind[atom.partner + 1])
            return union(ways) | (INK if atom.name == "block" else 0)
        ends = self.rendered(atom) if atom.kind != BLOCK else None
        if ends:
            return ends[0] & ~PASS | (now if ends[0] & PASS else 0)
        if atom.kind == HIDDEN:
            return EDGE if atom.role == "close" else behind[atom.partner + 1] if atom.role == "open" else now
        if atom.role == "close":
            return {BLOCK: EDGE, BOX: EDGE, PHRASE: INK, TYPED: INK}.get(atom.kind, now)
        return EDGE if atom.kind in (BLOCK, PHRASE) else INK

    @staticmethod
    def may_skip(atoms: list[Atom], opener: Atom) -> bool:
        if opener.name not in ("if", "for"):
            return False
        return not any(atoms[one].name in ("%else", "%empty") for one in opener.members)

    # Elements hidden while empty -------------------------------------------------------------------------------------
    def filled(self, atoms: list[Atom], at: int, places: dict[str, Place]) -> bool:
        """Whether white space here cannot be the only content of an element that is hidden while empty."""
        if at >= len(atoms):
            return True
        here = atoms[at]
        up = here.partner if here.role in ("close", "end", "middle") and here.partner >= 0 else here.parent
        start, end = branch(atoms, up, at)
        while up >= 0:
            if any(self.surely_seen(atoms, one) for one in children(atoms, start, end)):
                return True
            if atoms[up].role == "open" or atoms[up].parent < 0:
                return not self.place(atoms, up, places).hides
            start, end = branch(atoms, atoms[up].parent, up)
            up = atoms[up].parent
        return True

    def surely_seen(self, atoms: list[Atom], at: int) -> bool:
        atom = atoms[at]
        if atom.role == "block":
            if atom.name in ("with", "tight"):
                return any(self.surely_seen(atoms, one) for one in children(atoms, at + 1, atom.partner))
            if atom.name != "if" or self.may_skip(atoms, atom):
                return False
            starts = [at, *atom.members[:-1]]
            return all(
                any(self.surely_seen(atoms, one) for one in children(atoms, start + 1, end))
                for start, end in zip(starts, atom.members, strict=True)
            )
        if atom.name in ("#comment", "#value"):
            return False
        return atom.name[0] != "%" or atom.name[1:] in ELEMENTS | {"csrf_token", "field"}


INCLUDED = re.compile(r"{% include \"([^\"]+)\"")


def rendered_by_views(root: Path) -> set[str]:
    """Names of templates that stand in Python: htmx may put those anywhere."""
    rooms = [one.parent for one in root.parent.glob("*/__init__.py")]
    texts = (path.read_text() for room in rooms for path in room.rglob("*.py"))
    return {name for text in texts for name in re.findall(r"\"([\w/]+\.html)\"", text)}


def union(ways: list[int]) -> int:
    made = 0
    for one in ways:
        made |= one
    return made
