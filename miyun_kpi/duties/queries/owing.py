"""Which spans the units of a document owe, whether or not they are opened; and what stood open before the site went live."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import F, Min

from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.duties.enums import Cadence, CadenceBasis
from miyun_kpi.duties.models import DutyDocument, DutyPeriod, DutyUnit
from miyun_kpi.duties.queries.going_over import answered_for
from miyun_kpi.duties.rules.cadence import ONCE, SHANGHAI, Days, SpanWindow, spans, window_of, window_once

# The first of these is the day on which the site went live for those who report.
REPORTED = ("duties.report.saved", "duties.report.paper-entry")
Place = tuple[int, str]


def days_of(document: DutyDocument) -> Days:
    return Days(document.due_day_month, document.due_day_other, document.late_days)


def owing(document: DutyDocument, first: date, last: date) -> Iterator[DutyPeriod]:
    """The spans that hold any day of first … last, as rows that are not stored. A fixed number of reads.

    What a place that ended into another has answered for is not owed by that one too.
    """
    if document.ends_on is not None:
        last = min(last, document.ends_on)
    days = days_of(document)
    found = (
        DutyUnit.objects.filter(active=True, duty__document=document.document, duty__withdrawn_on__isnull=True)
        .exclude(duty__basis=CadenceBasis.ASSUMED)
        .exclude(duty__cadence=Cadence.CONTINUOUS)
        .order_by("duty_id", "pk")
        .values_list("pk", "duty__cadence", "duty__due_on", "duty__rhythm_from", F("since"))
    )
    windows: dict[tuple[str, date], list[tuple[str, SpanWindow]]] = {}
    done = answered_for(document.document)
    for unit_id, cadence, due_on, rhythm_from, since in found:
        begins = max(day for day in (first, document.starts_on, rhythm_from, since) if day is not None)
        for code, window in _windows(windows, cadence, begins, last, due_on, document, days):
            if (unit_id, code) not in done:
                yield DutyPeriod(unit_id=unit_id, period=code, **window.__dict__)


def _windows(
    known: dict[tuple[str, date], list[tuple[str, SpanWindow]]],
    cadence: str,
    begins: date,
    last: date,
    due_on: date | None,
    document: DutyDocument,
    days: Days,
) -> list[tuple[str, SpanWindow]]:
    """The spans of one cadence from a day on, computed once for all units that share them."""
    if cadence == Cadence.ONCE:
        return [(ONCE, window_once(document.starts_on, due_on, days))] if due_on else []
    key = (cadence, begins)
    if key not in known:
        known[key] = [(span.code, window_of(span, cadence, days)) for span in spans(cadence, begins, last)]
    return known[key]


def went_live(at: datetime) -> date:
    """The day on which somebody first reported in this system; before anybody has, today (推定)."""
    first = AuditEntry.objects.filter(action__in=REPORTED).aggregate(first=Min("at"))["first"]
    return min(first or at, at).astimezone(SHANGHAI).date()


@dataclass(frozen=True)
class BeforeLive:
    """What was due before `day`, by (unit, period): the stored row, else the one that would be opened."""

    day: date
    rows: dict[Place, DutyPeriod]


def before_live(document: DutyDocument, at: datetime) -> BeforeLive:
    day = went_live(at)
    until = datetime.combine(day, time(0), SHANGHAI)
    found = {(row.unit_id, row.period): row for row in owing(document, document.starts_on, day) if row.due_at < until}
    stored = DutyPeriod.objects.filter(unit__duty__document=document.document, due_at__lt=until)
    found |= {(row.unit_id, row.period): row for row in stored.select_related("report", "statement", "opening")}
    units = DutyUnit.objects.select_related("duty", "organisation").in_bulk({unit_id for unit_id, _ in found})
    for row in found.values():
        row.unit = units[row.unit_id]
    return BeforeLive(day, found)
