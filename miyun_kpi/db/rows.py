"""Rows read by the thousand: models made from what the database gave without the way through their constructor."""

from collections.abc import Mapping
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
        row = cls.__new__(cls)
        state = ModelState()
        state.adding, state.db = False, db
        # A field that was not read is not there, which is what Django takes for deferred.
        row.__dict__.update(zip(field_names, values, strict=True), _state=state)
        return row


def know(row: models.Model, related: Mapping[str, models.Model]) -> None:
    """Give a row objects that its keys name, read elsewhere and once for all rows; the keys stay as they were read."""
    row._state.fields_cache.update(related)
