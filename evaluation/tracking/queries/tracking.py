"""月跟踪 as pages show it: a unit's month, a line, the lines an evaluator reviews."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from evaluation.periods.models import Period
from evaluation.scheme.models.scheme import Indicator, Scheme
from evaluation.scheme.models.tasks import Task
from evaluation.tracking.rules import Tracked, duty_key, repeated, tracked_of, why_not_as_before
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.attachments.queries import attached
from miyun_kpi.duties.models import DutyPeriod, ProgressReport
from miyun_kpi.duties.queries.reports import is_writable, standing_of
from miyun_kpi.duties.rules.standing import Tally
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.routes import to

if TYPE_CHECKING:
    # The sheet stands above this subject, which only answers what lies beside its marks.
    from evaluation.sheets.models.marks import MarkSheet

EVIDENCE = "evaluation.report"


def tracked_address(row: DutyPeriod) -> str:
    """Where a line of 月报 is filled in."""
    page = to("evaluation:monthly-report", row.unit.organisation.code, row.period)
    return f"{page}#line-{row.pk}"


@dataclass
class Line:
    """One indicator of a unit's month with what was said the month before."""

    duty_period: DutyPeriod
    indicator: Indicator
    standing: str
    writable: bool
    before: ProgressReport | None = None
    files: list[Attachment] = field(default_factory=list)
    task: Task | None = None

    @property
    def title(self) -> str:
        """What is reported on: a task of the unit's list, or the indicator as a whole."""
        return self.task.name if self.task else self.indicator.short_name

    @property
    def report(self) -> ProgressReport | None:
        return getattr(self.duty_period, "report", None)

    @property
    def shown(self) -> ProgressReport | None:
        """What stands in the fields: what is saved, else what was said last month."""
        return self.report or self.before

    @property
    def prefilled(self) -> bool:
        return self.report is None and self.before is not None

    @property
    def offline(self) -> bool:
        return self.duty_period.unit.duty.offline_only

    @property
    def why_not_as_before(self) -> str:
        return why_not_as_before(
            writable=self.writable,
            saved=self.report is not None,
            offline=self.offline,
            told_before=self.before is not None,
        )

    @property
    def as_before(self) -> bool:
        """Whether it may be said as last month by one key."""
        return self.writable and not self.offline and self.before is not None

    @property
    def repeated(self) -> bool:
        """照上月 two months running."""
        return repeated([bool(one and one.unchanged) for one in (self.before, self.report)])

    @property
    def state(self) -> tuple[str, str]:
        """A word of the status vocabulary and the word to show for it."""
        name, report = self.duty_period.state, self.report
        if name == "exempt":
            return "exempt", "免报"
        if self.duty_period.missed and name in ("filed", "accepted"):
            return ("accepted", "逾期未报，补报通过") if name == "accepted" else ("submitted", "逾期补报，待审核")
        if name == "accepted":
            return "accepted", "通过（迟报）" if self.duty_period.late else "通过"
        if name == "filed":
            return ("late", "迟报，待审核") if self.duty_period.late else ("submitted", "待审核")
        if self.standing == "returned":
            return "returned", "退回，已改未报" if name == "draft" else "退回"
        if self.standing == "missing":
            return "missing", "缺报"
        if report is not None:
            return "saved", "已存"
        return {"late_open": ("late_open", "可补报"), "not_started": ("not_started", "未开始")}.get(
            self.standing, ("not_filed", "未填")
        )


def indicators_of(lines: Iterable[DutyPeriod]) -> dict[Tracked, Indicator]:
    """The indicators behind duties, in one query."""
    wanted = {tracked_of(line.unit.duty.key) for line in lines}
    found = Indicator.objects.filter(
        scheme__in=Scheme.objects.issued().filter(year__in={one.year for one in wanted})
    ).select_related("scheme")
    by_place = {Tracked(i.scheme.year, i.scheme.track, i.number): i for i in found}
    return {one: by_place[one] for one in wanted if one in by_place}


