"""The shape of a database: what its tables, columns, constraints, indexes, triggers and sequences are, in no order."""

import re
from collections.abc import Callable, Iterable
from typing import Any

Ask = Callable[[str], Iterable[tuple[Any, ...]]]

# Relations and what they hold, by name; numbers that a column is given by another way of the same default are left alone.
POSTGRES = {
    "columns": "SELECT table_name, column_name, data_type, character_maximum_length, numeric_precision, numeric_scale, "
    "is_nullable, column_default, is_identity, is_generated, generation_expression FROM information_schema.columns "
    "WHERE table_schema = 'public'",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "sequences": "SELECT sequence_name, data_type, increment FROM information_schema.sequences",
}


def shape(ask: Ask, vendor: str) -> set[tuple[Any, ...]]:
    if vendor == "postgresql":
        return {(kind, *map(_plain, row)) for kind, question in POSTGRES.items() for row in ask(question)}
    found: set[tuple[Any, ...]] = set()
    for kind, table, name, sql in ask(
        "SELECT type, tbl_name, name, sql FROM sqlite_master WHERE name <> 'sqlite_stat1'"
    ):
        # Columns stand in the order in which they were added, constraints in that of the last rebuilding.
        parts = (
            re.split(r', (?="|CONSTRAINT|UNIQUE)', sql.partition("(")[2].removesuffix(")"))
            if kind == "table"
            else [sql]
        )
        found |= {(kind, table, name, part) for part in parts}
    return found


def _plain(said: Any) -> Any:
    """A condition that came through a dump is printed with its casts and brackets in other places."""
    return re.sub(r"::(character varying|text)(\[\])?|[()]", "", said) if isinstance(said, str) else said
