"""What duties say for 领导首页: reports that nobody handed in by their day, by document and unit, in one query."""

from collections.abc import Sequence

from django.db.models import Count, F, Q, QuerySet, Value, Window
from django.db.models.functions import RowNumber

from miyun_kpi.duties.access import reports_visible_to
from miyun_kpi.duties.enums import ReportState
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.duties.registry import page_of
from miyun_kpi.duties.rules.cadence import SHANGHAI, label_of
from miyun_kpi.organisations.leader_parts import Overdue, Reading


def _late(reading: Reading) -> QuerySet[DutyPeriod]:
    """As 单位页 counts them: begun, past their day, not handed in and not given back."""
    found = reports_visible_to(reading.actor).filter(
        Q(state__in=[ReportState.EXPECTED, ReportState.DRAFT]), due_at__lte=reading.at, reopened_until__isnull=True
    )
    return found if reading.units is None else found.filter(unit__organisation__in=reading.units)


def overdue(reading: Reading) -> Sequence[Overdue]:
    group = [F("unit__duty__document"), F("unit__organisation")]
    oldest = Window(RowNumber(), partition_by=group, order_by=[F("due_at").asc(), F("pk").asc()])
    found = _late(reading)
    if reading.each:
        found = found.annotate(number=Value(1))
    else:
        found = found.annotate(place=oldest, number=Window(Count("pk"), partition_by=group)).filter(place=1)
    return [
        Overdue(
            document=row.unit.duty.document,
            what="任务",
            number=row.number,
            unit_id=row.unit.organisation_id,
            unit=row.unit.organisation.name,
            title=f"{row.unit.duty.title}（{label_of(row.period)}）",
            due=row.due_at.astimezone(SHANGHAI).date(),
            address=page_of(row),
        )
        for row in found.order_by("due_at", "pk")
    ]
