"""Background work of evaluation: load by id, one service call. Every task may run twice."""

from datetime import datetime
from typing import Any

from celery import shared_task
from django.utils import timezone

from evaluation.bulletin.services.bulletin_pdf import TASK as BULLETIN_PDF
from evaluation.bulletin.services.bulletin_pdf import make_pdf
from evaluation.clock.services import compute_trials_at_lock, open_due_periods, send_reminders
from evaluation.engine.services import compare_all_held
from evaluation.feedback.services.jobs_reviews import send_review_reminders
from evaluation.scheme.models.scheme import Scheme
from evaluation.tracking.services.tracking_reminders import remind_units, tell_overdue
from evaluation.year.excel.year_archive import archive_index, archive_items
from evaluation.year.services.year_archive import TASK as YEAR_ARCHIVE
from evaluation.year.services.year_archive import close_archive, write_archive
from miyun_kpi.jobs.running import Run, job_task


@shared_task(name="evaluation.open_due_periods")
def open_due_periods_task() -> int:
    return open_due_periods(at=timezone.now())


@shared_task(name="evaluation.send_reminders")
def send_reminders_task() -> int:
    # Each says itself what it could not do, and does not silence the next.
    at = timezone.now()
    return sum(service(at=at) for service in (send_reminders, remind_units, tell_overdue))


@shared_task(name="evaluation.compute_trials_at_lock")
def compute_trials_at_lock_task() -> int:
    return compute_trials_at_lock(at=timezone.now())


@shared_task(name="evaluation.send_review_reminders")
def send_review_reminders_task() -> int:
    return send_review_reminders(at=timezone.now())


@shared_task(name="evaluation.compare_held")
def compare_held_task() -> int:
    """What is in force beside its inputs; finds also what was written past the services."""
    return compare_all_held(at=timezone.now())


@job_task(BULLETIN_PDF)
def bulletin_pdf(run: Run) -> dict[str, Any]:
    path = make_pdf(bulletin_id=run.arguments["bulletin"], version=run.arguments["version"])
    return {"bytes": path.stat().st_size}


@job_task(YEAR_ARCHIVE)
def year_archive(run: Run) -> dict[str, Any]:
    """Killed at any point it is written anew; the file is put in place as a whole."""
    scheme = Scheme.objects.get(pk=run.arguments["scheme"])
    number, at = run.arguments["number"], datetime.fromisoformat(run.arguments["at"])
    run.step("收集文件", 1, 2)
    items = archive_items(scheme, audit=run.arguments["audit"], viewer=run.actor.label, at=at)
    half, listed = write_archive(scheme_id=scheme.pk, number=number, items=items)
    run.step("写目录", 2, 2)
    path = close_archive(scheme_id=scheme.pk, number=number, half=half, index=archive_index(scheme, listed, at=at))
    return {"files": len(listed), "bytes": path.stat().st_size}
