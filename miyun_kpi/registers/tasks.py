"""Background work of registers. Every task may run twice."""

from celery import shared_task
from django.utils import timezone

from miyun_kpi.registers.services.reminders import send_due_notices


@shared_task(name="registers.send_due_notices")
def send_due_notices_task() -> int:
    return send_due_notices(at=timezone.now())
