"""What stands on record of the duties of units in a period: how each span that ends in it was reported, by document."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from miyun_kpi.duties.enums import WRITABLE, Cadence, ReportState
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.duties.queries.reports import while_it_stood
from miyun_kpi.duties.registry import document_places
from miyun_kpi.duties.rules.cadence import ONCE, SHANGHAI, spans
from miyun_kpi.duties.rules.standing import standing
from miyun_kpi.lib.citations import document_label
from miyun_kpi.organisations.on_record import Fact, Provider, Source, Span, Thing, counted


@dataclass(frozen=True)
class _Window:
    starts_at: datetime
    due_at: datetime
    late_until: datetime
    locks_at: datetime


DATES = ("starts_at", "due_at", "late_until", "locks_at")


def _sources() -> Sequence[Source]:
    return [Source(place.ref, f"{document_label(place.ref)}任务", place.ref) for place in document_places()]


def _last_days(first: date, last: date) -> dict[str, date]:
    """Code → last day of the spans of every cadence that end in the days."""
    found = (span for cadence in Cadence.values for span in spans(cadence, first, last))
    return {span.code: span.last_day for span in found if span.last_day <= last}


def _its_own() -> Q:
    """Of a place that ended what it reported, was given back or let pass while it stood (0141): the rest is owed by nobody, or
    has gone over. A body that ends is ranked under its name in the running period (engine 21), and marked by this record.
    """
    blank = Q(state__in=[ReportState.EXPECTED, ReportState.DRAFT], missed=False, reopened_until__isnull=True)
    return while_it_stood() | ~blank


def facts(span: Span, documents: Sequence[str]) -> Sequence[Fact]:
    ends = _last_days(span.first_day, span.last_day)
    once = Q(period=ONCE, due_at__date__range=(span.first_day, span.last_day))
    earlier: dict[str, date] = {}
    if span.unended and (before := span.first_day - timedelta(days=1)).year == span.first_day.year:
        # The tasks of a year are its own: what was not reported in another one is no task of this year.
        january = date(span.first_day.year, 1, 1)
        earlier = _last_days(january, before)
        once |= Q(period__in=list(earlier), state__in=WRITABLE)
        once |= Q(period=ONCE, due_at__date__range=(january, before), state__in=WRITABLE)
    rows = (
        DutyPeriod.objects.filter(Q(period__in=list(ends)) | once)
        .filter(_its_own(), unit__organisation__in=span.organisations, unit__duty__withdrawn_on__isnull=True)
        .filter(unit__duty__document__in=documents, starts_at__lte=span.at)
        .annotate(given_back=Q(reopened_until__isnull=False))
        .values_list(
            *(
                "unit__organisation",
                "unit__duty__document",
                "unit__duty__clause",
                "period",
                "state",
                "late",
                "missed",
                "given_back",
            ),
            *DATES,
        )
    )
    things = []
    for unit, document, clause, period, state, late, missed, given_back, *dates in rows:
        window = _Window(*dates)
        word = standing(window, state=state, late=late, given_back=given_back, at=span.at, missed=missed)
        day = ends.get(period) or earlier.get(period) or window.due_at.astimezone(SHANGHAI).date()
        things.append(Thing(unit, document, word, day, document, clause, earlier=day < span.first_day))
    return counted(things)


PROVIDER = Provider("duties", "任务", 10, sources=_sources, facts=facts)
