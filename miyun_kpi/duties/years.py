"""Twenty years of duties for measuring (lib.years): every unit reports monthly, most in time, some late, few not at all."""

from collections.abc import Iterator, Sequence
from itertools import islice

from miyun_kpi.duties.enums import Cadence, Course, ReportState
from miyun_kpi.duties.models import DutyDocument, DutyPeriod, DutyUnit, ProgressReport
from miyun_kpi.duties.queries.owing import days_of
from miyun_kpi.duties.rules.cadence import SpanWindow, span_on, window_of
from miyun_kpi.duties.services.settling import settle
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.lib.years import Years

BY = "虚构"
BATCH = 5_000
# Of a hundred periods: so many are reported late, so many let pass and made up; of two hundred one is exempt.
LATE, MISSED = 5, 1
# Of a thousand so many are never reported at all.
NEVER = 2


def fill(years: Years) -> int:
    rows = _periods(years)
    number = 0
    while batch := list(islice(rows, BATCH)):
        made = DutyPeriod.objects.bulk_create(batch)
        number += len(made)
        ProgressReport.objects.bulk_create([_report(row) for row in made if row.state == ReportState.ACCEPTED])
    settle(years.at)
    return number


def _periods(years: Years) -> Iterator[DutyPeriod]:
    units: dict[str, list[int]] = {}
    active = DutyUnit.objects.filter(active=True, duty__scope="", duty__withdrawn_on__isnull=True)
    for pk, document in active.order_by("pk").values_list("pk", "duty__document"):
        units.setdefault(document, []).append(pk)
    codes = {str(PeriodCode(year, month=month)): PeriodCode(year, month=month) for year, month in years.months()}
    known = set(DutyPeriod.objects.filter(period__in=list(codes)).values_list("unit_id", "period"))
    kept = list(DutyDocument.objects.filter(document__in=list(units)).order_by("document"))
    for place, (code, period) in enumerate(codes.items()):
        span = span_on(Cadence.MONTHLY, period.first_day)
        for held in kept:
            window = window_of(span, Cadence.MONTHLY, days_of(held))
            yield from _of_units(units[held.document], code, window, place, known)


def _of_units(
    units: Sequence[int], code: str, window: SpanWindow, place: int, known: set[tuple[int, str]]
) -> Iterator[DutyPeriod]:
    for pk in units:
        if (pk, code) not in known:
            state, late, missed = _fate(pk * 7919 + place * 104_729)
            said = "虚构：窗口过后补报" if missed else ""
            yield DutyPeriod(
                unit_id=pk, period=code, state=state, late=late, missed=missed, made_up_reason=said, **window.__dict__
            )


def _fate(number: int) -> tuple[ReportState, bool, bool]:
    """State, late, made up after the window."""
    lot = number % 1_000
    if lot < NEVER:
        return ReportState.EXPECTED, False, False
    if lot < 7:
        return ReportState.EXEMPT, False, False
    if lot < 7 + 10 * MISSED:
        return ReportState.ACCEPTED, True, True
    return ReportState.ACCEPTED, lot < 7 + 10 * (MISSED + LATE), False


def _report(row: DutyPeriod) -> ProgressReport:
    on = row.late_until if row.missed or row.late else row.due_at
    return ProgressReport(
        duty_period=row,
        course=Course.ON_COURSE,
        progress=f"（虚构）{row.period} 按计划推进",
        saved_at=on,
        saved_by=BY,
        submitted_at=on,
        submitted_by=BY,
        decided_at=row.locks_at,
        decided_by=BY,
        version=2,
    )
