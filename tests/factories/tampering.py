"""What no service does: writes past the triggers that keep rows as they were written, with the seal or without it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from evaluation.engine.models.ranking import Ranking, RankingRow
from evaluation.engine.queries.sealed import seal_ranking, seal_receipts
from miyun_kpi.audit.guards import install_guards, remove_guards


def remove_guard(using: str = "default") -> None:
    remove_guards(using)


@contextmanager
def unguarded() -> Iterator[None]:
    """For as long as the block runs the store obeys, as it does to somebody who may drop triggers."""
    remove_guards()
    try:
        yield
    finally:
        install_guards()


def rewritten(pk: int, **columns: Any) -> Ranking:
    """The ranking as if it had been computed and published so: sealed anew, which a tamperer cannot."""
    with unguarded():
        if columns:
            Ranking.objects.filter(pk=pk).update(**columns)
        ranking = Ranking.objects.get(pk=pk)
        seal_ranking(ranking, ranking.rows.order_by("position"))
        Ranking.objects.filter(pk=pk).update(seal=ranking.seal, receipts_digest=ranking.receipts_digest)
    return ranking


TABLES = (
    *("audit_auditentry", "audit_audithead", "audit_auditmaster", "evaluation_ranking", "evaluation_rankingrow"),
    *("evaluation_signing", "evaluation_mark", "evaluation_bulletin", "evaluation_bulletinversion"),
    *("evaluation_bulletinsource", "evaluation_feedback", "evaluation_unitcheck"),
)
Rows = dict[str, tuple[list[str], list[tuple[Any, ...]]]]


def rewritten_row(row: RankingRow, receipt: str) -> None:
    """A 得分明细 as if it had been frozen so: sealed anew, and its ranking with it."""
    with unguarded():
        row.receipt = receipt
        seal_receipts([row])
        RankingRow.objects.filter(pk=row.pk).update(receipt=row.receipt, seal=row.seal)
    rewritten(row.ranking_id)


def copied(*tables: str) -> Rows:
    """The rows of these tables as they stand, kept away."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables or TABLES:
            cursor.execute(f"SELECT * FROM {table}")
            found[table] = ([column[0] for column in cursor.description], cursor.fetchall())
    return found


def put_back(rows: Rows) -> None:
    """In place of what is there, raw: nothing of the product runs."""
    with connection.cursor() as cursor:
        for table in reversed(rows):
            cursor.execute(f"DELETE FROM {table}")
        for table, (columns, values) in rows.items():
            names, places = ", ".join(f'"{one}"' for one in columns), ", ".join(["%s"] * len(columns))
            adapted = [tuple(json.dumps(one) if isinstance(one, dict | list) else one for one in row) for row in values]
            if adapted:
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", adapted)
