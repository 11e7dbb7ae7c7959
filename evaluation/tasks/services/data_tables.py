"""Monthly data tables beside the mark (13号附件2第5、6、15、16项, 附件4第21、22项): declared and imported by the evaluator.

A record only: no mark is given by it. The evaluator's own 细则 may propose one from it, which a person accepts (0116).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evaluation.enums import DataRows
from evaluation.periods.rules.calendar import SHANGHAI
from evaluation.scheme.models.scheme import Indicator
from evaluation.tasks.access.data_tables import require_keep_table, require_keep_tables_of, visible_table
from evaluation.tasks.access.tasks import visible_indicator
from evaluation.tasks.models.data_tables import DataSet, DataTable
from evaluation.tasks.rules.data_tables import ROW_TITLES, DataColumn, read_columns
from evaluation.tasks.services.task_list import carriers_of
from miyun_kpi.acts.acting import Act, acting, locked, require_version
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Malformed, Refused
from miyun_kpi.lib.periods import PeriodCode

Row = dict[str, Any]


@dataclass(frozen=True)
class TableInput:
    name: str
    rows_by: str
    columns: str


def declare_table(*, actor: Actor, indicator_id: int, table: TableInput, at: datetime) -> DataTable:
    """A new kind of table under an indicator the actor's organisation marks."""
    indicator = visible_indicator(actor, indicator_id)
    require_keep_tables_of(actor, indicator)
    columns = _checked(indicator, table)
    assert actor.organisation_id is not None
    with acting(actor, at) as act:
        locked(Indicator.objects.all(), indicator.pk)
        if DataTable.objects.filter(indicator=indicator, name=table.name).exists():
            raise Conflict("same-name", f"这项指标下已有数据表“{table.name}”，没有保存。要改请打开那一张。")
        made = DataTable.objects.create(
            indicator=indicator,
            name=table.name,
            rows_by=table.rows_by,
            columns=[column.__dict__ for column in columns],
            kept_for_id=actor.organisation_id,
            saved_at=at,
            saved_by=actor.label,
        )
        _record(act, "declared", made, {"columns": made.columns})
    return made


def change_columns(*, actor: Actor, table_id: int, version: int, columns: str, at: datetime) -> DataTable:
    """Other columns for the imports to come; months imported keep the columns of their day."""
    found = visible_table(actor, table_id)
    require_keep_table(actor, found)
    wanted = [column.__dict__ for column in read_columns(columns, row_title=ROW_TITLES[found.rows_by])]
    with acting(actor, at) as act:
        table = locked(DataTable.objects.all(), found.pk)
        require_version(table, version)
        if table.columns == wanted:
            return table
        _record(act, "columns-changed", table, {"old": table.columns, "new": wanted})
        table.columns, table.saved_at, table.saved_by = wanted, at, actor.label
        table.version += 1
        table.save()
    return table


def _checked(indicator: Indicator, table: TableInput) -> list[DataColumn]:
    if indicator.offline_only:
        raise Refused(
            "offline-only", "这项指标材料线下报送，网上不列数据表。没有保存。", clause=indicator.scheme.cite("四（二）")
        )
    if not 2 <= len(table.name) <= 60 or "\x00" in table.name:
        raise Refused("name-missing", "请写数据表的名称（2 至 60 字），没有保存。")
    if table.rows_by not in DataRows.values:
        raise Refused("rows-missing", "请选一行是一个承担单位还是一个分指标，没有保存。")
    if table.rows_by == DataRows.SERIES and not indicator.sub_indicators.exists():
        raise Refused("no-series", "这项指标没有分指标，一行只能是一个承担单位。没有保存。")
    return read_columns(table.columns, row_title=ROW_TITLES[table.rows_by])


def rows_wanted(table: DataTable) -> list[tuple[str, str]]:
    """(key, name) of every row of the table, in printed order."""
    if table.rows_by == DataRows.UNIT:
        return [(organisation.code, organisation.name) for organisation in carriers_of(table.indicator)]
    return [(str(part.number), part.name) for part in table.indicator.sub_indicators.order_by("number")]


def checked_month(table: DataTable, period: str, at: datetime) -> str:
    """A month of the scheme's year that has begun."""
    code = PeriodCode.parse(period)
    if code.month is None or code.year != table.indicator.scheme.year:
        raise Malformed("bad-period", f"请选 {table.indicator.scheme.year} 年的一个月份。")
    if code.first_day > at.astimezone(SHANGHAI).date():
        raise Refused("future-month", f"{code.label}还没有到，没有读入。请到当月再导入。")
    return str(code)


def import_month(
    *, actor: Actor, table_id: int, period: str, seen: int, rows: Sequence[Row], source: str, version: int, at: datetime
) -> DataSet:
    """Store a read month as the next version; the one before stays and is no longer current."""
    found = visible_table(actor, table_id)
    require_keep_table(actor, found)
    month = checked_month(found, period, at)
    with acting(actor, at) as act:
        table = locked(DataTable.objects.all(), found.pk)
        if table.version != version:
            raise Conflict("stale", "预览之后这张表的列有改动，没有存入。请下载新的模板再导入。")
        now = DataSet.objects.filter(table=table, period=month, current=True).first()
        if (now.number if now else 0) != seen:
            raise Conflict(
                "stale", f"预览之后{PeriodCode.parse(month).label}的数据已有新的一版，没有存入。请重新上传。"
            )
        if now is not None:
            now.current = False
            now.save(update_fields=["current"])
        made = DataSet.objects.create(
            table=table,
            period=month,
            number=seen + 1,
            columns=table.columns,
            rows=list(rows),
            source=source,
            imported_at=at,
            imported_by=actor.label,
        )
        _record(act, "imported", table, {"period": month, "number": made.number, "source": source})
    return made


def _record(act: Act, what: str, table: DataTable, data: dict[str, Any]) -> None:
    act.record(f"evaluation.data-table.{what}", f"data-table:{table.pk}", **data)
