"""Applications with their clocks, for lists, the desk and notices; never the applicant."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from disclosure.models import Application
from disclosure.rules.annual import Case
from disclosure.rules.clocks import Clock, Facts, clock
from disclosure.rules.clocks import Hold as Pause

# State of the clock → word of the status vocabulary and what stands there.
STATES = {
    "correcting": ("due", "等补正"),
    "running": ("running", "办理中"),
    "due": ("due", "将到期"),
    "overdue": ("overdue", "逾期"),
    "on_time": ("done", "已答复"),
    "late": ("late", "逾期答复"),
}


@dataclass(frozen=True)
class Line:
    row: Application
    clock: Clock

    @property
    def over(self) -> int:
        """Working days past the limit."""
        return max(0, -self.clock.left)

    @property
    def status(self) -> str:
        return STATES[self.clock.state][0]

    @property
    def word(self) -> str:
        return "已归档" if self.row.archived_on else STATES[self.clock.state][1]


def next_number(organisation_id: int) -> int:
    """Applications are numbered within their organ."""
    top = Application.objects.filter(organisation_id=organisation_id).aggregate(top=Max("number"))["top"]
    return int(top or 0) + 1


def facts_of(row: Application) -> Facts:
    holds = tuple(Pause(one.get_kind_display(), one.sent_on, one.returned_on) for one in row.holds.all())
    return Facts(row.received_on, row.correction_sent_on, row.corrected_on, holds, row.extension_days, row.answered_on)


def line_of(row: Application, today: date) -> Line:
    return Line(row, clock(facts_of(row), today))


def cases_of(rows: Iterable[Application]) -> list[Case]:
    return [Case(row.applicant_kind, row.received_on, row.answered_on, row.outcome) for row in rows]
