"""Rows read by the thousand: models made from what the database gave without the way through their constructor."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from django.db import models
from django.db.models.base import ModelState


class PlainRows(models.Model):
    """A model whose rows a computation reads by the thousand.

    Django's constructor sets field by field, each through its descriptor; a row of the database needs none of that: its
    values go in as they are (Django names `from_db` for this). No signal of initialising is sent, so nothing may hang on it.
    """

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **fetching: Any) -> Self:
        if fetching:
            # A later Django says more of how a row is read: its own way then.
            return super().from_db(db, field_names, values, **fetching)
        return cls.of_row(field_names, values, {}, db)

    @classmethod
    def of_row(cls, names: Sequence[str], values: Sequence[Any], related: dict[str, Any], db: str | None) -> Self:
        """`related`: the objects that its keys name, by the name of the field."""
        row, state = cls.__new__(cls), ModelState()
        state.__dict__.update(adding=False, db=db, fields_cache=related)
        # A field that was not read is not there, which is what Django takes for deferred.
        row.__dict__.update(zip(names, values, strict=True), _state=state)
        return row


def know(row: models.Model, related: Mapping[str, models.Model]) -> None:
    """Give a row objects that its keys name, read elsewhere and once for all rows; the keys stay as they were read."""
    row._state.fields_cache.update(related)
