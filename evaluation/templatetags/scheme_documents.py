"""`{% load scheme_documents %}{% year_clause month.period.code "四（二）" %}`: a clause on a page about a period, not about one scheme."""

from django.template import Context, Library
from django.utils.safestring import SafeString

from evaluation.enums import DOCUMENT
from evaluation.scheme.queries.documents import document_of_year
from miyun_kpi.web.templatetags.kpi import clause_link

register = Library()
KEPT = "_documents_of_years"


@register.simple_tag(takes_context=True)
def year_clause(context: Context, code: object, clause: str) -> SafeString:
    """`code`: of a period ("2021-05", "2021Q2") or a year; "" where none is chosen yet. Asked once a request and year."""
    if not code:
        return clause_link(DOCUMENT, clause)
    year = int(str(code)[:4])
    kept: dict[int, str] = getattr(context.get("request"), KEPT, {})
    if year not in kept:
        kept[year] = document_of_year(year)
        if "request" in context:
            setattr(context["request"], KEPT, kept)
    return clause_link(kept[year], clause)
