"""Background work of the site itself. It may run twice."""

from celery import shared_task
from django.utils import timezone

from miyun_kpi.audit.services import chain_heads
from miyun_kpi.operations.verification import run_tonight


@shared_task(name="operations.chain_heads")
def chain_heads_task() -> int:
    """The master entry of the hour."""
    made = chain_heads(at=timezone.now())
    return made.number if made else 0


@shared_task(name="operations.verify")
def verify_task() -> int:
    return run_tonight(at=timezone.now())
