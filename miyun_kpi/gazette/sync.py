"""Brings a table of reference data to the committed rows with few statements."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def sync_rows(
    stored: QuerySet[M],
    key: tuple[str, ...],
    wanted: Mapping[tuple[Any, ...], Mapping[str, Any]],
) -> tuple[int, int, dict[tuple[Any, ...], M]]:
    """Create what is missing and update what differs; rows no longer wanted are kept (others may point to them).

    `key` names columns, `wanted` maps their values to the remaining columns. Returns created, changed, and all rows by key.
    """
    model = stored.model
    rows: dict[tuple[Any, ...], M] = {tuple(getattr(row, name) for name in key): row for row in stored}
    missing, differing, columns = [], [], set()
    for values, fields in wanted.items():
        row = rows.get(values)
        if row is None:
            row = rows[values] = model(**dict(zip(key, values, strict=True)), **fields)
            missing.append(row)
            continue
        changed = [name for name, value in fields.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, fields[name])
        if changed:
            differing.append(row)
            columns.update(changed)
    manager = model._default_manager
    manager.bulk_create(missing, batch_size=500)
    if differing:
        manager.bulk_update(differing, sorted(columns), batch_size=200)
    return len(missing), len(differing), rows


def not_yet_loaded(loader: str, keys: Sequence[str]) -> set[str]:
    """The keys this loader has never put in."""
    from miyun_kpi.gazette.models import LoadedRow

    return set(keys) - set(LoadedRow.objects.filter(loader=loader).values_list("key", flat=True))


def remember_loaded(loader: str, keys: Sequence[str]) -> None:
    from miyun_kpi.gazette.models import LoadedRow

    LoadedRow.objects.bulk_create([LoadedRow(loader=loader, key=key) for key in sorted(keys)], batch_size=500)
