"""Background work of 绿色金融. It may run twice."""

from celery import shared_task
from django.utils import timezone

from finance_policy.services.reminders import send_notices


@shared_task(name="finance_policy.send_notices")
def send_notices_task() -> int:
    return send_notices(at=timezone.now())
