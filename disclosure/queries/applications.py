"""Applications with their clocks, for lists, the desk and notices; never the applicant."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from disclosure.models import Application, FormerNumber
from disclosure.rules.annual import Case, Dispute
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


def has_late(row: Application) -> bool:
    """Whether an act on it was registered late, as access.visible_applications counts it beside the row."""
    return bool(getattr(row, "has_late", False))


@dataclass(frozen=True)
class Line:
    row: Application
    clock: Clock

    @property
    def late(self) -> bool:
        return has_late(self.row)

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
    """Applications are numbered within their organ; what it gave to one that another answers now is not given again."""
    given = (
        model.objects.filter(organisation_id=organisation_id).aggregate(top=Max("number"))["top"] or 0
        for model in (Application, FormerNumber)
    )
    return int(max(given)) + 1


def facts_of(row: Application) -> Facts:
    holds = tuple(Pause(one.get_kind_display(), one.sent_on, one.returned_on) for one in row.holds.all())
    return Facts(
        row.received_on,
        row.correction_sent_on,
        row.corrected_on,
        holds,
        row.extension_days,
        row.answered_on,
        row.again_from,
        row.again_days or 0,
    )


def line_of(row: Application, today: date) -> Line:
    return Line(row, clock(facts_of(row), today))


def cases_of(rows: Iterable[Application]) -> list[Case]:
    """With the first answer that was given: one that was ordered later counts among 复议诉讼."""
    found = []
    for row in rows:
        first = next((one for one in row.challenges.all() if one.former_on and not one.struck_at), None)
        on, outcome = (first.former_on, first.former_outcome) if first else (row.answered_on, row.outcome)
        found.append(Case(row.applicant_kind, row.received_on, on, outcome))
    return found


def disputes_of(rows: Iterable[Application]) -> list[Dispute]:
    return [
        Dispute(one.kind, one.notified_on, one.decided_on, one.finding)
        for row in rows
        for one in row.challenges.all()
        if not one.struck_at
    ]


def late_in(rows: Iterable[Application], year: int) -> int:
    """How many of the year's applications hold an act that was registered late (补登)."""
    return sum(has_late(row) for row in rows if row.received_on.year == year)
