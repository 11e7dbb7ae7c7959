from django.template import Library

from miyun_kpi.duties.registry import DocumentPlace, document_places

register = Library()


@register.simple_tag
def duty_documents() -> list[DocumentPlace]:
    """Documents whose duties have a place, in the order of their numbers."""
    return document_places()
