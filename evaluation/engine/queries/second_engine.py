"""The second engine (engine 24): one SQL statement, written apart from the first, that reads the tables themselves.

It knows no fractions. Of every unit it gives two whole numbers of 10⁻⁹ points between which the exact value lies: every division goes
down, and the upper end one up where a remainder was left. Rates and shares are 10⁻¹², products of one item 10⁻¹⁵ points.
All products stay below 2⁶³ (a rate 10¹² × a weight of 100 points 10⁵); where one did not, SQLite would answer with a float, which is
refused. The text is the same on both databases.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import connection

from evaluation.engine.queries.engine_inputs import EngineInputs
from evaluation.engine.rules.agreement import Agreement, Interval, agreement
from evaluation.engine.rules.ranking import Result
from evaluation.enums import (
    ActState,
    AdjustmentState,
    DecisionKind,
    DecisionState,
    FigureKind,
    NotApplicable,
    OwnMarkRule,
    Scope,
    SheetState,
    UnitChange,
    UnitChangeState,
)
from evaluation.periods.models import Period
from evaluation.scheme.models.scheme import Scheme
from miyun_kpi.lib.decimals import to_scaled
from miyun_kpi.organisations.enums import CATEGORIES_BY_TRACK

# A figure is what it was in the period: of changes that do not hold yet the first says what stood before it. Text such as
# `code:3/7` is taken apart from its end, with functions that both databases have.
_FIGURES = f"""
figure AS MATERIALIZED (
    SELECT f.id, f.kind, f.indicator_id, f.zone, f.organisation_id, COALESCE((
        SELECT c.old_value
        FROM evaluation_amendmentchange c JOIN evaluation_amendment a ON a.id = c.amendment_id
        WHERE c.figure_id = f.id AND a.state = '{ActState.CONFIRMED}'
            AND CAST(substr(a.effective_from, 1, 4) AS BIGINT) * 4 + CASE length(a.effective_from)
                WHEN 4 THEN 1
                WHEN 6 THEN CAST(substr(a.effective_from, 6, 1) AS BIGINT)
                ELSE (CAST(substr(a.effective_from, 6, 2) AS BIGINT) + 2) / 3
            END > %(ends)s
        ORDER BY a.number LIMIT 1
    ), f.value) AS value
    FROM evaluation_figure f WHERE f.scheme_id = %(scheme)s
),
item AS MATERIALIZED (
    SELECT indicator_id FROM figure WHERE kind = '{FigureKind.SCOPE}' AND (
        %(quarter)s = 0 OR value = '{Scope.QUARTER}' OR (value = '{Scope.HALF_YEAR}' AND %(quarter)s IN (2, 4))
    )
),
weight AS MATERIALIZED (
    SELECT indicator_id, zone, CAST(ROUND(CAST(value AS NUMERIC) * 1000) AS BIGINT) AS milli
    FROM figure WHERE kind = '{FigureKind.WEIGHT}'
),
written AS MATERIALIZED (
    SELECT id, indicator_id, substr(value, length(rtrim(value, '0123456789/')) + 1) AS share
    FROM figure WHERE kind = '{FigureKind.SHARE}'
),
part AS MATERIALIZED (
    SELECT w.id, w.indicator_id,
        CASE WHEN rtrim(w.share, '0123456789') = '' THEN CAST(w.share AS BIGINT)
            ELSE CAST(rtrim(rtrim(w.share, '0123456789'), '/') AS BIGINT) END AS num,
        CASE WHEN rtrim(w.share, '0123456789') = '' THEN 1
            ELSE CAST(substr(w.share, length(rtrim(w.share, '0123456789')) + 1) AS BIGINT) END AS den,
        CASE WHEN EXISTS (
            SELECT 1 FROM evaluation_sheetdecision d JOIN evaluation_marksheet s ON s.id = d.sheet_id
            WHERE s.share_figure_id = w.id AND s.period_id = %(period)s AND s.state <> '{SheetState.FILED}'
                AND d.kind = '{DecisionKind.LEAVE_OUT}' AND d.state = '{DecisionState.CONFIRMED}'
        ) THEN 1 ELSE 0 END AS left_out
    FROM written w JOIN item i ON i.indicator_id = w.indicator_id
),
counted AS MATERIALIZED (
    SELECT indicator_id, MAX(left_out) AS converted,
        CAST(SUM(CASE left_out WHEN 0 THEN num * 1000000000000 / den ELSE 0 END) AS BIGINT) AS whole_low,
        CAST(SUM(CASE left_out WHEN 0 THEN (num * 1000000000000 + den - 1) / den ELSE 0 END) AS BIGINT) AS whole_high
    FROM part GROUP BY indicator_id HAVING MIN(left_out) = 0
)"""

# Sheets are read once, apart: PostgreSQL expects one row of what is made on the way, and would look each up for every cell.
# 1 a mark, 2 不适用 or one's own mark that is not taken, 0 missing: only filed sheets count.
_CELLS = f"""
related AS MATERIALIZED (
    SELECT id AS one, id AS other FROM organisations_organisation
    UNION SELECT id, part_of_id FROM organisations_organisation WHERE part_of_id IS NOT NULL
    UNION SELECT part_of_id, id FROM organisations_organisation WHERE part_of_id IS NOT NULL
    UNION SELECT organisation_id, other_id FROM organisations_affiliation
    UNION SELECT other_id, organisation_id FROM organisations_affiliation
),
sheet AS MATERIALIZED (
    SELECT s.id, s.share_figure_id AS part_id, e.id AS evaluator_id, e.code
    FROM part p
    JOIN evaluation_marksheet s
        ON s.share_figure_id = p.id AND s.period_id = %(period)s AND s.state = '{SheetState.FILED}'
    JOIN organisations_organisation e ON e.id = s.evaluator_id
),
cell AS MATERIALIZED (
    SELECT p.id AS part_id, u.id AS unit_id, m.value, m.full_mark, CASE
        WHEN s.id IS NULL THEN 0
        WHEN (s.code = u.code OR r.one IS NOT NULL OR replace(u.related, '"' || s.code || '"', '') <> u.related) AND EXISTS (
            SELECT 1 FROM figure WHERE kind = '{FigureKind.OWN_MARK}' AND value = '{OwnMarkRule.AVERAGE}'
        ) THEN 2
        WHEN m.id IS NULL THEN 0
        WHEN m.not_applicable = '{NotApplicable.APPROVED}' THEN 2
        WHEN m.value IS NULL THEN 0
        ELSE 1 END AS has
    FROM part p
    JOIN figure f ON f.indicator_id = p.indicator_id AND f.kind = '{FigureKind.CARRIED}' AND f.value = 'yes'
    JOIN unit u ON u.id = f.organisation_id
    LEFT JOIN sheet s ON s.part_id = p.id
    LEFT JOIN evaluation_mark m ON m.sheet_id = s.id AND m.organisation_id = u.id
    LEFT JOIN related r ON r.one = s.evaluator_id AND r.other = u.id AND u.related = ''
    WHERE p.left_out = 0
),
rate AS MATERIALIZED (
    SELECT part_id, unit_id, has,
        CASE has WHEN 1 THEN value * 1000000000000 / full_mark END AS low,
        CASE has WHEN 1 THEN (value * 1000000000000 + full_mark - 1) / full_mark END AS high
    FROM cell
),
mean AS MATERIALIZED (
    SELECT part_id,
        CAST(SUM(low) AS BIGINT) / CAST(SUM(CASE has WHEN 1 THEN 1 ELSE 0 END) AS BIGINT) AS low,
        (CAST(SUM(high) AS BIGINT) + CAST(SUM(CASE has WHEN 1 THEN 1 ELSE 0 END) AS BIGINT) - 1)
            / CAST(SUM(CASE has WHEN 1 THEN 1 ELSE 0 END) AS BIGINT) AS high
    FROM rate GROUP BY part_id HAVING MIN(has) = 1
)"""

_SUMS = """
taken AS MATERIALIZED (
    SELECT u.id AS unit_id, p.indicator_id, p.num, p.den,
        CASE WHEN r.has = 1 THEN r.low WHEN r.has = 0 THEN NULL ELSE a.low END AS low,
        CASE WHEN r.has = 1 THEN r.high WHEN r.has = 0 THEN NULL ELSE a.high END AS high
    FROM unit u CROSS JOIN part p
    LEFT JOIN rate r ON r.part_id = p.id AND r.unit_id = u.id
    LEFT JOIN mean a ON a.part_id = p.id
    WHERE p.left_out = 0
),
share AS MATERIALIZED (
    SELECT unit_id, indicator_id, COUNT(*) - COUNT(low) AS missing,
        CAST(SUM(low * num / den) AS BIGINT) AS low, CAST(SUM((high * num + den - 1) / den) AS BIGINT) AS high
    FROM taken GROUP BY unit_id, indicator_id
),
whole AS MATERIALIZED (
    SELECT s.unit_id, s.indicator_id, s.missing,
        CASE c.converted WHEN 0 THEN s.low ELSE s.low * 1000000 / c.whole_high * 1000000
            + s.low * 1000000 %% c.whole_high * 1000000 / c.whole_high END AS low,
        CASE c.converted WHEN 0 THEN s.high ELSE s.high * 1000000 / c.whole_low * 1000000
            + s.high * 1000000 %% c.whole_low * 1000000 / c.whole_low + 1 END AS high
    FROM share s JOIN counted c ON c.indicator_id = s.indicator_id
),
got AS MATERIALIZED (
    SELECT u.id, u.code, CAST(SUM(w.milli) AS BIGINT) AS examined, SUM(h.missing) AS missing,
        CAST(SUM(w.milli * h.low) AS BIGINT) AS low, CAST(SUM(w.milli * h.high) AS BIGINT) AS high
    FROM unit u JOIN whole h ON h.unit_id = u.id
    JOIN weight w ON w.indicator_id = h.indicator_id AND w.zone = u.zone
    GROUP BY u.id, u.code
),
percent AS MATERIALIZED (
    SELECT id, code, missing,
        CASE examined WHEN 100000 THEN low / 1000000 ELSE low / 1000000 * 100000 / examined END AS low,
        CASE examined WHEN 100000 THEN (high + 999999) / 1000000
            ELSE ((high + 999999) / 1000000 * 100000 + examined - 1) / examined END AS high
    FROM got
)"""


def engines_agree(inputs: EngineInputs, result: Result) -> Agreement:
    """Run the second engine over the same scheme and period, and hold the first one's result against it."""
    closing, own = None, 1000
    if inputs.closing is not None and inputs.closing.weights is not None:
        weights = {code: to_scaled(weight, 3) for code, weight in inputs.closing.weights.items()}
        own = weights.get(inputs.period.code, 0)
        papers = [(weights[quarter.period], quarter.results) for quarter in inputs.closing.quarters]
        closing = {unit.code: _brought(papers, unit.code) for unit in inputs.units}
    intervals = second_engine(inputs.view.scheme, inputs.period, closing=closing, own=own)
    return agreement(result, intervals, inputs.view.scheme.rank_precision)


