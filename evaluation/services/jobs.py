"""What the clock does: opens periods, reminds, computes the trial at the lock. Each has one effect however often it runs."""

from datetime import datetime, timedelta

from django.db.models import Count, Q

from evaluation.enums import EDITABLE_STATES, PeriodKind, RankingKind
from evaluation.models import MarkSheet, Period, Scheme
from evaluation.services.periods import due_periods, open_period
from evaluation.services.rankings import compute_trial
from miyun_kpi.accounts.enums import Role
from miyun_kpi.inbox.services import Message, send
from miyun_kpi.lib import workdays
from miyun_kpi.lib.actors import SYSTEM

REMIND_WORKING_DAYS_BEFORE = (3, 1, 0)


def open_due_periods(*, at: datetime) -> int:
    codes = due_periods(at)
    for code in codes:
        open_period(actor=SYSTEM, code=code, at=at)
    return len(codes)


def send_reminders(*, at: datetime) -> int:
    """Three, one and zero working days before the due date, and once when it has passed; keyed by sheet and rule."""
    today = at.astimezone().date()
    sheets = (
        MarkSheet.objects.filter(state__in=EDITABLE_STATES, period__starts_at__lte=at, period__late_until__gt=at)
        .select_related("period", "indicator")
        .annotate(blank=Count("marks", filter=Q(marks__value__isnull=True, marks__not_applicable="")))
    )
    messages = []
    for sheet in sheets:
        left = workdays.working_days_between(today, sheet.period.due_at.astimezone().date())
        due = f"{sheet.period.due_at.astimezone():%m月%d日 %H:%M}"
        if at >= sheet.period.due_at:
            rule, title = "late", f"“{sheet.indicator.short_name}”打分表已过报送截止"
            late = f"{sheet.period.late_until.astimezone():%m月%d日 %H:%M}"
            body = f"{due}截止，{late}前还可补报，计为迟报。还差 {sheet.blank} 格。"
        elif left in REMIND_WORKING_DAYS_BEFORE:
            rule, title = f"due-{left}", f"“{sheet.indicator.short_name}”打分表还剩 {left} 个工作日"
            body = f"{due}截止，还差 {sheet.blank} 格。"
        else:
            continue
        messages.append(
            Message(
                key=f"remind/{sheet.pk}/{rule}",
                organisation_id=sheet.evaluator_id,
                role=Role.EVALUATOR,
                title=title,
                body=body,
                url=f"/evaluation/sheets/{sheet.pk}/",
                clause="13号 四（二）",
                demo=sheet.period.demo,
            )
        )
    return send(messages, at=at)


def compute_trials_at_lock(*, at: datetime) -> int:
    """A trial for every scheme of a period that has locked within the last week and has none computed since."""
    computed = 0
    locked = Period.objects.filter(
        kind__in=[PeriodKind.QUARTER, PeriodKind.YEAR], locks_at__lte=at, locks_at__gt=at - timedelta(days=7)
    )
    for period in locked:
        for scheme in Scheme.objects.filter(sheets__period=period).distinct():
            done = scheme.rankings.filter(period=period, kind=RankingKind.TRIAL, computed_at__gte=period.locks_at)
            if not done.exists():
                _, new = compute_trial(actor=SYSTEM, scheme=scheme, period=period, at=at)
                computed += new
    return computed
