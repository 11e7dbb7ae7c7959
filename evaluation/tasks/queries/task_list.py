"""绩效任务清单 as pages and files show it: by indicator, by unit, and one task with its course."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from evaluation.enums import FigureKind
from evaluation.scheme.models.scheme import Figure, Indicator, Scheme
from evaluation.scheme.models.tasks import Task
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.organisations.models import Organisation


@dataclass(frozen=True)
class ListedIndicator:
    indicator: Indicator
    carriers: int
    units: int
    tasks: int


def listed(indicators: QuerySet[Indicator], tasks: QuerySet[Task]) -> list[ListedIndicator]:
    """Indicators with how many units carry them and how many have tasks, in three queries."""
    active = tasks.filter(withdrawn_at=None).order_by()
    counted = {
        row["indicator_id"]: row
        for row in active.values("indicator_id").annotate(
            tasks=Count("pk"), units=Count("organisation_id", distinct=True)
        )
    }
    carried = Figure.objects.filter(kind=FigureKind.CARRIED, value="yes", indicator__isnull=False).order_by()
    carriers = dict(carried.values_list("indicator_id").annotate(Count("pk")))
    none = {"units": 0, "tasks": 0}
    return [
        ListedIndicator(
            one,
            carriers.get(one.pk, 0),
            counted.get(one.pk, none)["units"],
            counted.get(one.pk, none)["tasks"],
        )
        for one in indicators.order_by("-scheme__year", "-scheme__track", "number")
    ]


@dataclass
class UnitTasks:
    """A unit under an indicator; without active tasks it reports the indicator as a whole."""

    organisation: Organisation
    tasks: list[Task] = field(default_factory=list)
    withdrawn: list[Task] = field(default_factory=list)


def by_unit(carriers: Sequence[Organisation], tasks: QuerySet[Task]) -> list[UnitTasks]:
    """Carriers in printed order, then units that no longer carry the indicator but have tasks."""
    rows = {organisation.pk: UnitTasks(organisation) for organisation in carriers}
    for task in tasks.order_by("organisation__order", "number"):
        unit = rows.setdefault(task.organisation_id, UnitTasks(task.organisation))
        (unit.tasks if task.active else unit.withdrawn).append(task)
    return list(rows.values())


def course_of(task: Task) -> list[DutyPeriod]:
    """What was reported on a task, the newest month first."""
    found = DutyPeriod.objects.filter(unit__duty=task.duty_id).select_related("report", "unit__organisation")
    return list(found.order_by("-period"))


def newest_courses(tasks: Sequence[Task]) -> dict[int, str]:
    """Task id → course of its newest submitted report, in one query."""
    duties = {task.duty_id: task.pk for task in tasks}
    rows = DutyPeriod.objects.filter(unit__duty__in=duties, report__submitted_at__isnull=False)
    found = {}
    for row in rows.select_related("unit", "report").order_by("period"):
        found[duties[row.unit.duty_id]] = f"{row.report.get_course_display()}（{row.period[5:]}月）"
    return found


def whole_of_unit(organisation: Organisation, tasks: QuerySet[Task]) -> tuple[list[Task], list[Indicator]]:
    """A unit's whole list, and the indicators it carries without any task."""
    own = list(
        tasks.filter(organisation=organisation).order_by(
            "-indicator__scheme__year", "-indicator__scheme__track", "indicator__number", "number"
        )
    )
    with_tasks = {task.indicator_id for task in own if task.active}
    carried = Q(figures__kind=FigureKind.CARRIED, figures__value="yes", figures__organisation=organisation)
    found = (
        Indicator.objects.filter(carried, scheme__in=Scheme.objects.issued())
        .exclude(pk__in=with_tasks)
        .select_related("scheme")
    )
    return own, list(found.order_by("-scheme__year", "number").distinct())
