"""Background work of duties. Every task may run twice."""

from celery import shared_task
from django.utils import timezone

from miyun_kpi.duties.services.opening import open_due
from miyun_kpi.duties.services.reminders import send_reminders
from miyun_kpi.duties.services.settling import settle_due


@shared_task(name="duties.open_due")
def open_due_task() -> int:
    return open_due(at=timezone.now())


@shared_task(name="duties.settle")
def settle_task() -> int:
    return settle_due(at=timezone.now())


@shared_task(name="duties.send_reminders")
def send_reminders_task() -> int:
    return send_reminders(at=timezone.now())
