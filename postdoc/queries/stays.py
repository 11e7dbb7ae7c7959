"""Stays with their milestones, for lists, pages, the desk and notices; never a personal datum."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from postdoc.enums import Leaving, Result
from postdoc.models import Stay
from postdoc.rules import leaving
from postdoc.rules.milestones import Milestone, milestones, open_ones


@dataclass(frozen=True)
class Line:
    row: Stay
    milestones: tuple[Milestone, ...]
    trips_over: int

    @property
    def open(self) -> list[Milestone]:
        return open_ones(self.milestones)

    @property
    def overdue(self) -> bool:
        return any(one.state == "overdue" for one in self.milestones) and self.row.left_on is None

    @property
    def state(self) -> tuple[str, str]:
        """Word of the status vocabulary, and what is said."""
        if self.row.leaving:
            said = {Leaving.COMPLETED: "done", Leaving.EARLY: "done", Leaving.WITHDRAWN: "ended"}
            return said[Leaving(self.row.leaving)], self.row.get_leaving_display()
        if self.trips_over or self.overdue:
            return "overdue", "在站，有逾期"
        return ("due", "在站，将到期") if self.open else ("running", "在站")


def with_milestones(found: QuerySet[Stay]) -> QuerySet[Stay]:
    return found.prefetch_related("milestones", "trips")


def line_of(row: Stay, today: date) -> Line:
    done = {one.code: (one.done_on, one.result == Result.PASSED) for one in row.milestones.all()}
    found = milestones(
        row.entered_on, row.ends_on, degree_pending=row.degree_on is None, done=done, today=today, left_on=row.left_on
    )
    over = [leaving.days_overdue(one.return_by, today) for one in row.trips.all() if one.returned_on is None]
    return Line(row, tuple(found), max(over, default=0) if row.left_on is None else 0)


def facts_of(row: Stay, on: date) -> leaving.Facts:
    """What the grounds of 第十六条 are held against on the day."""
    away = [
        one.return_by
        for one in row.trips.all()
        if one.out_on <= on and (one.returned_on is None or one.returned_on > on)
    ]
    failed = any(one.result == Result.FAILED for one in row.milestones.all())
    return leaving.Facts(row.entered_on, row.ends_on, row.degree_on, failed, tuple(away))
