"""One row, or the refusal that there is none: unknown and somebody else's look alike."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from miyun_kpi.lib.errors import NotFound

M = TypeVar("M", bound=Model)


def one_of(found: QuerySet[M], said: str | None = None) -> M:
    """The first row; NotFound, with `said` instead of its usual sentence, where there is none."""
    row = found.first()
    if row is None:
        raise NotFound(said) if said else NotFound
    return row
