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
# Sessions and keys of machines come before the act and do not go with it.
ASIDE = {"django_session", "accounts_apitoken", "accounts_user", "api_idempotencykey", "web_sentform"}


@contextmanager
def written() -> Iterator[set[str]]:
    """The tables that the block writes to."""
    found: set[str] = set()

    def hear(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if match := _WRITES.match(sql):
            found.add(match[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(hear):
        yield found


class Untouched:
    """A savepoint before the step, and the tables the step has written to."""

    def __init__(self) -> None:
        self.point = transaction.savepoint()
        self.tables: set[str] = set()

    @contextmanager
    def watching(self) -> Iterator[None]:
        with written() as self.tables:
            yield

    def keep(self) -> None:
        transaction.savepoint_commit(self.point)

    def take_back(self) -> None:
        connection.needs_rollback = False
        transaction.savepoint_rollback(self.point)
        connection.run_on_commit = []

    def broken(self, step: "Step", why: str) -> "Finding | None":
        """Takes the step back, which must change nothing."""
        from tests.simulation.driver import Finding

        tables = sorted(table for table in self.tables if table not in ASIDE)
        after = {table: digest(table) for table in tables} if not connection.needs_rollback else {}
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
