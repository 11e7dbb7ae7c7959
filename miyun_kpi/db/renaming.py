"""Codes renamed in stored rows, there and back: the part of a migration that no `makemigrations` writes.

One UPDATE a column, so that two codes may change places. A migration keeps its own table of old and new: what the enums
say today is not what they said on the day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.migrations import RunPython
from django.db.models import Case, F, Value, When


@dataclass(frozen=True)
class Renamed:
    """`model` as "app.model", its column, old code → new code; `only` narrows the rows."""

    model: str
    column: str
    codes: Mapping[str, str]
    only: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(set(self.codes.values())) != len(self.codes):
            raise ValueError(f"{self.model}.{self.column}: two codes become one, the way back would lose which")


def rename_codes(*changes: Renamed) -> RunPython:
    """The operation; it stands between the removal of the constraints that name old codes and the new ones."""

    def forward(apps: Any, editor: Any) -> None:
        for one in changes:
            _write(apps, editor, one, one.codes)

    def backward(apps: Any, editor: Any) -> None:
        for one in reversed(changes):
            _write(apps, editor, one, {new: old for old, new in one.codes.items()})

    return RunPython(forward, backward, elidable=False)


def _write(apps: Any, editor: Any, change: Renamed, codes: Mapping[str, str]) -> None:
    rows = apps.get_model(change.model)._base_manager.using(editor.connection.alias)
    cases: Sequence[When] = [When(**{change.column: old}, then=Value(new)) for old, new in codes.items()]
    rows.filter(**change.only, **{f"{change.column}__in": list(codes)}).update(
        **{change.column: Case(*cases, default=F(change.column))}
    )
