"""One row, or the refusal that there is none: unknown and somebody else's look alike."""

from collections.abc import Sequence
from typing import TypeVar

from django.db.models import Model, QuerySet

from miyun_kpi.lib.errors import NotFound

M = TypeVar("M", bound=Model)


def one_of(found: QuerySet[M], said: str | None = None) -> M:
    """The first row; NotFound, with `said` instead of its usual sentence, where there is none."""
    row = found.first()
    return the_one([] if row is None else [row], said)


def the_one(rows: Sequence[M], said: str | None = None) -> M:
    """The first of rows that were read; NotFound where there is none."""
    if not rows:
        raise NotFound(said) if said else NotFound
    return rows[0]
