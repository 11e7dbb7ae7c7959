"""The dated table as it stands, and what already rests on a figure from a day on."""

from datetime import date, datetime, time

from django.db.models import Q
from django.utils import timezone

from postdoc.enums import LIVE, Grant, Phase
from postdoc.models import Application, ClaimedMonth, Figure
from postdoc.rules.calendar import add_months, month_of
from postdoc.rules.figures import RESTS, Figures, Line


def figures() -> Figures:
    """The printed table with every later line that was not struck."""
    return Figures(
        Line(one.code, one.value, one.starts_on, one.document, "entered", one.document, one.pk)
        for one in Figure.objects.filter(struck_at__isnull=True)
    )


def resting_on(code: str, starts_on: date) -> Application | None:
    """A live application whose amount a line from this day on would change.

    The subsidy of a month goes by its last day, so that the month of `starts_on` is among them. A once-only grant goes by the
    day of its approval, and as long as it waits for it by the day it was asked for.
    """
    grants = RESTS[code]
    begun = datetime.combine(starts_on, time.min, timezone.get_current_timezone())
    decided = Q(phase=Phase.APPROVED, reviewed_on__gte=starts_on) | (
        ~Q(phase=Phase.APPROVED) & Q(created_at__gte=begun)
    )
    # What is left over at leaving belongs to the month it began in, the one before at the earliest.
    month = month_of(add_months(starts_on, -1) if code == "rest_days" else starts_on)
    claimed = ClaimedMonth.objects.filter(month__gte=month).values("application")
    once = Q(grant__in=grants - {Grant.LIVING}) & decided
    monthly = Q(grant__in=grants & {Grant.LIVING}, pk__in=claimed)
    return Application.objects.filter(once | monthly, phase__in=LIVE).order_by("number").first()