def _brought(papers: list[tuple[int, dict[str, str | None]]], code: str) -> int | None:
    """What the quarters bring to a unit: thousandths of weight × ten-thousandths of a point."""
    values = [(weight, results.get(code)) for weight, results in papers]
    if any(text is None for _, text in values):
        return None
    return sum(weight * to_scaled(Decimal(text), 4) for weight, text in values if text is not None)


def second_engine(
    scheme: Scheme, period: Period, *, closing: Mapping[str, int | None] | None, own: int
) -> dict[str, Interval | None]:
    """Of every unit the interval that its total before rounding lies in, by code; None while a mark is missing.

    `closing`: in a year what the quarters bring to a unit, in 10⁻⁷ points, None while one is missing; `own`: thousandths
    that this period weighs.
    """
    statement, names = statement_of(scheme, period, closing=closing, own=own)
    with connection.cursor() as cursor:
        cursor.execute(statement, names)
        return {unit: _interval(low, high) for unit, low, high in cursor.fetchall()}


def statement_of(
    scheme: Scheme, period: Period, *, closing: Mapping[str, int | None] | None, own: int
) -> tuple[str, dict[str, Any]]:
    """The one statement and what it is told."""
    code = period.period_code
    names: dict[str, Any] = {
        "scheme": scheme.pk,
        "period": period.pk,
        "quarter": code.quarter or 0,
        "ends": code.year * 4 + (code.quarter or 4),
        "own": own,
    }
    with_clauses = [
        _population(scheme),
        _FIGURES,
        _CELLS,
        _SUMS,
        _quarters(closing, names),
        _added(scheme, period, names),
    ]
    statement = f"""WITH {", ".join(with_clauses)}
SELECT p.code,
    CASE WHEN p.missing > 0 THEN NULL
        ELSE p.low * %(own)s / 1000 + COALESCE(a.milli, 0) * 1000000 + {"q.points * 100" if closing is not None else "0"} END,
    CASE WHEN p.missing > 0 THEN NULL
        ELSE (p.high * %(own)s + 999) / 1000 + COALESCE(a.milli, 0) * 1000000
            + {"q.points * 100" if closing is not None else "0"} END
FROM percent p
LEFT JOIN added a ON a.unit_id = p.id
{"LEFT JOIN quarters q ON q.code = p.code" if closing is not None else ""}"""
    return statement, names


