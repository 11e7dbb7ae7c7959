"""What the clock does: opens periods, reminds, computes the trial at the lock. Each has one effect however often it runs."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q

from evaluation.enums import EDITABLE_STATES, PeriodKind, RankingKind
from evaluation.feedback.services.review_effects import office_ids
from evaluation.periods.models import Period
from evaluation.ranking.services import compute_trial
from evaluation.scheme.models.scheme import Scheme
from evaluation.scheme.queries.documents import document_of_year
from evaluation.sheets.models.marks import MarkSheet
from evaluation.sheets.services.periods import due_periods, open_period
from miyun_kpi.accounts.enums import Role
from miyun_kpi.inbox.models import Notice
from miyun_kpi.inbox.services import Message, send
from miyun_kpi.lib import workdays
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Refused
from miyun_kpi.routes import to

logger = logging.getLogger(__name__)
REMIND_WORKING_DAYS_BEFORE = (3, 1, 0)


def open_due_periods(*, at: datetime) -> int:
    """Each period by itself: one that cannot be opened does not keep the others shut."""
    opened = 0
    for code in due_periods(at):
        try:
            # Inner transactions end with it: what a failed opening has done is undone alone.
            with transaction.atomic():
                open_period(actor=SYSTEM, code=code, at=at)
            opened += 1
        except Refused as refusal:
            _tell_offices(
                f"open-refused/{code}/{refusal.code}",
                f"{code.label}没有按时开启",
                refusal,
                to("evaluation:periods"),
                at,
            )
        except Exception:
            logger.exception("period %s was not opened", code)
    return opened


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
                url=to("evaluation:sheet", sheet.pk),
                clause=sheet.scheme.cite("四（二）"),
            )
        )
    return send(messages, at=at)


def compute_trials_at_lock(*, at: datetime) -> int:
    """A trial for every scheme of a period that has locked within the last week, once after each lock.

    Each by itself: what one refuses is told to its evaluation office once and tried again; the others go on.
    """
    computed = 0
    locked = Period.objects.filter(
        kind__in=[PeriodKind.QUARTER, PeriodKind.YEAR], locks_at__lte=at, locks_at__gt=at - timedelta(days=7)
    )
    for period in locked:
        for scheme in Scheme.objects.filter(sheets__period=period).distinct():
            try:
                with transaction.atomic():
                    computed += _trial_at_lock(scheme, period, at)
            except Refused as refusal:
                key = f"lock-trial-refused/{scheme.pk}/{period.pk}/{refusal.code}"
                title = f"{period.label}{scheme.get_track_display()}锁定后没有试算"
                _tell_offices(key, title, refusal, to("evaluation:rankings"), at, period=period, track=scheme.track)
            except Exception:
                logger.exception("no trial at the lock of %s, scheme %s", period.code, scheme.pk)
    return computed


def _trial_at_lock(scheme: Scheme, period: Period, at: datetime) -> bool:
    """The marks may be those of a trial made before the lock. Then it is that trial, and its office is told so: the
    notice is also what keeps the clock from computing the same again every minute."""
    told = f"lock-trial/{scheme.pk}/{period.pk}/{period.locks_at:%Y%m%d%H%M}/"
    if scheme.rankings.filter(period=period, kind=RankingKind.TRIAL, computed_at__gte=period.locks_at).exists():
        return False
    if Notice.objects.filter(key__startswith=told).exists():
        return False
    ranking, new = compute_trial(actor=SYSTEM, scheme=scheme, period=period, at=at)
    if not new:
        body = f"锁定时的得分与第 {ranking.number} 次试算相同，不再另算。"
        title = f"{period.label}{scheme.get_track_display()}已锁定"
        _send_to_offices(told, title, body, to("evaluation:ranking", ranking.pk), at, period, scheme.track)
    return new


def _tell_offices(
    key: str, title: str, refusal: Refused, url: str, at: datetime, *, period: Period | None = None, track: str = ""
) -> None:
    logger.warning("%s: %s", key, refusal.message)
    _send_to_offices(f"{key}/", title, refusal.message, url, at, period, track)


def _send_to_offices(
    key: str, title: str, body: str, url: str, at: datetime, period: Period | None, track: str
) -> None:
    messages = [
        Message(
            key=f"{key}{office}",
            organisation_id=office,
            role=Role.EVALUATION_OFFICE,
            title=title[:120],
            body=body,
            url=url,
            clause=cite(document_of_year(period.period_code.year) if period else "", "四（二）"),
        )
        for office in office_ids(track)
    ]
    send(messages, at=at)
