"""Background work of the site itself. It may run twice."""

from celery import shared_task
from django.utils import timezone

from miyun_kpi.operations.nightly import chain_hourly, tidy, verify_nightly, watch_often


@shared_task(name="operations.chain_heads")
def chain_heads_task() -> int:
    """The master entry of the hour."""
    return chain_hourly(at=timezone.now())


@shared_task(name="operations.verify")
def verify_task() -> int:
    return verify_nightly(at=timezone.now())


@shared_task(name="operations.tidy")
def tidy_task() -> int:
    return tidy(at=timezone.now())


@shared_task(name="operations.watch")
def watch_task() -> int:
    return watch_often(at=timezone.now())
