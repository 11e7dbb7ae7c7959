"""Periods whose window has locked and of which nothing waits for anybody go into the tally of their unit, at night."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import islice

from django.db.models import Q

from miyun_kpi.acts.acting import acting, lock_free
from miyun_kpi.duties.enums import ReportState
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.jobs.clock import Run, timed
from miyun_kpi.lib.actors import SYSTEM

BATCH = 5_000
DECIDED = (ReportState.ACCEPTED, ReportState.EXEMPT, ReportState.OPENING)
NEVER_REPORTED = (ReportState.EXPECTED, ReportState.DRAFT)
# What is reported and not read, and what was given back, waits for somebody.
FINAL = Q(state__in=DECIDED) | Q(state__in=NEVER_REPORTED, reopened_until__isnull=True)


@timed("duties.settle", "锁定的任务期计入合计")
def settle_due(run: Run) -> None:
    """In portions of whole units; running twice adds nothing. Nothing is decided by it: pages count the same before and after."""
    run.guard("settle", partial(_settle, run), what="锁定的任务期没有计入合计")


def _settle(run: Run) -> int:
    number = settle(run.at)
    if number:
        run.did([f"settled:{run.at.isoformat()}"], count=number)
    return number


def settle(at: datetime) -> int:
    found = DutyPeriod.objects.filter(FINAL, settled=False, locks_at__lte=at)
    keys = iter(list(found.order_by("unit", "pk").values_list("pk", flat=True)))
    number = 0
    while batch := list(islice(keys, BATCH)):
        number += _settled(batch, at)
    return number


def _settled(keys: Sequence[int], at: datetime) -> int:
    """Of those that nobody holds; who is at work on a row keeps it until the next night."""
    with acting(SYSTEM, at):
        held = lock_free(DutyPeriod.objects.filter(pk__in=keys))
        return DutyPeriod.objects.filter(FINAL, pk__in=[row.pk for row in held], locks_at__lte=at).settle()
