"""Background work of powers. It may run twice; it takes no argument, so that none of them tells anything."""

from celery import shared_task
from django.utils import timezone

from miyun_kpi.powers.reminders import send_notices


@shared_task(name="powers.send_notices")
def send_notices_task() -> int:
    return send_notices(at=timezone.now())
