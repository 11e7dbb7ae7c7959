"""Invented 月报 of the demonstration: mostly on time, some late, missing or given back; the same on every machine."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta

from evaluation.demo.marks import draw
from evaluation.enums import DOCUMENT
from evaluation.periods.models import Period
from evaluation.periods.rules.calendar import Window, default_window
from evaluation.sheets.services.periods import open_period
from miyun_kpi.duties.enums import Course, ReportState
from miyun_kpi.duties.models import DutyPeriod, ProgressReport
from miyun_kpi.duties.services import ReportInput
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.citations import code_of
from miyun_kpi.lib.periods import PeriodCode

PAST_MONTHS = (PeriodCode(2020, month=7), PeriodCode(2020, month=8))
PRESENT_MONTH = PeriodCode(2020, month=9)
INVENTED = "演示数据"
OBSERVATION = "（虚构）进展没有数字，请补充。"
# The unit whose demonstration account reports: its month is left to be filled.
LEFT_OPEN = "beizhuang-zhen"


def load_months(*, at: datetime, present: Window) -> None:
    """Two past months reported, the present one half: set-based, a fixed number of statements a month."""
    for code in PAST_MONTHS:
        period = open_period(actor=SYSTEM, code=code, at=at, window=default_window(code)).period
        _report(period, at=None)
    period = open_period(actor=SYSTEM, code=PRESENT_MONTH, at=at, window=present).period
    _report(period, at=at)


def chance_of(*words: str) -> int:
    """0–99 from a digest of the words."""
    return draw(*words) % 100


def _place(row: DutyPeriod) -> str:
    """What the fates are drawn by: the line by its scheme's printed number, so that what is invented stays what it was."""
    return f"{code_of(DOCUMENT)}/{row.unit.duty.key.partition('/')[2]}"


def fate(row: DutyPeriod, *, present: bool) -> tuple[str, bool] | None:
    """(state, late) of an invented report, None where the unit said nothing."""
    organisation = row.unit.organisation.code
    if present:
        reported = organisation != LEFT_OPEN and chance_of(row.period, _place(row), organisation) < 45
        return (ReportState.FILED, False) if reported else None
    # A unit's habit: most are punctual, a few are not.
    habit = 14 if chance_of("habit", organisation) < 12 else 2
    chance = chance_of(row.period, _place(row), organisation)
    if chance < habit:
        return None
    if chance < 2 * habit:
        return ReportState.ACCEPTED, True
    if chance < 2 * habit + 1:
        return ReportState.RETURNED, False
    return ReportState.ACCEPTED, False


def _report(period: Period, at: datetime | None) -> None:
    """`at` for a month under way: what was reported was reported before that moment."""
    rows = DutyPeriod.objects.filter(period=period.code).select_related("unit__duty", "unit__organisation")
    by_fate: dict[tuple[str, bool], list[int]] = {}
    reports = []
    for row in rows:
        told = fate(row, present=at is not None)
        if told is None:
            continue
        by_fate.setdefault(told, []).append(row.pk)
        state, late = told
        moment = at - timedelta(hours=20) if at else period.due_at + timedelta(hours=20 if late else -20)
        reports.append(_invented(row, state, moment))
    ProgressReport.objects.bulk_create(reports, batch_size=500)
    for (state, late), ids in by_fate.items():
        given_back = period.late_until if state == ReportState.RETURNED else None
        for some in _pieces(ids):
            DutyPeriod.objects.filter(pk__in=some).update(state=state, late=late, reopened_until=given_back)


def _pieces(ids: list[int]) -> Iterable[list[int]]:
    return (ids[start : start + 500] for start in range(0, len(ids), 500))


def words_of(row: DutyPeriod, day: date) -> ReportInput:
    """What the unit says of the line in the month, as it would type it."""
    duty, organisation = row.unit.duty, row.unit.organisation.code
    chance = chance_of("course", row.period, _place(row), organisation)
    course = Course.LAGGING if chance < 10 else Course.STUCK if chance < 13 else Course.ON_COURSE
    if duty.offline_only:
        number = f"虚构-{row.period}-{row.unit_id}"
        return ReportInput(0, course, offline_on=day, offline_handler="某某（虚构）", offline_number=number)
    name = duty.title.removeprefix("月跟踪：")
    return ReportInput(
        0,
        course,
        progress=f"（虚构）{name}按计划推进，本月办结 {1 + chance % 7} 件。",
        problem="" if course == Course.ON_COURSE else "（虚构）用地手续未办完，比计划晚约半个月。",
        next_step="（虚构）下月完成阶段性任务。",
    )


def _invented(row: DutyPeriod, state: str, moment: datetime) -> ProgressReport:
    said = asdict(words_of(row, moment.date())) | {"version": 2}
    report = ProgressReport(
        duty_period=row, **said, saved_at=moment, saved_by=INVENTED, submitted_at=moment, submitted_by=INVENTED
    )
    if state != ReportState.FILED:
        report.decided_at, report.decided_by = moment + timedelta(days=1), INVENTED
    if state == ReportState.RETURNED:
        report.observation = OBSERVATION if not row.unit.duty.offline_only else "材料线下退回，意见见线下文书。"
    return report
