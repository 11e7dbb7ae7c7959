"""`{% load closed_periods %}{% correction_of row as closed %}`: the year that an entry of 加减分 would correct (0089)."""

from collections.abc import Sequence

from django.template import Library

from evaluation.adjustments.models import Adjustment
from evaluation.engine.queries.closing import Closed, changes_by_points, closed_year
from evaluation.enums import PENDING

register = Library()


@register.simple_tag
def correction_of(row: Adjustment) -> Closed | None:
    """While it waits. 加减分 stand below the computations, so no view of theirs hands it over."""
    return closed_year(row.scheme) if row.state in PENDING else None


@register.simple_tag
def moved_by(closed: Closed, row: Adjustment) -> Sequence[str]:
    return changes_by_points(closed, row.organisation, row.points)
