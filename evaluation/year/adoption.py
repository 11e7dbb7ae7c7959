"""Once, after the upgrade from a version without seals: what that version left is sealed, and the audit says so."""

from datetime import datetime

from django.db import transaction

from evaluation.bulletin.models import Bulletin
from evaluation.bulletin.queries import seal_bulletin
from evaluation.enums import BulletinState
from evaluation.feedback.models.feedback import Feedback
from evaluation.feedback.queries.sealed import seal_feedback
from evaluation.ranking.adoption import adopt_rankings, closed_chain_holds
from evaluation.sheets.services.stating import state_what_is_not_held
from evaluation.year.models.year_end import CommitteeReport
from evaluation.year.queries.sealed import seal_report
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.services import record
from miyun_kpi.lib.actors import SYSTEM


def adopt(at: datetime) -> None:
    """Nothing where the database began with seals, and nothing a second time."""
    if not closed_chain_holds() or AuditEntry.objects.filter(action="evaluation.seals.adopted").exists():
        return
    with transaction.atomic():
        data = {
            "rankings": adopt_rankings(at),
            "bulletins": _bulletins(),
            "feedbacks": _feedbacks(),
            "reports": _reports(),
            "marks": state_what_is_not_held(actor=SYSTEM, at=at),
        }
        record(actor=SYSTEM, action="evaluation.seals.adopted", subject="seals", data=data, at=at)


def _bulletins() -> int:
    found = list(Bulletin.objects.filter(state=BulletinState.FINAL, seal=""))
    for bulletin in found:
        seal_bulletin(bulletin)
        bulletin.save(update_fields=["seal", "seal_key"])
    return len(found)


def _feedbacks() -> int:
    found = list(Feedback.objects.filter(seal=""))
    for feedback in found:
        seal_feedback(feedback)
    Feedback.objects.bulk_update(found, ["seal", "seal_key"], batch_size=200)
    return len(found)


def _reports() -> int:
    found = list(CommitteeReport.objects.filter(seal="").select_related("ranking"))
    for report in found:
        seal_report(report)
        report.save(update_fields=["seal", "seal_key"])
    return len(found)
