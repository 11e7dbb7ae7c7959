"""What becomes of lines that are not asked for any more: nothing that somebody wrote or stored is dropped (0141)."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import F, QuerySet

from miyun_kpi.acts.acting import lock_all
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.duties.enums import WRITABLE, ReportState, StatementState
from miyun_kpi.duties.models import DutyPeriod, ProgressReport, Statement
from miyun_kpi.duties.registry import evidence_kinds
from miyun_kpi.duties.services.evidence import EVIDENCE


def begun(periods: Sequence[int]) -> set[int]:
    """Of which something is written or stored: a report, a 书面说明, a file."""
    found: set[int] = set()
    for model in (ProgressReport, Statement):
        found |= set(model.objects.filter(duty_period__in=periods).values_list("duty_period", flat=True))
    files = Attachment.objects.filter(kind__in=[EVIDENCE, *evidence_kinds()], subject_id__in=periods)
    return found | set(files.values_list("subject_id", flat=True))


def take_up(rows: Collection[DutyPeriod]) -> None:
    """Lines that were laid down are owed again by the place that was woken, with all they hold."""
    written = set(ProgressReport.objects.filter(duty_period__in=rows).values_list("duty_period", flat=True))
    for row in rows:
        row.state = ReportState.DRAFT if row.pk in written else ReportState.EXPECTED
        row.save(update_fields=["state"])


def lay_down(rows: Sequence[DutyPeriod], reason: str, who: str, at: datetime) -> None:
    """What was never handed in is not asked for any more, is charged to nobody, and stays to be read."""
    keys = [row.pk for row in rows]
    DutyPeriod.objects.filter(pk__in=keys).update(state=ReportState.EXEMPT)
    waiting = Statement.objects.filter(duty_period__in=keys, state=StatementState.SUBMITTED)
    waiting.update(
        state=StatementState.RETURNED,
        opinion=reason,
        decided_at=at,
        decided_by=who,
        version=F("version") + 1,
    )


def take_back(found: QuerySet[DutyPeriod], reason: str, who: str, at: datetime) -> list[DutyPeriod]:
    """Of these lines that nobody has reported the blank ones go and the begun ones are laid down. Returns all of them.

    What was reported and given back is put right where it stands.
    """
    held = lock_all(found.filter(state__in=WRITABLE))
    rows = [row for row in held if row.reopened_until is None or row.state == ReportState.EXPECTED]
    already = begun([row.pk for row in rows])
    DutyPeriod.objects.filter(pk__in=[row.pk for row in rows if row.pk not in already]).delete()
    lay_down([row for row in rows if row.pk in already], reason, who, at)
    return rows
