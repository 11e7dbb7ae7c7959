"""A filled month of a data table read back: compared with the version in force and shown first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from evaluation.enums import DataRows
from evaluation.tasks.access.data_tables import require_keep_table, visible_table
from evaluation.tasks.models.data_tables import DataSet, DataTable
from evaluation.tasks.queries.data_tables import words_of
from evaluation.tasks.rules.data_tables import LONGEST_TEXT, MOST, ROW_TITLES, DataColumn, columns_of
from evaluation.tasks.services.data_tables import Row, checked_month, rows_wanted
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import plain
from miyun_kpi.organisations.queries import resolver
from miyun_kpi.sheets.table import ColumnSpec, Kind, TableRow, TableSpec, read_table, same

BLANK = "（空）"


@dataclass(frozen=True)
class Preview:
    """`changed`: (row, column, old, new) against the version in force; `seen` is its number, 0 for none."""

    period: str
    seen: int
    rows: Sequence[Row]
    absent: Sequence[str]
    changed: Sequence[tuple[str, str, str, str]]
    source: str


def read_month(*, actor: Actor, table_id: int, period: str, file_name: str, content: bytes, at: datetime) -> Preview:
    """Read a filled workbook and compare it with the month's version in force; writes nothing."""
    table = visible_table(actor, table_id)
    require_keep_table(actor, table)
    month = checked_month(table, period, at)
    columns = columns_of(table.columns)
    read = read_table(content, _spec(table, columns), file_name=file_name)
    names = dict(rows_wanted(table))
    find = _finder(table, names)
    rows: dict[str, Row] = {}
    for row in read.rows:
        values = [_value(row, column) for column in columns]
        key = find(row[""])
        if key is None:
            said = row[""]
            row.wrong("", "unknown-row", f"这张表里没有“{said[:30]}”这一行。请照模板的行。")
        elif key in rows:
            row.wrong("", "doubled-row", "这一行在文件里出现了两次，请只留一行。")
        else:
            rows[key] = {"key": key, "name": names[key], "values": values}
    read.refuse_if_wrong()
    ordered = [rows[key] for key in names if key in rows]
    now = DataSet.objects.filter(table=table, period=month, current=True).first()
    return Preview(
        month,
        now.number if now else 0,
        ordered,
        [name for key, name in names.items() if key not in rows],
        _changes(now, ordered, columns),
        read.source,
    )


def _spec(table: DataTable, columns: Sequence[DataColumn]) -> TableSpec:
    """What a row is about under the key "", then the declared columns under their titles."""
    return TableSpec(
        [
            ColumnSpec("", ROW_TITLES[table.rows_by], longest=100),
            *(
                ColumnSpec(one.title, one.title, longest=LONGEST_TEXT)
                if one.kind == "text"
                else ColumnSpec(one.title, one.title, Kind.NUMBER, places=one.places, signed=True)
                for one in columns
            ),
        ]
    )


def _finder(table: DataTable, names: dict[str, str]) -> Callable[[str], str | None]:
    if table.rows_by == DataRows.SERIES:
        by_name = {same(name): key for key, name in names.items()}
        return lambda said: by_name.get(same(said))
    resolve = resolver()

    def find(said: str) -> str | None:
        organisation = resolve(said)
        return organisation.code if organisation and organisation.code in names else None

    return find


def _value(row: TableRow, column: DataColumn) -> str | None:
    value = row[column.title]
    if column.kind == "text":
        return value or None
    if value is not None and abs(value) >= MOST:
        row.wrong(column.title, "too-large", "超过十亿，请在列里换大一级的单位。")
    return None if value is None else plain(value)


def _changes(now: DataSet | None, rows: Sequence[Row], columns: list[DataColumn]) -> list[tuple[str, str, str, str]]:
    if now is None:
        return []
    titles = [column.title for column in columns_of(now.columns)]
    before = {row["key"]: dict(zip(titles, row["values"], strict=True)) for row in now.rows}
    return [
        (
            row["name"],
            column.title,
            words_of(old, column) if old else BLANK,
            words_of(value, column) if value else BLANK,
        )
        for row in rows
        for column, value in zip(columns, row["values"], strict=True)
        if (old := before.get(row["key"], {}).get(column.title)) != value
    ]
