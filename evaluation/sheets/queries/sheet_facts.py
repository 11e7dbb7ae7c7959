"""Sheets with their counts, as lists of pages and API show them."""

from django.db.models import Count, Max, Min, Q, QuerySet

from evaluation.enums import NotApplicable
from evaluation.sheets.models.marks import MarkSheet


def with_counts(sheets: QuerySet[MarkSheet]) -> QuerySet[MarkSheet]:
    """`carried`, `marked` (a value), `excused` (不适用), `blank`, and the range of full marks, in the one query."""
    blank = Q(marks__value__isnull=True, marks__not_applicable=NotApplicable.NO)
    return sheets.select_related("scheme", "period", "indicator", "evaluator", "share_figure").annotate(
        carried=Count("marks"),
        marked=Count("marks", filter=Q(marks__value__isnull=False)),
        excused=Count("marks", filter=~Q(marks__not_applicable=NotApplicable.NO)),
        blank=Count("marks", filter=blank),
        lowest_full=Min("marks__full_mark"),
        highest_full=Max("marks__full_mark"),
    )
