"""Reads of the gazette, shared by pages and API."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import Count, Q, QuerySet

from miyun_kpi.db.finding import one_of
from miyun_kpi.gazette.models import IN_PRINTED_ORDER, PRINTED_ORDER, Clause, Document, DoubtfulPassage
from miyun_kpi.gazette.rules.texts import Paragraph, Pieces, find, flow, mark, paragraphs, snippets
from miyun_kpi.lib.citations import document_name, ref_of
from miyun_kpi.web.registry import subjects

if TYPE_CHECKING:
    # The stubs are there for the type checker alone.
    from django_stubs_ext import WithAnnotations

    class Counts(TypedDict):
        clause_count: int
        doubt_count: int

    CountedDocument = WithAnnotations[Document, Counts]


def documents() -> "QuerySet[CountedDocument]":
    """All documents with the numbers of their clauses and doubtful passages."""
    return Document.objects.annotate(
        clause_count=Count("clauses", filter=Q(clauses__leaf=True), distinct=True),
        doubt_count=Count("doubts", distinct=True),
    ).order_by(*PRINTED_ORDER)


def named(text: str, prefix: str = "") -> Q:
    """Picks the document that a text names: 2020-13, 13, 13号, 密政办字〔2020〕13号; `prefix` as in "document__".

    A printed 文号 is exact; a ref or a bare number leads to the one document that has this ref.
    """
    name = document_name(text)
    if name is not None and name.series and not text.strip()[:1].isdigit():
        parts = {"series": name.series, "year": name.year, "number": name.number}
        return Q(**{f"{prefix}{field}": value for field, value in parts.items()})
    return Q(**{f"{prefix}ref": ref_of(text)})


def document_by(text: str) -> "CountedDocument":
    """The document that a text names, with its counts. Refuses one that is not there."""
    found = one_of(documents().filter(named(text)), "没有这份文件。")
    return found


def newest_plan() -> Document | None:
    """What the house runs by, for its front door: the newest document of the first subject."""
    found = Document.objects.filter(subject=subjects()[0].key)
    return found.order_by("-year", "-issued_on", "-number").first()


def clauses(document: str = "", words: str = "") -> list[Clause]:
    """Leaves and sections in printed order; with words only the leaves that contain them."""
    found = Clause.objects.select_related("document", "parent").order_by(*IN_PRINTED_ORDER, "order")
    if document:
        found = found.filter(named(document, "document__"))
    if not words.strip():
        return list(found)
    return [clause for clause in found.filter(leaf=True) if find(flow(clause.text), words)]


def clause_by_ref(document: str, ref: str) -> Clause:
    found = Clause.objects.select_related("document", "parent").filter(named(document, "document__"), ref=ref)
    clause = one_of(found, "没有这一条款。")
    return clause


def doubts() -> QuerySet[DoubtfulPassage]:
    return DoubtfulPassage.objects.select_related("document", "clause").order_by(*IN_PRINTED_ORDER, "number")


WIDEST_ROW = 9  # cells of a table row; a wider one is a damaged row and is printed as running text


@dataclass(frozen=True)
class MarkedParagraph:
    """A paragraph with the hits of a search marked; `cells` for a table row, `missing` cells it lacks in its block."""

    paragraph: Paragraph
    pieces: Pieces
    cells: tuple[Pieces, ...] = ()
    missing: int = 0

    @property
    def is_row(self) -> bool:
        return 0 < len(self.cells) <= WIDEST_ROW


@dataclass(frozen=True)
class Leaf:
    """What the reader prints of one leaf. `link` is the ref behind it: a section's for the lines above its parts."""

    clause: Clause
    link: str
    paragraphs: Sequence[MarkedParagraph]
    doubts: int
    is_title: bool
    is_table: bool
    chosen: bool = False


@dataclass(frozen=True)
class Block:
    """Leaves that are printed together: running text, or the rows of one table of so many columns."""

    leaves: Sequence[Leaf]
    columns: int = 0


@dataclass(frozen=True)
class Reading:
    document: Document
    sections: Sequence[Clause]
    blocks: Sequence[Block]
    hits: int


def read_document(code: str, words: str = "") -> Reading:
    """A whole document for the reader, in three queries."""
    document = document_by(code)
    rows = list(Clause.objects.filter(document=document).order_by("order"))
    counts = dict(
        DoubtfulPassage.objects.filter(document=document, clause__isnull=False)
        .values_list("clause_id")
        .annotate(Count("pk"))
        .order_by()
    )
    leaves = _leaves(rows, counts, words)
    hits = sum(piece[1] for leaf in leaves for part in leaf.paragraphs for piece in _all_pieces(part))
    return Reading(document, [row for row in rows if row.level == 1], _blocks(leaves), hits)


