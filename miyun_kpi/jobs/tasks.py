from celery import shared_task
from django.utils import timezone

from miyun_kpi.jobs import services


@shared_task(name="jobs.sweep")
def sweep() -> None:
    services.sweep(at=timezone.now())
