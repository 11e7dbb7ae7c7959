"""The calendar as its page shows it: periods that are open, and those the schemes still have before them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from evaluation.enums import PeriodKind, SchemeState, SheetState
from evaluation.periods.models import LeftPeriod, Period
from evaluation.periods.queries.past import past_periods
from evaluation.periods.rules.calendar import Window, default_window, stage_periods
from evaluation.scheme.models.scheme import Scheme
from miyun_kpi.db.finding import one_of
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.lib.periods import PeriodCode

# Name of the state in the product's vocabulary, and its word on this page.
PHASES = {
    "before": ("later", "未到填报开始"),
    "open": ("reporting", "填报中"),
    "late": ("late_open", "可补报"),
    "closed": ("shut", "只能申请重开"),
    "locked": ("locked", "已锁定"),
}


@dataclass(frozen=True)
class PeriodLine:
    period: Period
    phase: str
    sheets: int
    filed: int
    late: int
    tracking: int

    @property
    def state(self) -> str:
        return PHASES[self.phase][0]

    @property
    def word(self) -> str:
        return PHASES[self.phase][1]

    @property
    def is_month(self) -> bool:
        return self.period.kind == PeriodKind.MONTH


@dataclass(frozen=True)
class PlannedPeriod:
    """A period of a stage that nobody has opened yet, with the default (推定) window."""

    code: str
    label: str
    window: Window
    due_now: bool


def period_lines(at: datetime) -> list[PeriodLine]:
    """All opened periods, the newest first, in two queries."""
    filed = Q(sheets__state=SheetState.FILED)
    periods = Period.objects.annotate(
        sheet_count=Count("sheets"),
        filed_count=Count("sheets", filter=filed),
        late_count=Count("sheets", filter=filed & Q(sheets__late=True)),
    ).order_by("-starts_at", "-code")
    tracking = dict(DutyPeriod.objects.values_list("period").annotate(Count("pk")).order_by())
    return [
        PeriodLine(p, p.window.phase(at), p.sheet_count, p.filed_count, p.late_count, tracking.get(p.code, 0))
        for p in periods
    ]


def planned_periods(at: datetime, opened: Sequence[PeriodLine]) -> list[PlannedPeriod]:
    """Months, quarters and the year of schemes in force that are not open yet, in order of their beginning."""
    known = {line.period.code for line in opened} | {str(code) for code in past_periods()}
    known |= set(LeftPeriod.objects.values_list("code", flat=True))
    wanted: set[PeriodCode] = set()
    for scheme in Scheme.objects.filter(state=SchemeState.IN_FORCE):
        wanted.add(PeriodCode(scheme.year))  # 专项考评, opened by the office
        wanted |= set(stage_periods(PeriodCode.parse(scheme.process_from), PeriodCode.parse(scheme.process_to)))
    found = [(code, default_window(code)) for code in wanted if str(code) not in known]
    found.sort(key=lambda one: (one[1].starts_at, str(one[0])))
    return [
        PlannedPeriod(str(code), code.label, window, window.starts_at <= at < window.locks_at) for code, window in found
    ]


@dataclass(frozen=True)
class PastPeriods:
    """往期未开启: those to decide on, with the default window they had, and those that were left."""

    waiting: list[PlannedPeriod]
    left: list[LeftPeriod]


def past_lines() -> PastPeriods:
    waiting = [PlannedPeriod(str(code), code.label, default_window(code), False) for code in past_periods()]
    return PastPeriods(waiting, list(LeftPeriod.objects.all()))


def other_periods(lines: Sequence[PeriodLine]) -> list[PeriodCode]:
    """All that can still be opened in the years of schemes in force: quarters, months, the year."""
    known = {line.period.code for line in lines}
    years = sorted(set(Scheme.objects.filter(state=SchemeState.IN_FORCE).values_list("year", flat=True)), reverse=True)
    found = [
        one
        for year in years
        for one in (
            *(PeriodCode(year, quarter=n) for n in range(1, 5)),
            *(PeriodCode(year, month=n) for n in range(1, 13)),
            PeriodCode(year),
        )
    ]
    return [one for one in found if str(one) not in known]


def period_by(code: str) -> Period:
    period = one_of(Period.objects.filter(code=code), "没有开启这个期间。")
    return period
