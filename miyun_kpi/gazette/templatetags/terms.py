"""`{% load terms %}{% termed duty.requirement duty.document %}`: a text with every explained word linked to its explanation."""

from django.template import Context, Library
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from miyun_kpi.gazette.registry import glossary_of
from miyun_kpi.gazette.rules.terms import term_pieces
from miyun_kpi.lib.citations import named_document

register = Library()
KEPT = "_glossaries"


@register.simple_tag(takes_context=True)
def termed(context: Context, text: object, document: object) -> SafeString:
    """A glossary is read once a request, however many texts and fragments a page has."""
    kept: dict[str, dict[str, str]] = getattr(context.get("request"), KEPT, {})
    code = named_document(document)
    if code not in kept:
        kept[code] = {word: term.address for term in glossary_of(code) for word in term.spellings}
        if "request" in context:
            setattr(context["request"], KEPT, kept)
    pieces = term_pieces(str(text or ""), kept[code])
    return format_html_join(
        "",
        "{}",
        ((format_html('<a class="term" href="{}">{}</a>', to, piece) if to else piece,) for piece, to in pieces),
    )
