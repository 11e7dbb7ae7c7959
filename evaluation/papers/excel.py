"""A ranking's workbook that comes back: name, total and place of every row."""

from miyun_kpi.sheets.table import ColumnSpec, Kind, TableSpec, read_table, refuse

NAME, TOTAL, RANK = "name", "total", "rank"
WAITING = "暂列"
SPEC = TableSpec(
    (
        ColumnSpec(NAME, "考评对象"),
        ColumnSpec(TOTAL, "合计", Kind.FIGURE),
        ColumnSpec(RANK, "名次", Kind.FIGURE),
    )
)


def workbook_rows(content: bytes) -> list[tuple[str, str, str]]:
    """(name, total, place) as written there. What the workbook holds beside these columns is not compared."""
    table = read_table(content, SPEC)
    # Below the table stand its notes, in rows without a name.
    rows = [row for row in table.rows if row[NAME]]
    refuse([problem for row in rows for problem in row.problems])
    return [(row[NAME], row[TOTAL], "" if row[RANK] == WAITING else row[RANK]) for row in rows]
