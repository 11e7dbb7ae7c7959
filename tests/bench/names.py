"""What the bench measures: the rows of docs/performance.md in their order. Targets are upper bounds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Name:
    """`kind`: "ratio" of processor times, "count" or "MiB". `only`: the database it can be measured on, "" for both."""

    name: str
    act: str
    target: float
    kind: str = "ratio"
    only: str = ""


SQL = "the second engine's statement, prepared"
NAMES = [
    Name("rank_71", f"reading + ranking a district of 71 ÷ {SQL}", 2.5),
    Name("rank_71_receipts", f"reading, ranking, all 得分明细 and both engines held together ÷ {SQL}", 3.5),
    Name("rank_500", f"rank_71 with 500 units ÷ {SQL}", 5),
    Name("rank_500_receipts", f"rank_71_receipts with 500 units ÷ {SQL}", 10),
    Name("rank_71_sql", "whole call of the SQL engine ÷ bare execution of its statement", 1.3),
    Name("get_ranking", "GET of a ranking by token ÷ plain view without token, the same bytes", 3),
    Name("get_ranking_304", "the same GET answered 304 ÷ answered 200", 0.5),
    Name("column_68", "column of 68 through the service ÷ one versioned upsert of 68", 6),
    Name("cell_web", "one cell through the web ÷ one versioned update in the same stack, with session and actor", 6),
    Name("cell_queries", "queries of one cell through the web", 12, "count"),
    Name("matrix_queries", "queries of the matrix page, the frame's among them, from 49 to 2,000 units", 16, "count"),
    Name("farmland_years", "page of the pool at twenty years ÷ at one", 1.5),
    Name("duties_years", "overview of the duties at twenty years ÷ at one", 1.5),
    Name("export_rows", "export of 72,480 rows ÷ openpyxl write-only of the same", 2),
    Name("export_memory", "what that export holds at its most", 32, "MiB"),
    Name("gaps_growth", "缺表影响: twice the units ÷ once", 2.3),
    Name("build_growth", "document and 得分明细: twice the units ÷ once", 2.2),
    Name("workbook_1900", "reading 1,900 × 10 ÷ calamine + a fresh interpreter", 2),
    Name("ledger_hold", "time the pool is held, p99 ÷ p50, two processes", 3, only="postgresql"),
    Name("ledger_oversold", "lots below nothing after eight processes", 0, "count", only="postgresql"),
]
BY_NAME = {one.name: one for one in NAMES}
