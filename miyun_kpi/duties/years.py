"""Twenty years of duties for measuring (lib.years): every unit reports monthly, most in time, some late, few not at all.

The database writes the rows itself, and writes them as the nights of those years left them, counted: each as a model, and
settled afterwards, took minutes, and left the database with every row twice.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from django.db import connection
from django.db.models import Max, Model

from miyun_kpi.duties.enums import Cadence, Course, ReportState
from miyun_kpi.duties.models import DutyDocument, DutyPeriod, DutyTally, ProgressReport
from miyun_kpi.duties.queries.owing import days_of
from miyun_kpi.duties.queries.reports import KEPT, settled_tallies
from miyun_kpi.duties.rules.cadence import span_on, window_of
from miyun_kpi.duties.services.settling import settle
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.lib.years import Years

BY = "虚构"
# Of a thousand periods so many are never reported, exempt, let pass and made up, reported late.
NEVER, EXEMPT, MISSED, LATE = 2, 5, 10, 50
_MISSED, _LATE = NEVER + EXEMPT + MISSED, NEVER + EXEMPT + MISSED + LATE
_SPAN = "(CAST(%s AS BIGINT), %s, %s, %s, %s, %s, %s)"
# A unit's periods one after the other, so that what is found by unit lies together.
_OWED = """
    SELECT unit.id AS unit_id, span.column2 AS period, span.column3 AS starts_at, span.column4 AS due_at,
        span.column5 AS late_until, span.column6 AS locks_at, span.column7 AS settled, (unit.id * 7919 + span.column1 * 104729) %% 1000 AS lot
    FROM duties_dutyunit AS unit
    JOIN duties_duty AS duty ON duty.id = unit.duty_id
    CROSS JOIN (VALUES {spans}) AS span
    WHERE unit.active AND duty.document = %s AND duty.scope = '' AND duty.withdrawn_on IS NULL
        AND NOT EXISTS (SELECT 1 FROM duties_dutyperiod AS known WHERE known.unit_id = unit.id AND known.period = span.column2)
    ORDER BY unit.id, span.column1
"""


def fill(years: Years) -> int:
    # First: an act has the foreign keys of its transaction checked, and would look through those of all years a unit.
    settle(years.at)
    last = DutyPeriod.objects.aggregate(last=Max("pk"))["last"] or 0
    number = sum(_periods(document, years) for document in DutyDocument.objects.order_by("document"))
    _reports(last)
    kept = [
        DutyTally(unit_id=unit_id, **{name: getattr(tally, name) for name in KEPT})
        for unit_id, tally in sorted(settled_tallies().items())
    ]
    DutyTally.objects.bulk_create(
        kept, batch_size=500, update_conflicts=True, unique_fields=["unit"], update_fields=list(KEPT)
    )
    return number


def _periods(document: DutyDocument, years: Years) -> int:
    spans: list[tuple[Any, ...]] = []
    for place, (year, month) in enumerate(years.months()):
        period = PeriodCode(year, month=month)
        window = window_of(span_on(Cadence.MONTHLY, period.first_day), Cadence.MONTHLY, days_of(document))
        dates = (window.starts_at, window.due_at, window.late_until, window.locks_at)
        stored = map(connection.ops.adapt_datetimefield_value, dates)
        spans.append((place, str(period), *stored, window.locks_at <= years.at))
    plain = ("unit_id", "period", "starts_at", "due_at", "late_until", "locks_at", "settled")
    columns = {name: name for name in plain} | {
        "state": f"CASE WHEN lot < {NEVER} THEN '{ReportState.EXPECTED}' "
        f"WHEN lot < {NEVER + EXEMPT} THEN '{ReportState.EXEMPT}' ELSE '{ReportState.ACCEPTED}' END",
        "late": f"lot >= {NEVER + EXEMPT} AND lot < {_LATE}",
        "missed": f"lot >= {NEVER + EXEMPT} AND lot < {_MISSED}",
        "made_up_reason": f"CASE WHEN lot >= {NEVER + EXEMPT} AND lot < {_MISSED} THEN '{BY}：窗口过后补报' ELSE '' END",
    }
    owed = _OWED.format(spans=", ".join([_SPAN] * len(spans)))
    return _insert(DutyPeriod, columns, f"({owed}) AS owed", [*chain.from_iterable(spans), document.document])


def _reports(after: int) -> None:
    """Of the periods with a greater key."""
    on, by = "CASE WHEN late THEN late_until ELSE due_at END", f"'{BY}'"
    columns = {"duty_period_id": "id", "course": f"'{Course.ON_COURSE}'", "version": "2"}
    columns |= {"progress": f"'（{BY}）' || period || ' 按计划推进'", "decided_at": "locks_at", "decided_by": by}
    columns |= {"saved_at": on, "saved_by": by, "submitted_at": on, "submitted_by": by}
    reported = f"duties_dutyperiod WHERE id > %s AND state = '{ReportState.ACCEPTED}' ORDER BY id"
    _insert(ProgressReport, columns, reported, [after])


def _insert(model: type[Model], columns: Mapping[str, str], rows: str, told: Sequence[Any]) -> int:
    """What `columns` selects from `rows`; every other column as the model has it by default. How many."""
    fields = [one for one in model._meta.concrete_fields if not one.primary_key]
    rest = {
        one.column: one.get_db_prep_save(one.get_default(), connection) for one in fields if one.column not in columns
    }
    names = ", ".join(f'"{name}"' for name in (*columns, *rest))
    chosen = ", ".join((*columns.values(), *(["%s"] * len(rest))))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({names}) SELECT {chosen} FROM {rows}", [*rest.values(), *told]
        )
        return int(cursor.rowcount)
