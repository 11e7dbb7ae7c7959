"""The acts of the story in the order of their moments, so that the audit reads like one that was kept day by day."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count

from evaluation.periods.rules.calendar import SHANGHAI, Window
from miyun_kpi.lib import workdays

# Called with what was planned with it, and its moment as the last argument.
Act = Callable[..., object]


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


class Agenda:
    """Moments are counted back from the day of loading in working days. An act may plan what follows from it."""

    def __init__(self, at: datetime) -> None:
        self.loaded = at
        self._today = at.astimezone(SHANGHAI).date()
        self._acts: list[tuple[datetime, int, Callable[[datetime], object]]] = []
        self._order = count()

    def date(self, back: int) -> date:
        """The `back`-th working day before the day of loading."""
        day = self._today
        for _ in range(back):
            day -= timedelta(days=1)
            while not workdays.is_working_day(day):
                day -= timedelta(days=1)
        return day

    def at(self, back: int, hour: int = 9, minute: int = 0) -> datetime:
        return moment(self.date(back), hour, minute)

    def window(self, starts: int, due: int, late: int, locks: int) -> Window:
        """A window of filing that lies behind, by working days before the loading."""
        return Window(self.at(starts, 0), self.at(due, 18), self.at(late, 18), self.at(locks, 0))

    def plan(self, when: datetime, act: Act, *about: object, **further: object) -> None:
        """`act(*about, when, **further)` at its moment."""
        assert when <= self.loaded, f"{when} has not come yet"
        heappush(self._acts, (when, next(self._order), lambda at: act(*about, at, **further)))

    def run(self) -> None:
        last = datetime.min.replace(tzinfo=SHANGHAI)
        while self._acts:
            when, _, act = heappop(self._acts)
            assert last <= when, f"{when} is planned after {last} has passed"
            last = when
            act(when)
