"""The calendar of one year: the windows of all its periods, opened or still as the template has them."""

from dataclasses import dataclass
from datetime import datetime

from evaluation.enums import SchemeState
from evaluation.periods.models import Period
from evaluation.periods.queries.periods import PHASES
from evaluation.periods.rules.calendar import Window, default_window, stage_periods
from evaluation.periods.rules.year import MonthDays, months_of, working_days_to_file
from evaluation.scheme.models.scheme import Scheme
from miyun_kpi.lib import workdays
from miyun_kpi.lib.periods import PeriodCode


@dataclass(frozen=True)
class CalendarLine:
    """`period` None while nobody has opened it: then the window is that of the template (推定)."""

    code: str
    label: str
    kind: str
    window: Window
    period: Period | None
    phase: str

    @property
    def working_days(self) -> int:
        return working_days_to_file(self.window)

    @property
    def moved(self) -> bool:
        """Whether an opened period has other dates than the template."""
        return self.period is not None and self.window != default_window(PeriodCode.parse(self.code))

    @property
    def state(self) -> tuple[str, str]:
        return PHASES[self.phase] if self.period else ("not_started", "还没有开启")


@dataclass(frozen=True)
class YearCalendar:
    """`announced`: (year, whether its shifts are) for every year that the windows touch."""

    year: int
    lines: list[CalendarLine]
    months: list[MonthDays]
    announced: list[tuple[int, bool]]
    years: list[int]

    @property
    def unannounced(self) -> list[int]:
        return [year for year, known in self.announced if not known]


def year_calendar(year: int, at: datetime) -> YearCalendar:
    """In three queries. Periods by the beginning of their windows."""
    wanted: dict[str, PeriodCode] = {}
    years: set[int] = set()
    for scheme in Scheme.objects.filter(state=SchemeState.IN_FORCE):
        years.add(scheme.year)
        if scheme.year == year:
            stage = stage_periods(PeriodCode.parse(scheme.process_from), PeriodCode.parse(scheme.process_to))
            wanted |= {str(code): code for code in stage}
    opened = {period.code: period for period in Period.objects.filter(code__startswith=str(year))}
    years |= {int(code[:4]) for code in Period.objects.values_list("code", flat=True)}
    wanted |= {code: PeriodCode.parse(code) for code in opened}
    lines = [_line(code, opened.get(str(code)), at) for code in wanted.values()]
    lines.sort(key=lambda line: (line.window.starts_at, line.code))
    touched = {year} | {line.window.locks_at.astimezone().year for line in lines}
    announced = [(one, workdays.shifts_announced(one)) for one in sorted(touched)]
    return YearCalendar(year, lines, months_of(year), announced, sorted(years | {year}))


def _line(code: PeriodCode, period: Period | None, at: datetime) -> CalendarLine:
    window = period.window if period else default_window(code)
    return CalendarLine(str(code), code.label, code.kind, window, period, window.phase(at))
