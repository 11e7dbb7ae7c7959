"""Background work of 政务公开. It may run twice."""

from celery import shared_task
from django.utils import timezone

from disclosure.services.reminders import send_notices


@shared_task(name="disclosure.send_notices")
def send_notices_task() -> int:
    return send_notices(at=timezone.now())
