"""Reads a Django template into atoms: words, tags of HTML, tags of Django; and pairs the tags."""

import re
from dataclasses import dataclass, field


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BLOCK, INLINE, BOX, HIDDEN, PHRASE, TYPED = "block", "inline", "box", "hidden", "phrase", "typed"
EDGE, INK, PASS = 1, 2, 4  # what was rendered last: an edge of a block, something seen, nothing at all
# A gap: tight; white space that may be a new line; a new line that is not seen; in {% tight %}: white space that must
# stay as it is, and a new line that the tag takes away again.
TIGHT, SPACE, FREE, KEPT, LOOSE = "tight", "space", "free", "kept", "loose"
MAY_BREAK = {SPACE, FREE, LOOSE}
WHITE = " \t\r\n\f"
VOID = words("area base br col embed hr img input link meta source track wbr")
INLINES = words("a abbr b code del em i ins label mark q small span strong sub sup tspan u time output")
KINDS = dict.fromkeys(INLINES, INLINE) | dict.fromkeys(("button", "select", "svg", "kbd"), BOX)
KINDS |= {"datalist": HIDDEN, "template": HIDDEN, "title": PHRASE, "text": PHRASE}
VERBATIM = {"textarea", "pre", "script", "style"}
# Boxes whose display is flex or grid in the style sheets: every child element is a block there.
FLEX = words(
    "acts filters crumbs page-head topbar topbar-end subjects search who-line subbar sub-end notice "
    "notice-tag columns two dock-bar dock-keys legend pager segments preview-bar note-line btn form-columns "
    "months chart-grid sign-in problem inline-field inline-label print-notice window override"
)
# Style sheets hide these while they are :empty, and white space would fill them.
HIDES_EMPTY = {".acts", ".meta", ".dock", ".refusal-slot", ".quotation-slot"}
# `white-space: pre-line`: what stands inside is seen as it stands.
AS_TYPED = {"doc-title", "said", "data", "phone-value"}
# Inside these a style sheet turns a block into part of a line (on a phone, in print).
AS_INLINE = {
    ("feedback-table", "td"): BOX,
    ("feedback-table", "th"): BOX,
    ("f-form", "div"): BOX,
    ("who", "form"): INLINE,
    ("dock-bar", "form"): INLINE,
    ("notices", "form"): INLINE,
    ("inline", "form"): INLINE,
    ("wide-cell", "td"): BOX,
}
NOTHING = {"csrf_token", "load", "page_notice", "htmx_script", "extends"}
# Tags that render one element.
ELEMENTS = words("segments status zone zone_shape figure movement clause_link blocked_button shape hatch")
INCLUSIONS = {
    **{name: f"components/{name}.html" for name in ("segments", "pager", "field", "error_summary", "conflict")},
    "rows_chart": "charts/rows_chart.html",
    "trend": "charts/trend.html",
    "window_bar": "charts/window.html",
}
# Tags around the content of one element.
SECTIONS = words("panel sheet open_panel")
OPENERS = {
    "if": "endif",
    "for": "endfor",
    "with": "endwith",
    "block": "endblock",
    "tight": "endtight",
    "sign": "endsign",
    "breadcrumbs": "endbreadcrumbs",
}
MIDDLE = {"else", "elif", "empty"}
TOKEN = re.compile(
    r"(?P<comment>{%\s*comment\b.*?{%\s*endcomment\s*%}|{#.*?#}|<!--.*?-->)|(?P<heads>{%\s*heads\s*%}.*?{%\s*endheads\s*%})|(?P<value>{{.*?}})|(?P<django>{%.*?%})"
    r"|(?P<doctype><!doctype[^>]*>)|</(?P<close>[\w-]+)\s*>|<(?P<open>[A-Za-z][\w-]*)|(?P<white>[ \t\r\n\f]+)"
    r"|(?P<word>(?:(?!{{|{%|{#|<[A-Za-z/!])[^ \t\r\n\f])+)",
    re.S | re.I,
)
# Behind a bar that parts two heads of columns, and inside the tags around them.
BETWEEN_HEADS = re.compile(r"(?<=\|)\s+|(?<={% heads %})\s*|\s*(?={% endheads %})")
NEW_LINE = re.compile(r"[ \t\r]*\n\s*")
AFTER_STOP = re.compile(r"(?<=[,。；，、：）])")
OUTSIDE_TAGS = re.compile(r" (?!(?:(?!{%).)*%})")
IN_TAG = re.compile(
    r"{{.*?}}|{%.*?%}|\"(?:{{.*?}}|{%.*?%}|[^\"])*\"|'(?:{{.*?}}|{%.*?%}|[^'])*'|[ \t\r\n\f]+|>|.", re.S
)


@dataclass
class Atom:
    role: str  # leaf, open, close (of HTML); block, middle, end (of Django)
    name: str
    pieces: list[str]  # of a tag: what a new line may part
    kind: str = ""
    classes: frozenset[str] = frozenset()
    partner: int = -1  # the tag that closes it, or that it closes
    members: list[int] = field(default_factory=list)  # of a block of Django: its middle tags and its end
    depth: int = 0
    parent: int = -1
    tight: bool = False  # stands in {% tight %}

    @property
    def text(self) -> str:
        return " ".join(self.pieces)


@dataclass
class Template:
    atoms: list[Atom]
    white: list[bool]
    gaps: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """Where the content of a {% block %} stands: what lies before and behind it, and its element."""

    before: int = INK
    behind: int = INK
    flex: bool = False
    hides: bool = False


