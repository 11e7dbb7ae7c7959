"""What the clock does: opens periods, reminds, computes the trial at the lock. Each thing once, however often it runs."""

from datetime import datetime
from functools import partial
from itertools import groupby

from django.db.models import Count, Exists, OuterRef, Q

from evaluation.engine.models.ranking import Ranking
from evaluation.enums import EDITABLE_STATES, PeriodKind
from evaluation.feedback.services.review_effects import office_ids
from evaluation.periods.models import Period
from evaluation.periods.queries.past import due_periods, past_periods
from evaluation.periods.rules.calendar import default_window, latest_reminder
from evaluation.ranking.services import compute_trial
from evaluation.scheme.models.scheme import Scheme
from evaluation.scheme.queries.documents import document_of_year
from evaluation.sheets.models.marks import MarkSheet
from evaluation.sheets.services.periods import open_late
from miyun_kpi.accounts.enums import Role
from miyun_kpi.inbox.services import Message, send, send_due
from miyun_kpi.jobs.clock import Run, timed
from miyun_kpi.lib import workdays
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.routes import to


def offices(track: str = "") -> list[tuple[int, str]]:
    """Who hears of what the clock could not do."""
    return [(pk, Role.EVALUATION_OFFICE) for pk in office_ids(track)]


@timed("evaluation.open_due_periods", "开启到期的期间", tells=offices)
def open_due_periods(run: Run) -> None:
    """Each period by itself: one that cannot be opened does not keep the others shut."""
    for code in due_periods(run.at):
        run.do(
            f"period:{code}",
            partial(_opened, code, run.at),
            due=default_window(code).starts_at,
            what=f"{code.label}没有按时开启",
            url=to("evaluation:periods"),
        )
    _tell_of_past_periods(run)


def _opened(code: PeriodCode, at: datetime) -> bool:
    open_late(actor=SYSTEM, code=code, at=at)
    return True


def _tell_of_past_periods(run: Run) -> None:
    """Once a year: what had locked before the scheme was put in force here is the office's to decide."""
    messages = []
    for year, found in groupby(past_periods(), key=lambda code: code.year):
        past = list(found)
        messages += [
            Message(
                key=f"past-periods/{year}/{office}",
                organisation_id=office,
                role=role,
                title=f"{year}年往期未开启 {len(past)} 期",
                body=f"{'、'.join(one.label for one in past)}在方案启用以前已经过了锁定日，系统没有开启。"
                "请逐期决定：开启，或写明理由不开。",
                url=f"{to('evaluation:periods')}#past",
                clause=cite(document_of_year(year), "四（二）"),
            )
            for office, role in offices()
        ]
    if messages:
        send_due(run, messages)


@timed("evaluation.send_reminders", "打分表将到期、已过截止的提醒", tells=offices)
def send_reminders(run: Run) -> None:
    """Three, one and zero working days before the due date, and once when it has passed; keyed by sheet and rule.

    What the clock slept through is made up, of several only the latest: who is late is not told that there is time.
    """
    sheets = (
        MarkSheet.objects.filter(state__in=EDITABLE_STATES, period__starts_at__lte=run.at, period__locks_at__gt=run.at)
        .select_related("period", "indicator", "scheme")
        .annotate(blank=Count("marks", filter=Q(marks__value__isnull=True, marks__not_applicable="")))
    )
    found = run.gather(
        sheets,
        lambda sheet: _reminder(sheet, sheet.blank, run.at),
        key=lambda sheet: f"sheet:{sheet.pk}",
        offices=lambda sheet: offices(sheet.scheme.track),
    )
    send_due(run, [message for message, _ in found], {message.key: due for message, due in found})


def _reminder(sheet: MarkSheet, blank: int, at: datetime) -> list[tuple[Message, datetime]]:
    """The latest that is due by now, with the moment it was due."""
    period = sheet.period
    due = f"{period.due_at.astimezone():%m月%d日 %H:%M}"
    name = f"“{sheet.indicator.short_name}”打分表"
    late = f"{period.late_until.astimezone():%m月%d日 %H:%M}"
    rule, moment = latest_reminder(max(period.starts_at, period.opened_at), period.due_at, at)
    if not rule:
        return []
    if at >= period.late_until:
        title, body = f"{name}已过补报截止", f"{due}截止，{late}止补报，还差 {blank} 格。要补报请申请重开。"
    elif rule == "late":
        title, body = f"{name}已过报送截止", f"{due}截止，{late}前还可补报，计为迟报。还差 {blank} 格。"
    else:
        left = workdays.working_days_between(at.astimezone().date(), period.due_at.astimezone().date())
        title, body = f"{name}还剩 {left} 个工作日", f"{due}截止，还差 {blank} 格。"
    message = Message(
        key=f"remind/{sheet.pk}/{rule}",
        organisation_id=sheet.evaluator_id,
        role=Role.EVALUATOR,
        title=title,
        body=body,
        url=to("evaluation:sheet", sheet.pk),
        clause=sheet.scheme.cite("四（二）"),
    )
    return [(message, moment)]


@timed("evaluation.compute_trials_at_lock", "锁定后试算", tells=offices)
def compute_trials_at_lock(run: Run) -> None:
    """A trial for every scheme of a period that has locked, once after each lock, however long ago that was."""
    for period_id, scheme_id in _locked_without(run.at):
        period, scheme = Period.objects.get(pk=period_id), Scheme.objects.get(pk=scheme_id)
        run.do(
            f"trial:{scheme.pk}:{period.code}:{period.locks_at.astimezone():%Y%m%d%H%M}",
            partial(_trial_at_lock, scheme, period, run.at),
            due=period.locks_at,
            what=f"{period.label}{scheme.get_track_display()}锁定后没有试算",
            url=to("evaluation:rankings"),
            offices=offices(scheme.track),
        )


def _locked_without(at: datetime) -> list[tuple[int, int]]:
    """Locked periods with the schemes of which nothing was computed since the lock, in one query."""
    since = Ranking.objects.filter(
        scheme=OuterRef("scheme"), period=OuterRef("period"), computed_at__gte=OuterRef("period__locks_at")
    )
    found = MarkSheet.objects.filter(
        ~Exists(since), period__kind__in=[PeriodKind.QUARTER, PeriodKind.YEAR], period__locks_at__lte=at
    )
    return sorted(set(found.order_by().values_list("period", "scheme").distinct()))


def _trial_at_lock(scheme: Scheme, period: Period, at: datetime) -> bool:
    """The marks may be those of a trial made before the lock. Then it is that trial, and its office is told so."""
    ranking, new = compute_trial(actor=SYSTEM, scheme=scheme, period=period, at=at)
    if not new:
        messages = [
            Message(
                key=f"lock-trial/{scheme.pk}/{period.pk}/{period.locks_at:%Y%m%d%H%M}/{office}",
                organisation_id=office,
                role=role,
                title=f"{period.label}{scheme.get_track_display()}已锁定",
                body=f"锁定时的得分与第 {ranking.number} 次试算相同，不再另算。",
                url=to("evaluation:ranking", ranking.pk),
                clause=scheme.cite("四（二）"),
            )
            for office, role in offices(scheme.track)
        ]
        send(messages, at=at)
    return True
