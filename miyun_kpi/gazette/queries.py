"""Reads of the gazette, shared by pages and API."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from miyun_kpi.gazette.models import Clause, Document, DoubtfulPassage
from miyun_kpi.lib.errors import NotFound


def clauses() -> QuerySet[Clause]:
    return Clause.objects.select_related("document").order_by("document__order", "order")


def document_by_code(code: str) -> Document:
    """Takes "13" or "13号"."""
    try:
        return Document.objects.get(code=code.removesuffix("号"))
    except Document.DoesNotExist:
        raise NotFound("没有这份文件。") from None


def clause_by_ref(document: str, ref: str) -> Clause:
    try:
        return clauses().get(document__code=document.removesuffix("号"), ref=ref)
    except Clause.DoesNotExist:
        raise NotFound("没有这一条款。") from None


def doubts() -> QuerySet[DoubtfulPassage]:
    return DoubtfulPassage.objects.select_related("document", "clause").order_by("document__order", "number")


@dataclass(frozen=True)
class Hit:
    """A clause that contains the words: `pieces` alternate plain text and hit."""

    clause: Clause
    pieces: tuple[tuple[str, bool], ...]
    count: int


@dataclass(frozen=True)
class SearchResult:
    """`per_document` counts places, not clauses."""

    words: str
    hits: Sequence[Hit]
    per_document: Sequence[tuple[Document, int]]
    total: int
