"""What the demonstration shows half filed stays half filed: while nobody has worked on it, its windows follow the day."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from evaluation.demo.services import around
from evaluation.demo.year.story import year_window
from evaluation.enums import PeriodKind
from evaluation.periods.models import Period
from evaluation.periods.rules.calendar import SHANGHAI, Window
from evaluation.sheets.models.marks import Mark, MarkSheet
from evaluation.sheets.services.periods import change_window
from evaluation.tracking.rules import TRACKED
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.services import record
from miyun_kpi.duties.models import Duty, DutyPeriod, ProgressReport, Statement
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.site import is_demonstration

LOADED = "evaluation.demo.loaded"
REASON = "演示站启动时，没有人动过的演示期间挪到当天前后。"
# A window that ends within a day is of no use to who comes today.
LEAST = timedelta(days=1)


def redate_demo(*, at: datetime) -> list[str]:
    """Move the windows that were open or ahead at the loading and are over now. Returns the periods that were moved.

    A period in which any person has done anything since the loading stays: it is theirs.
    """
    loaded = AuditEntry.objects.filter(action=LOADED).order_by("-seq").first()
    if loaded is None or not is_demonstration():
        return []
    window = around(at.astimezone(SHANGHAI).date())
    over = {"locks_at__gt": loaded.at, "due_at__lte": at + LEAST}
    with transaction.atomic():
        moved = [
            period.label
            for period in Period.objects.select_for_update(no_key=True).filter(**over).order_by("code")
            if not _touched(period, loaded) and _move(period, _next(period, window, at), at)
        ]
        rows = DutyPeriod.objects.filter(**over).exclude(unit__duty__scope=TRACKED)
        for duty, code in sorted(set(rows.order_by().values_list("unit__duty_id", "period"))):
            own = rows.filter(unit__duty=duty, period=code)
            if not _reported(own, loaded) and not _stated(own, loaded):
                DutyPeriod.objects.filter(unit__duty=duty, period=code, **over).update(**window.__dict__)
                moved.append(f"{Duty.objects.get(pk=duty).title} {code}")
        if moved:
            record(actor=SYSTEM, action="evaluation.demo.redated", subject="demo", data={"periods": moved}, at=at)
    return moved


def _next(period: Period, window: Window, at: datetime) -> Window:
    """专项考评 lies ahead of the visitors again; all else is around the day."""
    return year_window(at) if period.kind == PeriodKind.YEAR else window


def _touched(period: Period, loaded: AuditEntry) -> bool:
    """By a person: jobs have no user."""
    if period.kind == PeriodKind.MONTH:
        rows = DutyPeriod.objects.filter(period=period.code, unit__duty__scope=TRACKED)
        if _reported(rows, loaded):
            return True
    sheets = MarkSheet.objects.filter(period=period).values_list("pk", flat=True)
    rankings = period.rankings.values_list("pk", flat=True)
    subjects = [f"period:{period.code}", *(f"mark-sheet:{pk}" for pk in sheets), *(f"ranking:{pk}" for pk in rankings)]
    since = AuditEntry.objects.filter(seq__gt=loaded.seq, actor_user_id__isnull=False)
    return since.filter(subject__in=subjects).exists()


def _reported(rows: QuerySet[DutyPeriod], loaded: AuditEntry) -> bool:
    later = Q(saved_at__gt=loaded.at) | Q(submitted_at__gt=loaded.at) | Q(decided_at__gt=loaded.at)
    return ProgressReport.objects.filter(later, duty_period__in=rows).exists()


def _stated(rows: QuerySet[DutyPeriod], loaded: AuditEntry) -> bool:
    later = Q(filed_at__gt=loaded.at) | Q(decided_at__gt=loaded.at)
    return Statement.objects.filter(later, duty_period__in=rows).exists()


def _move(period: Period, window: Window, at: datetime) -> bool:
    """It begins when it began where something was written since then: nothing is ever written before its start."""
    written = Mark.objects.filter(sheet__period=period, saved_at__isnull=False).exists()
    if period.kind == PeriodKind.MONTH:
        written = ProgressReport.objects.filter(
            duty_period__period=period.code, duty_period__unit__duty__scope=TRACKED
        ).exists()
    starts = period.starts_at if written else window.starts_at
    wanted = Window(starts, window.due_at, window.late_until, window.locks_at)
    change_window(actor=SYSTEM, period_id=period.pk, window=wanted, version=period.version, reason=REASON, at=at)
    return True
