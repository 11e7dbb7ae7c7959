"""How a row stands: by a column of states, or by the facts that its subject reads (struck, ended, answered)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models

# Columns that hold the state of a row, whichever word its subject has for it.
COLUMNS = ("state", "phase")
# The walk begins at the newest rows; the older ones of the demonstration stand as these do.
NEWEST = 200


def newest(model: type[models.Model]) -> Iterable[Any]:
    return model._default_manager.order_by("-pk")[:NEWEST]


@dataclass(frozen=True)
class Standing:
    """The states of a model and which one a row is in; `rows`: where the walk begins."""

    codes: tuple[str, ...]
    of: Callable[[Any, datetime], str]
    rows: Callable[[type[models.Model]], Iterable[Any]] = newest


def by_column(model: type[models.Model]) -> Standing:
    """Some rows of every state, however many stand in another."""
    column = next(one for one in model._meta.concrete_fields if one.name in COLUMNS and one.choices)
    codes = tuple(str(code) for code, _ in column.flatchoices)

    def rows(of: type[models.Model]) -> Iterable[Any]:
        found = of._default_manager.order_by("-pk")
        return [row for code in codes for row in found.filter(**{column.name: code})[:NEWEST]]

    return Standing(codes, lambda row, at: str(getattr(row, column.name)), rows)


def filled(column: str, before: str, after: str) -> Standing:
    """Two states: the day is filled in, or not yet."""
    return Standing((before, after), lambda row, at: before if getattr(row, column) is None else after)


def struck() -> Standing:
    return filled("struck_at", "standing", "struck")


def until(column: str) -> Standing:
    """A last day that is set ahead: it holds through that day."""

    def of(row: Any, at: datetime) -> str:
        last: date | None = getattr(row, column)
        return "held" if last is None else "ending" if last >= at.astimezone().date() else "ended"

    return Standing(("held", "ending", "ended"), of)


def reversible(kind: str, relation: Callable[[Any], bool]) -> Standing:
    """A line of an account that only grows: it stands, was reversed by another, or reverses one (its `kind`)."""

    def of(row: Any, at: datetime) -> str:
        return "reversal" if row.kind == kind else "reversed" if relation(row) else "standing"

    return Standing(("standing", "reversed", "reversal"), of)
