"""From which period a 修订 of the scheme holds. Earlier periods keep the figures they were examined by."""

from collections.abc import Iterable
from typing import TypeVar

from miyun_kpi.lib.periods import PeriodCode

Key = TypeVar("Key")
Value = TypeVar("Value")


def holds(effective_from: PeriodCode, period: PeriodCode) -> bool:
    """Whether a change from a quarter on is in force in a month, quarter or year; the year follows what it ends with."""
    return period.last_day >= effective_from.first_day


def values_of_the_period(changes: Iterable[tuple[Key, Value, PeriodCode]], period: PeriodCode) -> dict[Key, Value]:
    """Old values that still hold in the period. `changes`: figure, old value, from when, in order of the 修订.

    The first change not yet in force says what the figure was before it.
    """
    values: dict[Key, Value] = {}
    for key, old, effective_from in changes:
        if key not in values and not holds(effective_from, period):
            values[key] = old
    return values


def version_words(base: str, amendments: int) -> str:
    """The version of the rules with the number of the 修订 in force: `2021·1`, `2021·1·修2`."""
    return f"{base}·修{amendments}" if amendments else base
