"""Background work of 耕地占补. It may run twice."""

from celery import shared_task
from django.utils import timezone

from farmland.services.ledger import check_nightly


@shared_task(name="farmland.check_ledger")
def check_ledger_task() -> int:
    return check_nightly(at=timezone.now())
