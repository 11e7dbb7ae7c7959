"""Opening what is owed for a period, and withdrawing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from miyun_kpi.duties.enums import Cadence, ReportState, UnitRole
from miyun_kpi.duties.models import Duty, DutyPeriod, DutyUnit


@dataclass(frozen=True)
class WantedDuty:
    key: str
    document: str
    clause: str
    title: str
    organisation_ids: tuple[int, ...]
    offline_only: bool = False


@dataclass(frozen=True)
class DutyWindow:
    starts_at: datetime
    due_at: datetime
    late_until: datetime
    locks_at: datetime


def open_monthly(wanted: Sequence[WantedDuty], *, period: str, window: DutyWindow, demo: bool = False) -> int:
    """A row per unit for the month, in a fixed number of statements; opening twice adds nothing. Returns new rows."""
    Duty.objects.bulk_create(
        [
            Duty(
                key=d.key,
                document=d.document,
                clause=d.clause,
                title=d.title,
                cadence=Cadence.MONTHLY,
                offline_only=d.offline_only,
            )
            for d in wanted
        ],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["clause", "title", "offline_only"],
    )
    ids = dict(Duty.objects.filter(key__in=[d.key for d in wanted]).values_list("key", "pk"))
    pairs = {(ids[d.key], organisation_id) for d in wanted for organisation_id in d.organisation_ids}
    DutyUnit.objects.bulk_create(
        [DutyUnit(duty_id=d, organisation_id=o, role=UnitRole.RESPONSIBLE) for d, o in sorted(pairs)],
        ignore_conflicts=True,
        batch_size=500,
    )
    units = DutyUnit.objects.filter(Q(duty_id__in=ids.values())).values_list("pk", "duty_id", "organisation_id")
    owing = [pk for pk, duty_id, organisation_id in units if (duty_id, organisation_id) in pairs]
    before = DutyPeriod.objects.filter(period=period).count()
    DutyPeriod.objects.bulk_create(
        [DutyPeriod(unit_id=pk, period=period, demo=demo, **window.__dict__) for pk in owing],
        ignore_conflicts=True,
        batch_size=500,
    )
    return DutyPeriod.objects.filter(period=period).count() - before


def withdraw(struck: Sequence[tuple[str, int]], *, periods: Sequence[str]) -> int:
    """Rows of the periods that (duty key, organisation) no longer owe, unless something was reported. Returns how many."""
    if not struck:
        return 0
    wanted = set(struck)
    rows = DutyPeriod.objects.filter(
        period__in=periods, state=ReportState.EXPECTED, unit__duty__key__in={k for k, _ in wanted}
    )
    gone = [
        pk
        for pk, key, organisation_id in rows.values_list("pk", "unit__duty__key", "unit__organisation_id")
        if (key, organisation_id) in wanted
    ]
    DutyPeriod.objects.filter(pk__in=gone).delete()
    return len(gone)
