"""Background work of drafts. It may run twice."""

from celery import shared_task
from django.utils import timezone

from miyun_kpi.drafts.services import forget_old


@shared_task(name="drafts.forget_old")
def forget_old_task() -> int:
    return forget_old(at=timezone.now())
