"""Background work of 人事任免. It may run twice."""

from celery import shared_task
from django.utils import timezone

from personnel.services.reminders import send_notices


@shared_task(name="personnel.send_notices")
def send_notices_task() -> int:
    return send_notices(at=timezone.now())
