"""Sheets with their counts, as lists of pages and API show them."""

from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, Max, Min, Q, QuerySet

from evaluation.enums import NotApplicable
from evaluation.sheets.models.marks import MarkSheet

if TYPE_CHECKING:
    # The stubs are there for the type checker alone.
    from django_stubs_ext import WithAnnotations

    class Counts(TypedDict):
        carried: int
        marked: int
        excused: int
        blank: int
        lowest_full: Decimal | None
        highest_full: Decimal | None

    CountedSheet = WithAnnotations[MarkSheet, Counts]


def with_counts(sheets: QuerySet[MarkSheet]) -> "QuerySet[CountedSheet]":
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
