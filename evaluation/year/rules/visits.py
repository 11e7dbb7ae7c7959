"""避免扎堆到基层考核 (13号 五（二）): which visits to one unit lie close together. Pure. The days are a setting (推定).

No distance is printed; a week by default, so that a unit is not asked to receive two evaluators in one. It only asks for a reason.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

CLAUSE = "五（二）"


@dataclass(frozen=True)
class Days:
    """One visit, days inclusive."""

    key: int
    organisation: int
    starts_on: date
    ends_on: date


def gap(one: Days, other: Days) -> int:
    """Days from the end of the earlier to the start of the later; 0 where they touch or overlap."""
    first, second = sorted((one, other), key=lambda days: days.starts_on)
    return max(0, (second.starts_on - first.ends_on).days)


def close_to(one: Days, others: Iterable[Days], within: int) -> list[tuple[Days, int]]:
    """Other visits to the same unit at most `within` days apart, the nearest first."""
    found = [
        (other, gap(one, other))
        for other in others
        if other.key != one.key and other.organisation == one.organisation and gap(one, other) <= within
    ]
    return sorted(found, key=lambda pair: (pair[1], pair[0].key))
