"""附件: which count tables are added up. Each counts to its day, so the newest of a unit and town; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Protocol

# The unit that fills a table, and the town that it counts; codes, "" for none.
Place = tuple[str, str]


class Gone(Protocol):
    @property
    def on(self) -> date: ...
    @property
    def into(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class Filled:
    """`values` as they stand; `before`: of one that went over with a merger, and was not given another day since, the fields
    as they were filled in."""

    values: Mapping[str, str]
    before: Mapping[str, str]

    @property
    def as_of(self) -> str:
        return self.values.get("as_of", "")

    def place(self, gone: Mapping[str, Gone]) -> Place:
        """Of whom it counts: of those it was filled in for, whoever has it by now."""
        now, then = (_place(one) for one in (self.values, {**self.values, **self.before}))
        return then if any(code in gone for code in set(then) - set(now)) else now


def _place(values: Mapping[str, str]) -> Place:
    return values.get("unit", ""), values.get("town", "")


def newest(rows: Iterable[Filled], gone: Mapping[str, Gone]) -> list[Mapping[str, str]]:
    """Of each place the newest table, `rows` being in the order of their days. That of a place that has ended counts beside
    its heir's until a table of the heir is as of the day of the change or later, and later than that place's own, which may
    have been filled in before the change was known (推定): it counts what was taken over itself.

    Of one that was split the first such table of any heir takes its place (推定): nothing is counted twice.
    """
    latest = {row.place(gone): row for row in rows}
    return [row.values for place, row in latest.items() if not _taken_over(place, row.as_of, latest, gone)]


def _taken_over(place: Place, own: str, latest: Mapping[Place, Filled], gone: Mapping[str, Gone]) -> bool:
    """Step by step through all changes, the earliest first; `own`: the day of the table that is asked about."""
    days = [gone[code].on for code in place if code in gone]
    if not days:
        return False
    on = min(days)
    into = [gone[code].into if code in gone and gone[code].on == on else [code] for code in place]
    for unit, town in product(*into):
        heir = latest.get((unit, town))
        if heir is not None and heir.as_of >= on.isoformat() and heir.as_of > own:
            return True
        later = [gone[code].on for code in (unit, town) if code in gone]
        if later and min(later) >= on and (unit, town) != place and _taken_over((unit, town), own, latest, gone):
            return True
    return False
