"""`{% load terms %}{% termed duty.requirement duty.document %}`: a text with every explained word linked to its explanation."""

from django.template import Context, Library
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from miyun_kpi.gazette.registry import glossary_of
from miyun_kpi.gazette.rules.damaged import pieces as damaged_pieces
from miyun_kpi.gazette.rules.terms import term_pieces
from miyun_kpi.lib.citations import named_document

register = Library()
# A mark that everybody sees, and a sentence for people who hear the page.
READ_SO = (
    '<mark class="read-so" title="原印“{0}”，识读为“{1}”（推定），以印发原件为准">{1}<span aria-hidden="true">※</span>'
    '<span class="hear">（原印“{0}”，识读为“{1}”）</span></mark>'
)
PRINTED_SO = '<mark class="read-so" title="原印如此">{0}<span aria-hidden="true">※</span><span class="hear">（原印如此）</span></mark>'


@register.filter
def damaged(text: object) -> SafeString:
    """A printed text read with a mark where it is damaged."""
    return _marked(str(text or ""), READ_SO)


@register.filter
def as_printed(text: object) -> SafeString:
    """A printed text to the letter, the damaged places marked (the list of doubtful passages quotes it)."""
    return _marked(str(text or ""), PRINTED_SO)


def _marked(text: str, shape: str) -> SafeString:
    return format_html_join(
        "",
        "{}",
        (
            (format_html(shape, printed.strip(), reading) if reading else printed,)
            for printed, reading in damaged_pieces(text)
        ),
    )


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
        (
            (format_html('<a class="term" href="{}">{}</a>', to, damaged(piece)) if to else damaged(piece),)
            for piece, to in pieces
        ),
    )
