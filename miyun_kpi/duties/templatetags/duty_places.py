from django.template import Context, Library
from django.urls import reverse
from django.utils.safestring import SafeString

from miyun_kpi.duties.registry import DocumentPlace, document_places
from miyun_kpi.lib.citations import document_of
from miyun_kpi.web.templatetags.kpi import sub_link

register = Library()


@register.simple_tag
def duty_documents() -> list[DocumentPlace]:
    """Documents whose duties have a place, in the order of their numbers."""
    return document_places()


@register.simple_tag
def duties_address(subject: str) -> str:
    """Where the duties stand of the document a subject follows."""
    return reverse("duties:document", args=[document_of(subject)])


@register.simple_tag(takes_context=True)
def duties_link(context: Context, subject: str, label: str) -> SafeString:
    """The duties of a subject's document as a page of its sub bar."""
    return sub_link(context, duties_address(subject), label)
