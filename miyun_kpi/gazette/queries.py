"""Reads of the gazette, shared by pages and API."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from miyun_kpi.gazette.models import Clause, Document, DoubtfulPassage
from miyun_kpi.gazette.rules.texts import Paragraph, Pieces, find, flow, mark, paragraphs, snippets
from miyun_kpi.lib.errors import NotFound


def documents() -> QuerySet[Document]:
    """All documents with the numbers of their clauses and doubtful passages."""
    return Document.objects.annotate(
        clause_count=Count("clauses", filter=Q(clauses__leaf=True), distinct=True),
        doubt_count=Count("doubts", distinct=True),
    ).order_by("order")


def document_by_code(code: str) -> Document:
    """Takes "13" or "13号"."""
    found = documents().filter(code=code.strip().removesuffix("号")).first()
    if found is None:
        raise NotFound("没有这份文件。")
    return found


def clauses(document: str = "", words: str = "") -> list[Clause]:
    """Leaves and sections in printed order; with words only the leaves that contain them."""
    found = Clause.objects.select_related("document", "parent").order_by("document__order", "order")
    if document:
        found = found.filter(document__code=document.removesuffix("号"))
    if not words.strip():
        return list(found)
    return [clause for clause in found.filter(leaf=True) if find(flow(clause.text), words)]


def clause_by_ref(document: str, ref: str) -> Clause:
    found = Clause.objects.select_related("document", "parent").filter(
        document__code=document.removesuffix("号"), ref=ref
    )
    clause = found.first()
    if clause is None:
        raise NotFound("没有这一条款。")
    return clause


def doubts() -> QuerySet[DoubtfulPassage]:
    return DoubtfulPassage.objects.select_related("document", "clause").order_by("document__order", "number")


@dataclass(frozen=True)
class MarkedParagraph:
    """A paragraph with the hits of a search marked; `cells` for a table row."""

    paragraph: Paragraph
    pieces: Pieces
    cells: tuple[Pieces, ...]


@dataclass(frozen=True)
class Leaf:
    """What the reader prints of one leaf."""

    clause: Clause
    paragraphs: Sequence[MarkedParagraph]
    doubts: int
    is_title: bool
    is_table: bool
    columns: int
    chosen: bool = False


@dataclass(frozen=True)
class Reading:
    document: Document
    sections: Sequence[Clause]
    leaves: Sequence[Leaf]
    hits: int


def read_document(code: str, words: str = "") -> Reading:
    """A whole document for the reader, in three queries."""
    document = document_by_code(code)
    rows = list(Clause.objects.filter(document=document).order_by("order"))
    leaves = _leaves([row for row in rows if row.leaf], _doubts_per_clause(document), words)
    hits = sum(hit for leaf in leaves for part in leaf.paragraphs for _, hit in _all_pieces(part))
    return Reading(document, [row for row in rows if row.level == 1], leaves, hits)


def _doubts_per_clause(document: Document) -> dict[int, int]:
    found = DoubtfulPassage.objects.filter(document=document, clause__isnull=False)
    return dict(found.values_list("clause_id").annotate(Count("pk")).order_by())


def _leaves(rows: Sequence[Clause], doubts: dict[int, int], words: str, chosen: Clause | None = None) -> list[Leaf]:
    leaves = []
    for row in rows:
        parts = [_marked(part, words) for part in paragraphs(row.text, row.line_from)]
        columns = max((len(part.cells) for part in parts), default=0)
        inside = chosen is not None and chosen.line_from <= row.line_from and row.line_to <= chosen.line_to
        is_title = row.ref.endswith("·首") and len(parts) == 1
        # A doubt about a section stands at its first line.
        count = doubts.get(row.pk, 0) + (
            doubts.get(row.parent_id, 0) if row.ref.endswith("·首") and row.parent_id else 0
        )
        leaves.append(Leaf(row, parts, count, is_title, columns > 0, columns, inside))
    return leaves


def _marked(part: Paragraph, words: str) -> MarkedParagraph:
    cells = tuple(mark(cell, find(cell, words)) for cell in part.cells)
    return MarkedParagraph(part, mark(part.text, find(part.text, words)) if not cells else (), cells)


def _all_pieces(part: MarkedParagraph) -> Sequence[tuple[str, bool]]:
    return [piece for cell in part.cells for piece in cell] or part.pieces


@dataclass(frozen=True)
class ClauseView:
    """A clause with its surroundings."""

    clause: Clause
    section: Clause
    leaves: Sequence[Leaf]
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
    inside = [row for row in rows if row.leaf and section.line_from <= row.line_from <= section.line_to]
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
        _leaves(inside, counts, "", chosen=clause),
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
        for clause in Clause.objects.filter(leaf=True).select_related("document").order_by("document__order", "order"):
            text = flow(clause.text)
            found = find(text, words)
            if not found:
                continue
            places += len(found)
            count = counted.setdefault(clause.document_id, [clause.document, 0, 0])
            count[1] += len(found)
            count[2] += 1
            if not document or clause.document.code == document:
                hits.append(Hit(clause, snippets(text, found), len(found)))
    return SearchResult(hits, [(one, two, three) for one, two, three in counted.values()], places)
