"""What stands on record of units' 依申请公开 in a period: how many came in, and how the clock of each stands."""

from collections.abc import Sequence

from django.db.models import Q

from disclosure.enums import DOCUMENT
from disclosure.models import Application
from disclosure.queries.applications import STATES
from disclosure.rules.clocks import Facts, Hold, clock
from miyun_kpi.organisations.on_record import Fact, Provider, Source, Span, Thing, counted

CODE, CLAUSE = "applications", "五（一）"
FIELDS = ("received_on", "correction_sent_on", "corrected_on")
LATER = ("extension_days", "answered_on", "again_from", "again_days")
HOLDS = ("holds__kind", "holds__sent_on", "holds__returned_on")


def _sources() -> Sequence[Source]:
    return [Source(CODE, "依申请公开", DOCUMENT, CLAUSE)]


def facts(span: Span, sources: Sequence[str]) -> Sequence[Fact]:
    """With their holds beside them, a line for each: one question."""
    lies = Q(received_on__range=(span.first_day, span.last_day))
    if span.unended:
        lies |= Q(received_on__lt=span.first_day, answered_on__isnull=True)
    found = Application.objects.filter(lies, organisation__in=span.organisations)
    rows: dict[int, tuple[int, Facts]] = {}
    for pk, unit, received, sent, corrected, extension, answered, again, again_days, *hold in found.order_by(
        "pk"
    ).values_list("pk", "organisation", *FIELDS, *LATER, *HOLDS):
        earlier = rows[pk][1].holds if pk in rows else ()
        holds = (*earlier, Hold(*hold)) if hold[0] else earlier
        rows[pk] = unit, Facts(received, sent, corrected, holds, extension, answered, again, again_days or 0)
    today = span.at.astimezone().date()
    things = []
    for unit, one in rows.values():
        state, word = STATES[clock(one, today).state]
        running = clock(one, today).state not in ("on_time", "late")
        before = one.received_on < span.first_day
        things.append(Thing(unit, CODE, state, one.received_on, DOCUMENT, CLAUSE, word, running, before))
    return counted(things)


PROVIDER = Provider("disclosure", "政务公开", 30, sources=_sources, facts=facts)
