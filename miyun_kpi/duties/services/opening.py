"""Opening what is owed for a period, and withdrawing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import islice

from django.db.models import Q

from miyun_kpi.acts.acting import acting, locked
from miyun_kpi.duties.access import require_office
from miyun_kpi.duties.enums import Cadence, ReportState, UnitRole
from miyun_kpi.duties.models import Duty, DutyDocument, DutyPeriod, DutyUnit
from miyun_kpi.duties.queries.owing import owing
from miyun_kpi.duties.rules.cadence import SHANGHAI
from miyun_kpi.jobs.clock import Run, timed
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import Refused

# How far ahead of the clock nothing is opened, and how far back the office may open by hand.
LONGEST_DAYS = 3700
BATCH = 2000


@dataclass(frozen=True)
class WantedDuty:
    key: str
    document: str
    clause: str
    title: str
    organisation_ids: tuple[int, ...]
    offline_only: bool = False
    scope: str = ""


@dataclass(frozen=True)
class DutyWindow:
    starts_at: datetime
    due_at: datetime
    late_until: datetime
    locks_at: datetime


def open_monthly(wanted: Sequence[WantedDuty], *, period: str, window: DutyWindow) -> int:
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
                scope=d.scope,
            )
            for d in wanted
        ],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["document", "clause", "title", "offline_only", "scope"],
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
        [DutyPeriod(unit_id=pk, period=period, **window.__dict__) for pk in owing],
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


@timed("duties.open_due", "开启到期的任务填报")
def open_due(run: Run) -> None:
    """What the clock opens now, over all documents: every span that has begun and can still be reported in time.

    A fixed number of statements a document and linear in the rows; running twice adds nothing. Counts new rows.
    """
    for document in DutyDocument.objects.order_by("document"):
        run.guard(
            f"document:{document.document}",
            partial(_open_document, run, document),
            what=f"{document.document}的任务没有按时开启",
            offices=[(document.office_id, "")],
        )


def _open_document(run: Run, document: DutyDocument) -> int:
    at = run.at
    with acting(SYSTEM, at):
        held = locked(DutyDocument.objects.all(), document.pk)
        today = at.astimezone(SHANGHAI).date()
        # A mark of the future was left by a clock that ran ahead, and says nothing (0071).
        through = held.opened_through if held.opened_through and held.opened_through <= at else None
        since = through.astimezone(SHANGHAI).date() if through else held.starts_on
        created = _open_spans(held, since, today, can_report_at=at)
        DutyDocument.objects.filter(pk=held.pk).update(opened_through=at)
        if created:
            run.did([f"{document.document}:{today}"], count=created)
    return created


def open_past(*, actor: Actor, document: str, first: date, last: date, at: datetime) -> int:
    """By hand, for the office of the document: also spans whose due date has gone by. Audited. Returns new rows."""
    held = require_office(actor, document)
    if last < first or (last - first).days > LONGEST_DAYS:
        raise Refused("bad-range", "起止日期须先后相接、不超过十年，没有开启。请重填。")
    today = at.astimezone(SHANGHAI).date()
    with acting(actor, at) as act:
        held = locked(DutyDocument.objects.all(), held.pk)
        created = _open_spans(held, max(first, held.starts_on), min(last, today), can_report_at=None)
        data = {"from": first.isoformat(), "to": last.isoformat(), "rows": created}
        act.record("duties.periods.opened", f"document:{document}", **data)
    return created


def _open_spans(document: DutyDocument, first: date, last: date, *, can_report_at: datetime | None) -> int:
    """Rows for the spans that hold any day of first … last and have begun. One read, writes in batches."""
    before = DutyPeriod.objects.filter(unit__duty__document=document.document).count()
    pending = (row for row in owing(document, first, last) if can_report_at is None or row.due_at > can_report_at)
    while batch := list(islice(pending, BATCH)):
        DutyPeriod.objects.bulk_create(batch, ignore_conflicts=True)
    return DutyPeriod.objects.filter(unit__duty__document=document.document).count() - before
