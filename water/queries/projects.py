"""Projects with their stages and the printed milestones of their task."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from miyun_kpi.duties.enums import DutyKind
from miyun_kpi.duties.models import Duty
from miyun_kpi.duties.queries.when import timing_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.registers.access import visible_to
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import kind_by
from water.enums import DOCUMENT
from water.models import Phase
from water.rules.phases import Dates, slip, state_of


@dataclass(frozen=True)
class PhaseView:
    phase: Phase
    dates: Dates
    state: str
    slip: int


@dataclass(frozen=True)
class Milestone:
    """`day` is what the system counts by; `when` says what is printed and how the day follows from it."""

    clause: str
    words: str
    day: date
    when: str
    printed: str
    day_status: str


@dataclass(frozen=True)
class ProjectView:
    project: Record
    task: str
    phases: Sequence[PhaseView]
    milestones: Sequence[Milestone]

    @property
    def slip(self) -> int:
        """Days behind of the stage furthest behind that is not finished, else of the last one."""
        open_ones = [one.slip for one in self.phases if one.state != "done"]
        return max(open_ones, default=self.phases[-1].slip if self.phases else 0)


def milestones() -> list[Milestone]:
    """The dated parts of 三（四）3 and 4, as printed."""
    found = Duty.objects.filter(
        document=DOCUMENT, kind=DutyKind.MILESTONE, due_on__isnull=False, withdrawn_on__isnull=True
    )
    return [
        Milestone(
            one.clause, one.title, one.due_on, timing.words, timing.printed, timing.counted_status or timing.basis
        )
        for one, timing in ((one, timing_of(one)) for one in found.order_by("clause"))
        if one.due_on
    ]


def projects(actor: Actor, on: date, project_id: int | None = None) -> list[ProjectView]:
    """Three queries, whatever the number of projects."""
    kind, rights = kind_by("water", "project")
    rows = visible_to(actor, kind, rights).filter(struck_at__isnull=True)
    if project_id is not None:
        rows = rows.filter(pk=project_id)
    phases: dict[int, list[PhaseView]] = {}
    for phase in Phase.objects.filter(project__in=rows.order_by()).order_by("order"):
        dates = Dates(phase.planned_from, phase.planned_to, phase.actual_from, phase.actual_to)
        phases.setdefault(phase.project_id, []).append(PhaseView(phase, dates, state_of(dates, on), slip(dates, on)))
    marks = milestones()
    field = kind.field("task")
    return [
        ProjectView(
            row,
            f"{row.values.get('task', '')} {field.words(row.values.get('task', ''))}",
            phases.get(row.pk, []),
            [one for one in marks if one.clause.startswith(row.values.get("task") or "?")],
        )
        for row in rows.order_by("number")
    ]