def lines_of(found: QuerySet[DutyPeriod], at: datetime, *, with_files: bool = True) -> list[Line]:
    rows = list(found)
    indicators = indicators_of(rows)
    files = attached(EVIDENCE, [row.pk for row in rows]) if with_files else {}
    tasks = {task.duty_id: task for task in Task.objects.filter(duty__in={row.unit.duty_id for row in rows})}
    lines = [
        Line(
            duty_period=row,
            indicator=indicators[tracked_of(row.unit.duty.key)],
            standing=standing_of(row, at),
            writable=is_writable(row, at),
            files=files.get(row.pk, []),
            task=tasks.get(row.unit.duty_id),
        )
        for row in rows
        if tracked_of(row.unit.duty.key) in indicators
    ]
    return sorted(
        lines,
        key=lambda line: (
            line.indicator.scheme.track,
            line.indicator.number,
            line.task.number if line.task else 0,
            line.duty_period.pk,
        ),
    )


@dataclass(frozen=True)
class UnitMonth:
    organisation: Organisation
    period: Period
    lines: list[Line]
    tally: Tally

    @property
    def saved(self) -> int:
        return sum(line.report is not None for line in self.lines)

    @property
    def draft(self) -> int:
        return sum(line.duty_period.state == "draft" for line in self.lines)

    @property
    def lacking(self) -> list[Line]:
        """Lines that may still be written and are not saved."""
        return [line for line in self.lines if line.writable and line.duty_period.state != "draft"]

    @property
    def as_before(self) -> int:
        """How many lines “其余同上月” would fill."""
        return sum(not line.why_not_as_before for line in self.lines)

    @property
    def writable(self) -> bool:
        return any(line.writable for line in self.lines)


def month_before(code: str) -> str:
    period = PeriodCode.parse(code)
    month = (period.month or 1) - 1
    return str(PeriodCode(period.year, month=month) if month else PeriodCode(period.year - 1, month=12))


def before_of(found: Iterable[DutyPeriod]) -> dict[int, ProgressReport]:
    """Unit of a duty → what it reported the month before, in one query. The lines are of one month."""
    rows = list(found)
    if not rows:
        return {}
    earlier = ProgressReport.objects.filter(
        duty_period__unit__in={row.unit_id for row in rows},
        duty_period__period=month_before(rows[0].period),
        submitted_at__isnull=False,
    )
    return {report.duty_period.unit_id: report for report in earlier.select_related("duty_period")}


def remember(lines: list[Line]) -> list[Line]:
    """Lines of one month with what was said the month before."""
    before = before_of(line.duty_period for line in lines)
    for line in lines:
        line.before = before.get(line.duty_period.unit_id)
    return lines


def unit_month(visible: QuerySet[DutyPeriod], organisation: Organisation, period: Period, at: datetime) -> UnitMonth:
    """All lines of a unit and month in a fixed number of queries; `visible` is the actor's scope."""
    own = visible.filter(unit__organisation=organisation)
    lines = lines_of(own.filter(period=period.code), at)
    remember(lines)
    tally = Tally()
    for line in lines:
        tally.add(line.standing)
    return UnitMonth(organisation, period, lines, tally)


def one_line(duty_period: DutyPeriod, at: datetime) -> Line:
    """A line alone, with the month before."""
    found = DutyPeriod.objects.filter(pk=duty_period.pk).select_related("unit__duty", "unit__organisation", "report")
    (line,) = remember(lines_of(found, at))
    return line


def month_periods(found: QuerySet[DutyPeriod]) -> list[Period]:
    """The months in which there is anything of `found`, newest first."""
    codes = set(found.order_by().values_list("period", flat=True).distinct())
    return list(Period.objects.filter(kind="month", code__in=codes).order_by("-code"))


def reports_of_sheet_row(sheet: "MarkSheet", organisation_id: int, at: datetime) -> list[Line]:
    """What a unit reported on the indicator of a sheet in the months of its period: the record beside the mark."""
    key = duty_key(sheet.scheme.year, sheet.scheme.track, sheet.indicator.number)
    found = DutyPeriod.objects.filter(
        Q(unit__duty__key=key) | Q(unit__duty__key__startswith=f"{key}/"),
        unit__organisation_id=organisation_id,
        period__in=[str(month) for month in sheet.period.period_code.months],
    )
    rows = found.select_related("unit__duty", "unit__organisation", "report")
    lines = lines_of(rows, at)
    for month in {line.duty_period.period for line in lines}:
        remember([line for line in lines if line.duty_period.period == month])
    return sorted(lines, key=lambda line: (line.duty_period.period, line.task.number if line.task else 0))
