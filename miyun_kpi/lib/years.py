"""Years of invented data for measuring: each app fills its own tables, hung in here from AppConfig.ready(). Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True)
class Years:
    """`number` years that end on the day of `at`. Nothing in them is drawn by lot: the same call fills the same."""

    number: int
    at: datetime

    @property
    def last_day(self) -> date:
        return self.at.astimezone().date()

    def moments(self, yearly: int) -> Iterator[datetime]:
        """`yearly` moments a year, evenly spread, the oldest first."""
        whole = yearly * self.number
        seconds = (365 * self.number - 1) * 86_400
        return (self.at - timedelta(seconds=seconds - seconds * place // whole) for place in range(whole))

    def months(self) -> list[tuple[int, int]]:
        """Year and month of the twelve months of each year, oldest first; the last is the one before the last but one."""
        last = self.last_day.year * 12 + self.last_day.month - 4
        found = (divmod(last - back, 12) for back in reversed(range(12 * self.number)))
        return [(year, month + 1) for year, month in found]


# Answers how many rows were written.
Fill = Callable[[Years], int]
_fills: dict[str, tuple[str, Fill]] = {}


def register_years(name: str, words: str, fill: Fill) -> None:
    _fills[name] = (words, fill)


def year_fills() -> dict[str, tuple[str, Fill]]:
    return dict(_fills)
