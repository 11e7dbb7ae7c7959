"""月跟踪 of the story: units report, some late and some not at all; evaluators accept and give back."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from evaluation.demo.months import OBSERVATION, chance_of, fate, words_of
from evaluation.demo.year.agenda import Agenda
from evaluation.demo.year.cast import Cast
from evaluation.periods.models import Period
from evaluation.periods.queries.past import past_periods
from evaluation.periods.rules.calendar import Window
from evaluation.scheme.models.scheme import Scheme
from evaluation.scheme.queries.schemes import scheme_view
from evaluation.sheets.services.periods import leave_period, open_period
from evaluation.tracking.access import tracked, tracked_reviewed_by
from evaluation.tracking.services.tracking import accept_lines, return_line, save_lines, submit_month
from miyun_kpi.accounts.enums import Role
from miyun_kpi.duties.enums import Course, ReportState
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.duties.services import ReportInput, Seen
from miyun_kpi.lib.periods import PeriodCode

# Evaluators whose accounts visitors use look at the last closed month themselves.
STILL_TO_READ = ("shuiwu-ju", "weijian-wei")


def plan_past_month(agenda: Agenda, cast: Cast, code: PeriodCode, window: Window, *, read_whole: bool) -> None:
    """`read_whole`: every evaluator has looked at its lines; else those of the visitors have not."""

    def opened(at: datetime) -> None:
        open_period(actor=cast.first, code=code, at=at, window=window)
        _plan_units(agenda, cast, window, _by_unit(code), present=False)
        for number, evaluator in enumerate(_evaluators(code)):
            if read_whole or evaluator not in STILL_TO_READ:
                when = window.late_until + timedelta(hours=15, minutes=number)
                agenda.plan(when, _review, cast, evaluator, code)

    agenda.plan(window.starts_at + timedelta(hours=8, minutes=40), opened)


def plan_open_month(agenda: Agenda, cast: Cast, code: PeriodCode, window: Window) -> None:
    """Under way: some lines handed in, some units have saved and not handed in, one is left to the visitor."""
    behind = agenda.loaded - window.starts_at

    def opened(at: datetime) -> None:
        open_period(actor=cast.first, code=code, at=at, window=window)
        for number, (unit, rows) in enumerate(_by_unit(code).items()):
            kept = [row for row in rows if fate(row, present=True)]
            if not kept:
                continue
            when = window.starts_at + behind * (20 + number % 70) / 100
            drafts = chance_of("draft", unit) < 12
            agenda.plan(when, _report, cast, unit, kept, code, draft=drafts)

    agenda.plan(window.starts_at + behind * 7 / 100, opened)


def plan_unopened(agenda: Agenda, cast: Cast) -> None:
    """The periods of the stages that the story leaves out: the office decides that they stay shut."""

    def leave(at: datetime) -> None:
        for code in past_periods():
            leave_period(actor=cast.first, code=code, reason="（演示）方案启用以前的月份，没有考评。", at=at)

    agenda.plan(agenda.loaded, leave)


def _by_unit(code: PeriodCode) -> dict[str, list[DutyPeriod]]:
    rows: dict[str, list[DutyPeriod]] = {}
    for row in tracked().filter(period=str(code)).order_by("unit__organisation__code", "pk"):
        rows.setdefault(row.unit.organisation.code, []).append(row)
    return rows


def _evaluators(code: PeriodCode) -> list[str]:
    found = {
        share.code: None
        for scheme in Scheme.objects.issued().filter(year=code.year).order_by("track")
        for share in scheme_view(scheme, code).evaluators()
    }
    return list(found)


def _plan_units(
    agenda: Agenda, cast: Cast, window: Window, by_unit: dict[str, list[DutyPeriod]], *, present: bool
) -> None:
    for number, (unit, rows) in enumerate(by_unit.items()):
        fates = {row.pk: fate(row, present=present) for row in rows}
        in_time = [row for row in rows if (told := fates[row.pk]) and not told[1]]
        late = [row for row in rows if (told := fates[row.pk]) and told[1]]
        code = PeriodCode.parse(rows[0].period)
        before = window.due_at - timedelta(hours=7) + timedelta(minutes=number % 59)
        after = window.due_at + timedelta(hours=16) + timedelta(minutes=number % 59)
        if in_time:
            agenda.plan(before, _report, cast, unit, in_time, code)
        if late:
            agenda.plan(after, _report, cast, unit, late, code)


def _report(
    cast: Cast, unit: str, rows: Iterable[DutyPeriod], code: PeriodCode, at: datetime, *, draft: bool = False
) -> None:
    actor = cast.of(unit, Role.REPORTER)
    day = at.astimezone().date()
    save_lines(actor=actor, reports={row.pk: _words(row, day) for row in rows}, at=at)
    if not draft:
        submit_month(actor=actor, period=Period.objects.get(code=str(code)), at=at, partly=True)


def _words(row: DutyPeriod, day: date) -> ReportInput:
    """A few tasks are done before the year is over."""
    said = words_of(row, day)
    done = chance_of("done", row.unit.duty.key, row.unit.organisation.code) < 3
    return replace(said, course=Course.DONE, problem="") if done else said


def _review(cast: Cast, evaluator: str, code: PeriodCode, at: datetime) -> None:
    """What the fates give back is given back by the first evaluator that reads it; the rest is accepted."""
    actor = cast.of(evaluator, Role.EVALUATOR)
    rows = tracked_reviewed_by(actor).filter(period=str(code), state=ReportState.FILED).order_by("pk")
    taken = []
    for row in rows:
        seen = Seen(row.pk, row.report.version)
        if (fate(row, present=False) or ("", False))[0] == ReportState.RETURNED:
            said = "" if row.unit.duty.offline_only else OBSERVATION
            return_line(actor=actor, seen=seen, observation=said, at=at)
        else:
            taken.append(seen)
    if taken:
        accept_lines(actor=actor, seen=taken, at=at)
