"""Which document the rules of a year stand in, where no single scheme is at hand."""

from evaluation.scheme.models.scheme import Scheme


def document_of_year(year: int) -> str:
    """Ref of the document that the year's schemes rest on, the first printed first; "" where none is issued. One query."""
    found = Scheme.objects.issued().filter(year=year, document__isnull=False)
    ref = found.order_by("document__year", "document__number").values_list("document_id", flat=True).first()
    return str(ref or "")
