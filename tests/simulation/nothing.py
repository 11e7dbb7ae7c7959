"""What is refused has changed nothing: the tables that were written to are read, and read again with the step taken back."""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

if TYPE_CHECKING:
    from tests.simulation.driver import Finding
    from tests.simulation.steps import Step

_WRITES = re.compile(r'^\s*(?:INSERT(?: OR IGNORE)? INTO|UPDATE|DELETE FROM)\s+"(\w+)"', re.IGNORECASE)


class Untouched:
    """A savepoint before the step, and the tables the step has written to."""

    def __init__(self) -> None:
        self.point = transaction.savepoint()
        self.tables: set[str] = set()

    @contextmanager
    def watching(self) -> Iterator[None]:
        with connection.execute_wrapper(self._hear):
            yield

    def _hear(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        found = _WRITES.match(sql)
        if found:
            self.tables.add(found[1])
        return execute(sql, params, many, context)

    def keep(self) -> None:
        transaction.savepoint_commit(self.point)

    def take_back(self) -> None:
        connection.needs_rollback = False
        transaction.savepoint_rollback(self.point)
        connection.run_on_commit = []

    def broken(self, step: "Step", why: str) -> "Finding | None":
        """Takes the step back, which must change nothing."""
        from tests.simulation.driver import Finding

        after = {table: digest(table) for table in sorted(self.tables)} if not connection.needs_rollback else {}
        waiting = len(connection.run_on_commit)
        self.take_back()
        before = {table: digest(table) for table in after}
        changed = [table for table, was in before.items() if was != after[table]]
        if not changed and not waiting:
            return None
        words = f"{step.move} {why} and left a change in {changed}" + (f" and {waiting} messages" if waiting else "")
        return Finding(step, "what is refused changes nothing", words)


def digest(table: str) -> str:
    made = hashlib.sha256()
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        for row in sorted(map(repr, cursor.fetchall())):
            made.update(row.encode())
    return made.hexdigest()
