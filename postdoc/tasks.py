"""Background work of 博士后. It may run twice; it takes no argument, so that none of them tells anything."""

from celery import shared_task
from django.utils import timezone

from postdoc.services.reminders import send_notices


@shared_task(name="postdoc.send_notices")
def send_notices_task() -> int:
    return send_notices(at=timezone.now())
