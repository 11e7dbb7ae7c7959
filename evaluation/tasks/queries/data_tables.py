"""Monthly data tables as pages, files and the panel beside the mark show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from evaluation.enums import DataRows
from evaluation.scheme.models.scheme import Indicator
from evaluation.tasks.models.data_tables import DataSet, DataTable
from evaluation.tasks.rules.data_tables import DataColumn, columns_of, written
from miyun_kpi.charts import Row
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import stands_for
from miyun_kpi.web.formats import MISSING, score

if TYPE_CHECKING:
    # The sheet stands above this subject, which only answers what lies beside its marks.
    from evaluation.sheets.models.marks import MarkSheet


def seen_rows(data: DataSet, table: DataTable, own: str) -> list[dict[str, Any]]:
    """The rows one may see: of a table by units a unit sees its own."""
    if own and table.rows_by == DataRows.UNIT:
        return [row for row in data.rows if row["key"] == own]
    return list(data.rows)


def name_today(row: dict[str, Any], table: DataTable) -> str:
    """What a curve over the months is called: a unit by its name of today, whatever it was called at an import."""
    names = Organisation.objects.filter(code=row["key"]) if table.rows_by == DataRows.UNIT else None
    found = names.values_list("name", flat=True).first() if names is not None else None
    return found or str(row["name"])


def current_sets(table: DataTable) -> list[DataSet]:
    return list(DataSet.objects.filter(table=table, current=True).order_by("period"))


def words_of(value: str | None, column: DataColumn) -> str:
    """As it stands on a page: a figure with all the places of its column, never rounded to them; a dash for none."""
    if column.kind != "number" or not value:
        return value or MISSING
    return score(value, max(column.places, len(value.partition(".")[2])))


def written_rows(rows: Sequence[dict[str, Any]], columns: Sequence[DataColumn]) -> list[dict[str, Any]]:
    """Key, name and cells (text, whether a figure) of each row."""
    return [
        {
            "key": row["key"],
            "name": row["name"],
            "cells": [
                (words_of(value, column), column.kind == "number")
                for value, column in zip(row["values"], columns, strict=True)
            ],
        }
        for row in rows
    ]


@dataclass(frozen=True)
class Curve:
    """One numeric column of one row over the months."""

    title: str
    values: Sequence[tuple[str, Decimal | None, bool]]
    low: Decimal
    high: Decimal


def curves(sets: Sequence[DataSet], columns: Sequence[DataColumn], key: str) -> list[Curve]:
    found = []
    for column in columns:
        if column.kind != "number":
            continue
        values = [(f"{one.period[5:]}月", _value(one, column, key), True) for one in sets]
        known = [value for _, value, _ in values if value is not None]
        if known:
            low, high = min([Decimal(0), *known]), max(known)
            found.append(Curve(column.title, values, low, high if high > low else low + 1))
    return found


def _value(data: DataSet, column: DataColumn, key: str) -> Decimal | None:
    titles = [one.title for one in columns_of(data.columns)]
    if column.title not in titles:
        return None
    place = titles.index(column.title)
    text = next((row["values"][place] for row in data.rows if row["key"] == key), None)
    try:
        return None if text is None else Decimal(text)
    except ArithmeticError:
        return None


def bars(data: DataSet, rows: Sequence[dict[str, Any]], column: DataColumn) -> list[Row]:
    """The month's values of one column, a dot a row."""
    found = []
    for row in rows:
        value = _value(data, column, row["key"])
        found.append(Row(row["name"][:7], own=value, end="无数" if value is None else words_of(f"{value:f}", column)))
    return found


@dataclass(frozen=True)
class Beside:
    table: DataTable
    months: Sequence[tuple[str, Sequence[tuple[str, str]]]]


def beside_the_mark(sheet: "MarkSheet", code: str) -> list[Beside]:
    """A unit's figures in the months of the sheet's period, in two queries; tables by 分指标 are only named."""
    months = [str(month) for month in sheet.period.period_code.months]
    tables = list(DataTable.objects.filter(indicator=sheet.indicator))
    sets = list(DataSet.objects.filter(table__in=tables, current=True, period__in=months).order_by("period"))
    found = []
    for table in tables:
        lines = []
        for data in (one for one in sets if one.table_id == table.pk and table.rows_by == DataRows.UNIT):
            row = next((row for row in data.rows if row["key"] == code), None)
            if row:
                columns = columns_of(data.columns)
                values = [
                    (c.title, words_of(v, c)) for c, v in zip(columns, row["values"], strict=True) if v is not None
                ]
                lines.append((f"{data.period[5:]}月", values))
        found.append(Beside(table, lines))
    return found


@dataclass(frozen=True)
class TableBefore:
    """A table of the year before that the evaluator may declare anew under `indicator`, which continues that of its own.

    `lines`: each column as one types it, with the value of its box.
    """

    table: DataTable
    indicator: Indicator

    @property
    def track(self) -> str:
        return "镇街" if self.indicator.scheme.track == "township" else "部门"

    @property
    def lines(self) -> list[tuple[str, str, DataColumn]]:
        columns = columns_of(self.table.columns)
        return [(f"{self.table.pk}:{self.table.version}:{n}", written([one]), one) for n, one in enumerate(columns)]


def tables_before(organisation_id: int | None, indicators: Sequence[int]) -> list[TableBefore]:
    """Of tables the organisation (or one that ended into it) kept under the items that `indicators` continue, those
    without a table of the same name there yet. Three queries at most."""
    later = {
        one.from_indicator_id: one
        for one in Indicator.objects.filter(pk__in=indicators, from_indicator__isnull=False).select_related("scheme")
    }
    if not later:
        return []
    known = set(DataTable.objects.filter(indicator__in=later.values()).values_list("indicator_id", "name"))
    kept = DataTable.objects.filter(indicator__in=list(later), kept_for__in=stands_for(organisation_id))
    found = kept.select_related("indicator__scheme").order_by("indicator__number", "name")
    pairs = [TableBefore(one, later[one.indicator_id]) for one in found]
    return [one for one in pairs if (one.indicator.pk, one.table.name) not in known]