def _leaves(rows: Sequence[Clause], doubts: dict[int, int], words: str, chosen: Clause | None = None) -> list[Leaf]:
    refs = {row.pk: row.ref for row in rows}
    leaves = []
    for row in rows:
        if not row.leaf:
            continue
        parts = [_marked(part, words) for part in paragraphs(row.text, row.line_from)]
        head = row.ref.endswith("·首")
        count = doubts.get(row.pk, 0)
        if head and row.parent_id:  # a doubt about a section stands at its first line
            count += doubts.get(row.parent_id, 0)
        inside = chosen is not None and chosen.line_from <= row.line_from and row.line_to <= chosen.line_to
        link = refs.get(row.parent_id or 0, row.ref) if head else row.ref
        is_table = any(part.cells for part in parts)
        leaves.append(Leaf(row, link, parts, count, _is_title(head, parts), is_table, inside))
    return leaves


def _is_title(head: bool, parts: Sequence[MarkedParagraph]) -> bool:
    """The first line of the leaf is a printed heading: it stands alone, or others follow and it is no sentence."""
    first = parts[0].paragraph.text
    return (head or len(parts) > 1) and len(first) < 40 and not first.endswith(("。", "；", "：", ":", ";"))


def _marked(part: Paragraph, words: str) -> MarkedParagraph:
    if part.cells:
        return MarkedParagraph(part, (), tuple(mark(cell, find(cell, words)) for cell in part.cells))
    return MarkedParagraph(part, mark(part.text, find(part.text, words)))


def _all_pieces(part: MarkedParagraph) -> Sequence[tuple[str, bool]]:
    return [piece for cell in part.cells for piece in cell] or part.pieces


def _blocks(leaves: Sequence[Leaf]) -> list[Block]:
    blocks = []
    for is_table, group in groupby(leaves, key=lambda leaf: leaf.is_table):
        together = list(group)
        if not is_table:
            blocks.append(Block(together))
            continue
        columns = max((len(p.cells) for leaf in together for p in leaf.paragraphs if p.is_row), default=1)
        filled = [
            replace(leaf, paragraphs=[replace(p, missing=max(0, columns - len(p.cells))) for p in leaf.paragraphs])
            for leaf in together
        ]
        blocks.append(Block(filled, columns))
    return blocks


@dataclass(frozen=True)
class ClauseView:
    """A clause with its surroundings."""

    clause: Clause
    section: Clause
    sections: Sequence[Clause]
    blocks: Sequence[Block]
    quotation: Sequence[Paragraph]
    before: Clause | None
    after: Clause | None
    parts: Sequence[Clause]
    doubts: Sequence[DoubtfulPassage]


def view_clause(document: str, ref: str) -> ClauseView:
    """The clause, the printed section around it, its neighbours and doubts, in four queries."""
    clause = clause_by_ref(document, ref)
    rows = list(Clause.objects.filter(document=clause.document).order_by("order"))
    by_pk = {row.pk: row for row in rows}
    section = by_pk[clause.pk]
    while section.parent_id:
        section = by_pk[section.parent_id]
    siblings = [row for row in rows if row.parent_id == clause.parent_id and not row.ref.endswith("·首")]
    place = next((n for n, row in enumerate(siblings) if row.pk == clause.pk), None)
    inside = [row for row in rows if section.line_from <= row.line_from and row.line_to <= section.line_to]
    found = list(DoubtfulPassage.objects.filter(document=clause.document).select_related("clause").order_by("number"))
    counts: dict[int, int] = {}
    for doubt in found:
        if doubt.clause_id:
            counts[doubt.clause_id] = counts.get(doubt.clause_id, 0) + 1
    own = {row.pk for row in rows if clause.line_from <= row.line_from and row.line_to <= clause.line_to}
    if clause.ref.endswith("·首") and clause.parent_id:
        own.add(clause.parent_id)
    return ClauseView(
        clause,
        section,
        [row for row in rows if row.level == 1],
        _blocks(_leaves(inside, counts, "", chosen=clause)),
        paragraphs(clause.text, clause.line_from),
        siblings[place - 1] if place else None,
        siblings[place + 1] if place is not None and place + 1 < len(siblings) else None,
        [row for row in rows if row.parent_id == clause.pk],
        [doubt for doubt in found if doubt.clause_id in own],
    )


@dataclass(frozen=True)
class Hit:
    """A leaf that contains the words, with each of the first places in its surroundings."""

    clause: Clause
    snippets: Sequence[Pieces]
    count: int


@dataclass(frozen=True)
class SearchResult:
    """`per_document` is (document, places, clauses); `places` counts places over all documents."""

    hits: Sequence[Hit]
    per_document: Sequence[tuple[Document, int, int]]
    places: int


def search(words: str, document: str = "") -> SearchResult:
    """Scan all leaves for the words, in one query; `document` narrows the hits, not the counts."""
    counted: dict[int, list[Any]] = {}
    hits, places = [], 0
    if words.strip():
        for clause in Clause.objects.filter(leaf=True).select_related("document").order_by(*IN_PRINTED_ORDER, "order"):
            text = flow(clause.text)
            found = find(text, words)
            if not found:
                continue
            places += len(found)
            count = counted.setdefault(clause.document_id, [clause.document, 0, 0])
            count[1] += len(found)
            count[2] += 1
            if not document or clause.document.ref == document:
                hits.append(Hit(clause, snippets(text, found), len(found)))
    return SearchResult(hits, [(one, two, three) for one, two, three in counted.values()], places)