def _interval(low: Any, high: Any) -> Interval | None:
    if low is None or high is None:
        return None
    if type(low) is not int or type(high) is not int:
        raise ArithmeticError("a product left 63 bits")
    return Interval(low, high)


def _population(scheme: Scheme) -> str:
    """Who was frozen when the period opened, with the bodies that belonged to each, less who was left out; without a
    frozen row those of today."""
    categories = ", ".join(f"'{category}'" for category in CATEGORIES_BY_TRACK[scheme.track])
    return f"""unit AS MATERIALIZED (
    SELECT o.id, o.code, f.zone, CAST(f.related AS TEXT) AS related
    FROM evaluation_periodunit f JOIN organisations_organisation o ON o.id = f.organisation_id
    WHERE f.scheme_id = %(scheme)s AND f.period_id = %(period)s AND NOT EXISTS (
        SELECT 1 FROM evaluation_unitdecision d
        WHERE d.scheme_id = f.scheme_id AND d.period_id = f.period_id AND d.organisation_id = f.organisation_id
            AND d.kind = '{UnitChange.LEAVE_OUT}' AND d.state = '{UnitChangeState.CONFIRMED}'
    )
    UNION ALL
    SELECT id, code, zone, '' FROM organisations_organisation
    WHERE evaluated AND category IN ({categories}) AND NOT EXISTS (
        SELECT 1 FROM evaluation_periodunit WHERE scheme_id = %(scheme)s AND period_id = %(period)s
    )
)"""