def read_tag(source: str, start: int) -> tuple[list[str], int]:
    """The pieces of an opening tag, and where it ends."""
    pieces, at = [""], start
    while at < len(source):
        found = IN_TAG.match(source, at)
        assert found is not None
        at, part = found.end(), found[0]
        if part == ">":
            pieces = [one for one in pieces if one]
            pieces[-1] += ">"
            return pieces, at
        if part[0] in WHITE:
            pieces.append("")
        else:
            pieces[-1] += NEW_LINE.sub("", part) if "{% tight %}" in part else part
    raise ValueError(f"a tag has no end: {source[start : start + 80]!r}")


def classes_of(tag: str) -> frozenset[str]:
    found = re.search(r"\sclass=\"([^\"{]*)", tag)
    return frozenset(found[1].split()) if found else frozenset()


def end_of(source: str, name: str, at: int) -> int:
    """Behind the tag that closes the element whose content begins here."""
    open_ = 1
    for found in re.finditer(rf"<(/?){name}\b[^>]*>", source[at:], re.I):
        open_ += -1 if found[1] else 1
        if not open_:
            return at + found.end()
    raise ValueError(f"<{name}> is not closed")


def tokens(source: str) -> tuple[list[Atom], list[bool]]:
    atoms: list[Atom] = []
    white, space, tight, at = [], False, False, 0
    while at < len(source):
        found = TOKEN.match(source, at)
        assert found is not None, source[at : at + 40]
        at, sort = found.end(), str(found.lastgroup)
        if sort == "white":
            space = not (tight and "\n" in found[0])
            continue
        if sort == "open":
            atom, at = element(source, found)
            made = [atom]
        elif sort == "django":
            made = [django_atom(found[0])]
        elif sort == "close":
            made = [Atom("close", found["close"].lower(), [f"</{found['close']}>"])]
        elif sort == "heads":
            made = [Atom("leaf", "#heads", [one for one in BETWEEN_HEADS.split(found[0]) if one])]
        elif sort == "word" and tight:
            made = [Atom("leaf", "#word", [one]) for one in AFTER_STOP.split(found[0]) if one]
        else:
            words = found[0].startswith("{% comment") and "\n" not in found[0]
            made = [Atom("leaf", f"#{sort}", OUTSIDE_TAGS.split(found[0]) if words else [found[0]])]
        white += [space] + [False] * (len(made) - 1)
        space = False
        if made[0].name in ("tight", "endtight"):
            tight = made[0].role == "block"
        for one in made:
            one.tight = tight
        atoms += made
    white.append(space)
    return atoms, white


def element(source: str, found: re.Match[str]) -> tuple[Atom, int]:
    """An opening tag; with its content where that is seen as it is typed."""
    name = found["open"].lower()
    pieces, at = read_tag(source, found.start())
    atom = Atom("open", name, pieces, classes=classes_of(" ".join(pieces)))
    as_typed = bool(atom.classes & AS_TYPED)
    if source.startswith("{% tight %}", at) and (name == "textarea" or as_typed):
        atom.kind = TYPED if name == "textarea" else PHRASE
    elif name in VERBATIM or as_typed:
        begun, at = at, end_of(source, name, at)
        pieces[-1] += source[begun:at]
        atom.role, atom.kind = "leaf", {"textarea": INLINE, "script": HIDDEN}.get(name, BLOCK)
    elif name in VOID or pieces[-1].endswith("/>"):
        atom.role = "leaf"
    return atom, at


def django_atom(text: str) -> Atom:
    name = text[2:-2].split()[0]
    if name in SECTIONS:
        return Atom("open", name, [text], classes=frozenset([name]))
    if name.removeprefix("end") in SECTIONS:
        return Atom("close", name.removeprefix("end"), [text])
    if name in OPENERS:
        return Atom("block", name, [text])
    if name in OPENERS.values():
        return Atom("end", name, [text])
    return Atom("middle" if name in MIDDLE else "leaf", f"%{name}", [text])


def nest(atoms: list[Atom]) -> None:
    """Pair the tags. Blocks of Django nest; a tag of HTML whose partner lies across one of them stays alone."""
    stack: list[int] = []
    for at, atom in enumerate(atoms):
        if atom.role in ("middle", "end"):
            while atoms[stack[-1]].role != "block":
                atoms[stack.pop()].partner = -1
            opener = atoms[stack[-1]]
            opener.members.append(at)
            atom.partner = stack[-1]
            if atom.role == "end":
                opener.partner = at
                stack.pop()
        elif atom.role == "close" and stack and atoms[stack[-1]].name == atom.name:
            atom.partner = stack.pop()
            atoms[atom.partner].partner = at
        elif atom.role in ("open", "block"):
            stack.append(at)
    inside: list[int] = []
    for at, atom in enumerate(atoms):
        if atom.role in ("close", "end") and atom.partner >= 0:
            inside.pop()
        atom.depth = len(inside) - (atom.role == "middle")
        atom.parent = inside[-1] if inside else -1
        if atom.role in ("open", "block") and atom.partner > at:
            inside.append(at)


def branch(atoms: list[Atom], up: int, at: int) -> tuple[int, int]:
    """The atoms of the element, or of the branch of a block, in which the gap before `at` lies."""
    if up < 0:
        return 0, len(atoms)
    marks = [up, *(atoms[up].members or [atoms[up].partner])]
    end = next(one for one in marks[1:] if one >= at)
    return marks[marks.index(end) - 1] + 1, end


def children(atoms: list[Atom], start: int, end: int) -> list[int]:
    found, at = [], start
    while at < end:
        found.append(at)
        at = atoms[at].partner + 1 if atoms[at].partner > at else at + 1
    return found
