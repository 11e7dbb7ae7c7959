"""Periods whose window has locked and of which nothing waits for anybody go into the tally of their unit, at night."""

from datetime import datetime
from functools import partial

from django.db.models import Q

from miyun_kpi.acts.acting import acting, lock_free
from miyun_kpi.duties.enums import ReportState
from miyun_kpi.duties.models import DutyPeriod, DutyPeriods, DutyTally
from miyun_kpi.jobs.clock import Run, timed
from miyun_kpi.jobs.models import Slot
from miyun_kpi.lib.actors import SYSTEM

DECIDED = (ReportState.ACCEPTED, ReportState.EXEMPT, ReportState.OPENING)
NEVER_REPORTED = (ReportState.EXPECTED, ReportState.DRAFT)
# What is reported and not read, and what was given back, waits for somebody.
FINAL = Q(state__in=DECIDED) | Q(state__in=NEVER_REPORTED, reopened_until__isnull=True)


@timed("duties.settle", "锁定的任务期计入合计")
def settle_due(run: Run) -> None:
    """Unit by unit; running twice adds nothing. Nothing is decided by it: pages count the same before and after."""
    run.guard("settle", partial(_settle, run), what="锁定的任务期没有计入合计")


def _settle(run: Run) -> int:
    # Asked of the few slots: what was counted is never looked through as a whole.
    if Slot.objects.filter(task=run.timed.name, done_at__gt=run.at).exists():
        lift(run.at)
    number = settle(run.at)
    if number:
        run.did([f"settled:{run.at.isoformat()}"], count=number)
    return number


def lift(at: datetime) -> None:
    """What the night of a clock that ran ahead has counted is open again."""
    for unit_id in _units(_ahead(at)):
        _lifted(unit_id, at)


def settle(at: datetime) -> int:
    return sum(_settled(unit_id, at) for unit_id in _units(_final(at)))


def _final(at: datetime) -> DutyPeriods:
    return DutyPeriod.objects.filter(FINAL, settled=False, locks_at__lte=at)


def _ahead(at: datetime) -> DutyPeriods:
    """Nothing else settles what has not locked (0071)."""
    return DutyPeriod.objects.filter(settled=True, locks_at__gt=at)


def _units(found: DutyPeriods) -> list[int]:
    return list(found.order_by("unit").values_list("unit", flat=True).distinct())


def _settled(unit_id: int, at: datetime) -> int:
    with acting(SYSTEM, at):
        return _free(_final(at), unit_id).settle()


def _lifted(unit_id: int, at: datetime) -> None:
    with acting(SYSTEM, at):
        _free(_ahead(at), unit_id).reopen()


def _free(found: DutyPeriods, unit_id: int) -> DutyPeriods:
    """Of the periods that nobody holds; who is at work on a row keeps it until the next night.

    The tally first, one alone, and no period is waited for: an act holds periods when it asks for their tally.
    """
    tally = DutyTally.objects.filter(pk=unit_id)
    # Asked first: an insert that ignores conflicts waits for whoever counts in the row that is there.
    if not tally.exists():
        DutyTally.objects.bulk_create([DutyTally(unit_id=unit_id)], ignore_conflicts=True)
    if not lock_free(tally):
        return found.none()
    held = lock_free(found.filter(unit=unit_id))
    return found.filter(pk__in=[row.pk for row in held])