def _quarters(closing: Mapping[str, int | None] | None, names: dict[str, Any]) -> str:
    """What frozen papers bring into a year is no row of a table: it is handed over, a row a unit."""
    rows = []
    for place, (code, points) in enumerate((closing or {}).items()):
        names |= {f"code{place}": code, f"points{place}": points}
        rows.append(f"(%(code{place})s, CAST(%(points{place})s AS BIGINT))")
    return f"quarters (code, points) AS (VALUES {', '.join(rows) or '(NULL, NULL)'})"


def _added(scheme: Scheme, period: Period, names: dict[str, Any]) -> str:
    """Decided 加减分: all of them in the year; in a quarter those of its days, where the scheme counts them so."""
    where = "AND 1 = 0"
    if period.period_code.quarter:
        if scheme.quarter_adjustments:
            names |= {"first": period.period_code.first_day, "last": period.period_code.last_day}
            where = "AND happened_on BETWEEN %(first)s AND %(last)s"
    else:
        where = ""
    return f"""added AS (
    SELECT organisation_id AS unit_id, CAST(SUM(decided_points) AS BIGINT) AS milli FROM evaluation_adjustment
    WHERE scheme_id = %(scheme)s AND state = '{AdjustmentState.GRANTED}' {where} GROUP BY organisation_id
)"""
