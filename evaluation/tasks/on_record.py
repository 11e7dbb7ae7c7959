"""What stands on record of units in the 督办台账 and the monthly data tables."""

from collections.abc import Sequence

from django.db.models import Q

from evaluation.enums import DataRows, SupervisionState
from evaluation.tasks.models.data_tables import DataSet
from evaluation.tasks.models.supervision import SupervisionItem
from evaluation.tasks.rules.supervision import course_word
from miyun_kpi.lib.citations import documents_of
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.on_record import Fact, Provider, Source, Span, Thing, counted

ALL = "all"
# Of one item; how many days it is late differs from item to item.
WORDS = {"done": "已销号", "submitted": "办结，待销号", "running": "在办"}


def _document() -> str:
    return next(iter(documents_of("evaluation")), "")


def supervised(span: Span, sources: Sequence[str]) -> Sequence[Fact]:
    """Items whose limit lies in the period, whoever leads them."""
    lies = Q(due_on__range=(span.first_day, span.last_day))
    if span.unended:
        lies |= Q(due_on__lt=span.first_day) & ~Q(state=SupervisionState.CLOSED)
    found = SupervisionItem.objects.filter(lies, parts__organisation__in=span.organisations)
    today, things = span.at.astimezone().date(), []
    for unit, state, due, finished, document, clause in found.order_by("pk").values_list(
        "parts__organisation", "state", "due_on", "finished_on", "indicator__scheme__document_id", "indicator__clause"
    ):
        late = state == SupervisionState.CLOSED and finished is not None and finished > due
        course = course_word(state, due, finished, today)[0]
        how = ("late", "逾期办结") if late else (course, WORDS.get(course, ""))
        running = state != SupervisionState.CLOSED
        earlier = due < span.first_day
        things.append(Thing(unit, ALL, how[0], due, str(document or ""), clause, how[1], running, earlier))
    return counted(things)


def tabled(span: Span, sources: Sequence[str]) -> Sequence[Fact]:
    """Months of tables by units in which each has a row with a figure, and in which it has none."""
    months, day, units = {}, span.first_day, {one.code: one.pk for one in span.organisations}
    while day <= span.last_day:
        month = PeriodCode.month_of(day)
        months[str(month)] = month.last_day
        day = PeriodCode(day.year + day.month // 12, month=day.month % 12 + 1).first_day
    found = DataSet.objects.filter(current=True, period__in=list(months), table__rows_by=DataRows.UNIT)
    things = []
    for period, rows, document, clause in found.order_by("pk").values_list(
        "period", "rows", "table__indicator__scheme__document_id", "table__indicator__clause"
    ):
        for row in (one for one in rows if one["key"] in units):
            how = ("filed", "有数") if any(value is not None for value in row["values"]) else ("blank", "无数")
            things.append(Thing(units[row["key"]], ALL, how[0], months[period], str(document or ""), clause, how[1]))
    return counted(things)


PROVIDERS = (
    Provider("supervision", "督办", 40, lambda: [Source(ALL, "督办台账", _document())], supervised),
    Provider("data-tables", "数据表", 50, lambda: [Source(ALL, "月度数据表", _document())], tabled),
)
