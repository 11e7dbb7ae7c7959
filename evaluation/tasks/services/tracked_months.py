"""What a month of 月跟踪 asks of each unit: its tasks where it has a 绩效任务清单, else the indicator as a whole."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from evaluation.enums import PeriodKind
from evaluation.periods.models import Period
from evaluation.scheme.models.scheme import Indicator
from evaluation.scheme.models.tasks import Task
from evaluation.scheme.queries.schemes import IndicatorView, SchemeView, scheme_view
from evaluation.tracking.queries.tracking import EVIDENCE
from evaluation.tracking.rules import TRACKED, duty_key, duty_prefix
from miyun_kpi.attachments.queries import attached
from miyun_kpi.duties.enums import ReportState
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.duties.services import DutyWindow, WantedDuty, open_monthly, withdraw


def assignment_key(indicator: Indicator) -> str:
    scheme = indicator.scheme
    return duty_key(scheme.year, scheme.track, indicator.number)


def open_month(period: Period, view: SchemeView, only: Collection[int] | None = None) -> int:
    """Rows the month lacks; `only` limits it to some indicators. Returns how many are new.

    In one month a unit reports either the whole or its tasks: what stands in the month already decides.
    """
    indicators = [iv for iv in view.indicators if only is None or iv.indicator.pk in only]
    for iv in indicators:
        iv.indicator.scheme = view.scheme
    tasks: dict[tuple[int, int], list[Task]] = {}
    for task in Task.objects.filter(indicator__scheme=view.scheme, withdrawn_at=None).select_related("duty"):
        tasks.setdefault((task.indicator_id, task.organisation_id), []).append(task)
    standing = _standing(period, view)
    wanted = [duty for iv in indicators for duty in _wanted(view, iv, tasks, standing)]
    window = DutyWindow(period.starts_at, period.due_at, period.late_until, period.locks_at)
    return open_monthly(wanted, period=period.code, window=window)


def _standing(period: Period, view: SchemeView) -> set[tuple[str, int, bool]]:
    """(key of the assignment, organisation, whether a task's) of the rows that stand in the month."""
    prefix = duty_prefix(view.scheme.year, view.scheme.track)
    rows = DutyPeriod.objects.filter(period=period.code, unit__duty__key__startswith=prefix)
    found = set()
    for key, organisation_id in rows.values_list("unit__duty__key", "unit__organisation_id"):
        parts = key.split("/")
        found.add(("/".join(parts[:4]), organisation_id, len(parts) > 4))
    return found


def _wanted(
    view: SchemeView,
    iv: IndicatorView,
    tasks: dict[tuple[int, int], list[Task]],
    standing: set[tuple[str, int, bool]],
) -> list[WantedDuty]:
    key = assignment_key(iv.indicator)
    whole, wanted = [], []
    for organisation_id in sorted(iv.carriers):
        own = tasks.get((iv.indicator.pk, organisation_id), [])
        if (key, organisation_id, False) in standing or not (own or (key, organisation_id, True) in standing):
            whole.append(organisation_id)
            continue
        wanted += [
            WantedDuty(
                key=task.duty.key,
                document=view.scheme.document_id or "",
                scope=TRACKED,
                clause=iv.indicator.clause,
                title=task.name,
                organisation_ids=(organisation_id,),
            )
            for task in own
        ]
    assignment = WantedDuty(
        key=key,
        document=view.scheme.document_id or "",
        scope=TRACKED,
        clause=iv.indicator.clause,
        title=f"月跟踪：{iv.indicator.short_name}",
        organisation_ids=tuple(whole),
        offline_only=iv.indicator.offline_only,
    )
    return [assignment, *wanted]


def follow_tasks(indicator: Indicator, organisation_ids: Collection[int], at: datetime) -> None:
    """Open months follow a changed 任务清单 as far as nothing was saved; the others from the next opening."""
    scheme = indicator.scheme
    months = Period.objects.filter(kind=PeriodKind.MONTH, code__startswith=f"{scheme.year}-", locks_at__gt=at)
    key = assignment_key(indicator)
    for period in months.order_by("code"):
        _make_room(key, indicator, organisation_ids, period.code)
        open_month(period, scheme_view(scheme, period.period_code), {indicator.pk})


def _make_room(key: str, indicator: Indicator, organisation_ids: Collection[int], period: str) -> None:
    """Take away untouched rows that are no longer owed: the whole beside tasks, and withdrawn tasks."""
    active = Task.objects.filter(indicator=indicator, organisation__in=organisation_ids, withdrawn_at=None)
    with_tasks = set(active.values_list("organisation_id", flat=True))
    rows = DutyPeriod.objects.filter(
        Q(unit__duty__key=key) | Q(unit__duty__key__startswith=f"{key}/"),
        period=period,
        unit__organisation__in=organisation_ids,
        state=ReportState.EXPECTED,
    )
    stale = [
        row
        for row in rows.select_related("unit__duty__task")
        if (row.unit.organisation_id in with_tasks if row.unit.duty.key == key else not row.unit.duty.task.active)
    ]
    kept = attached(EVIDENCE, [row.pk for row in stale])
    gone = [(row.unit.duty.key, row.unit.organisation_id) for row in stale if not kept.get(row.pk)]
    withdraw(gone, periods=[period])
