"""Pages of the gazette. Everybody signed in reads them; nothing here writes."""

from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from miyun_kpi.db.paging import page_asked
from miyun_kpi.gazette import queries
from miyun_kpi.gazette.registry import citing, finders
from miyun_kpi.lib.citations import ref_of
from miyun_kpi.requests import KpiRequest

LONGEST_WORDS = 60
PAGE_SIZE = 40


def _words(request: KpiRequest) -> str:
    return request.GET.get("q", "").strip()[:LONGEST_WORDS]


@require_safe
def contents(request: KpiRequest) -> HttpResponse:
    return render(request, "gazette/contents.html", {"documents": queries.documents()})


@require_safe
def document(request: KpiRequest, document: str) -> HttpResponse:
    words = _words(request)
    reading = queries.read_document(document, words)
    context = {"reading": reading, "document": reading.document, "documents": queries.documents(), "words": words}
    return render(request, "gazette/document.html", context)


@require_safe
def clause(request: KpiRequest, document: str, ref: str) -> HttpResponse:
    """The clause in its section; asked by htmx, the quotation alone for the side panel of another page."""
    view = queries.view_clause(document, ref)
    context = {"view": view, "clause": view.clause, "document": view.clause.document}
    if request.htmx:
        return render(request, "gazette/_quotation.html", context)
    found = sorted(citing(view.clause.document.ref, view.clause.ref), key=lambda one: one.kind)
    groups = [(kind, list(ones)) for kind, ones in groupby(found, key=lambda one: one.kind)]
    return render(request, "gazette/clause.html", context | {"citing": groups, "documents": queries.documents()})


@require_safe
def search(request: KpiRequest) -> HttpResponse:
    words, chosen = _words(request), ref_of(request.GET.get("document", ""))
    result = queries.search(words, chosen)
    page = page_asked(request.GET, result.hits, PAGE_SIZE)
    others = [found for find in finders() for found in find(words)] if words else []
    context = {"words": words, "chosen": chosen, "result": result, "page": page, "others": others}
    return render(request, "gazette/search.html", context)


@require_safe
def doubts(request: KpiRequest) -> HttpResponse:
    words = _words(request)
    rows = list(queries.doubts())
    counts = [(one, len(list(ones))) for one, ones in groupby(rows, key=lambda row: row.document)]
    chosen = ref_of(request.GET.get("document", ""))
    shown = [row for row in rows if not chosen or row.document.ref == chosen]
    if words:
        shown = [row for row in shown if any(words in text for text in (row.passage, row.problem, row.reading))]
    context = {"rows": shown, "total": len(rows), "counts": counts, "chosen": chosen, "words": words}
    return render(request, "gazette/doubts.html", context)
