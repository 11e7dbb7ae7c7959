"""Rows that the store itself refuses to change or to delete, on both databases: one registry of triggers.

They are taken off before a migration (SQLite cannot rename a table that a trigger names) and put on again after it;
`missing_guards` names each that is not there, or not as it was written.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections

# What a trigger says when it refuses.
REFUSAL = "append-only"


@dataclass(frozen=True)
class Guard:
    """The rows of `table` for which `where` (SQL over OLD) is true, all of them without one.

    `once` are columns that may be filled in a single time from null, while nothing else of the row changes; it needs
    `columns`, all columns of the table. `name` is what the table holds, in words.
    """

    table: str
    name: str
    where: str = ""
    once: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


_OWN = (
    *(Guard("audit_auditentry", "审计记录"), Guard("audit_auditmaster", "总链头")),
    *(Guard("audit_keyloss", "审计密钥丢失的记载"), Guard("audit_keylessseal", "无钥的封")),
)
_guards: dict[str, Guard] = {guard.table: guard for guard in _OWN}


def register_guard(*guards: Guard) -> None:
    _guards.update({guard.table: guard for guard in guards})


def guards() -> Sequence[Guard]:
    return list(_guards.values())


# Until the registry they had names of their own.
_OLD = {
    "audit_auditentry": ("audit_no_update", "audit_no_delete", "audit_no_change", "audit_no_truncate"),
}
_OLD_FUNCTIONS = ("audit_refuse", "farmland_refuse")


def _condition(guard: Guard, verb: str, *, distinct: str) -> str:
    """When the trigger refuses."""
    found = [f"({guard.where})"] if guard.where else []
    if verb == "update" and guard.once:
        once = " AND ".join(f"(OLD.{name} IS NULL OR NOT (NEW.{name} {distinct} OLD.{name}))" for name in guard.once)
        rest = " OR ".join(f"NEW.{name} {distinct} OLD.{name}" for name in guard.columns if name not in guard.once)
        found.append(f"(({rest}) OR NOT ({once}))")
    return " AND ".join(found)


def _sqlite(guard: Guard) -> Iterator[tuple[str, str]]:
    for verb in ("update", "delete"):
        name, condition = f"{guard.table}_no_{verb}", _condition(guard, verb, distinct="IS NOT")
        when = f" WHEN {condition}" if condition else ""
        yield (
            name,
            f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {guard.table} FOR EACH ROW{when} "
            f"BEGIN SELECT RAISE(ABORT, '{guard.table} is {REFUSAL}'); END",
        )


def _postgres(guard: Guard) -> Iterator[tuple[str, str, str]]:
    """Name, body of its function, the trigger. A condition may ask another table, so it stands in the function."""
    for verb in ("update", "delete", "truncate"):
        if verb == "truncate" and guard.where:
            continue
        name = f"{guard.table}_no_{verb}"
        condition = "" if verb == "truncate" else _condition(guard, verb, distinct="IS DISTINCT FROM")
        back = "NEW" if verb == "update" else "OLD"
        refuse = f"RAISE EXCEPTION '{guard.table} is {REFUSAL}';"
        body = f"BEGIN IF {condition} THEN {refuse} END IF; RETURN {back}; END" if condition else f"BEGIN {refuse} END"
        row = "" if verb == "truncate" else " FOR EACH ROW"
        yield (
            name,
            body,
            f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {guard.table}{row} EXECUTE FUNCTION {name}()",
        )


def _tables(using: str) -> set[str]:
    return set(connections[using].introspection.table_names())


def remove_guards(using: str = "default", **_: Any) -> None:
    connection, present = connections[using], _tables(using)
    with connection.cursor() as cursor:
        for guard in _guards.values():
            if guard.table not in present:
                continue
            names = [*(f"{guard.table}_no_{verb}" for verb in ("update", "delete", "truncate"))]
            names += _OLD.get(guard.table, ())
            on = "" if connection.vendor == "sqlite" else f" ON {guard.table}"
            for name in names:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def install_guards(using: str = "default", **_: Any) -> None:
    """All that are registered for tables that are there. Doing it again changes nothing."""
    connection, present = connections[using], _tables(using)
    remove_guards(using)
    with connection.cursor() as cursor:
        for guard in _guards.values():
            if guard.table not in present:
                continue
            if connection.vendor == "sqlite":
                for _name, statement in _sqlite(guard):
                    cursor.execute(statement)
            else:
                for name, body, statement in _postgres(guard):
                    cursor.execute(
                        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard$ {body} $guard$"
                    )
                    cursor.execute(statement)
        if connection.vendor == "postgresql":
            for name in _OLD_FUNCTIONS:
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}()")


def missing_guards(using: str = "default") -> list[str]:
    """What is held by a guard that is not there, was changed, or is switched off: in words, with the verb."""
    connection = connections[using]
    found = _installed_sqlite(connection) if connection.vendor == "sqlite" else _installed_postgres(connection)
    verbs = {"update": "不许修改", "delete": "不许删除", "truncate": "不许清空"}
    missing = []
    for guard in _guards.values():
        wanted = (
            dict(_sqlite(guard))
            if connection.vendor == "sqlite"
            else {name: body for name, body, _ in _postgres(guard)}
        )
        for name, text in wanted.items():
            if found.get(name) != text:
                missing.append(f"{guard.name}（{verbs[name.rpartition('_')[2]]}）")
    return missing


def _installed_sqlite(connection: Any) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return dict(cursor.fetchall())


def _installed_postgres(connection: Any) -> dict[str, str]:
    """By name the body of the function that the trigger calls, of those that are switched on and on the right table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgname, btrim(p.prosrc), c.relname, t.tgqual IS NULL, p.proname FROM pg_trigger t "
            "JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE NOT t.tgisinternal AND t.tgenabled = 'O' AND t.tgattr = ''::int2vector"
        )
        return {
            name: body
            for name, body, table, whole, function in cursor.fetchall()
            if whole and function == name and name.startswith(f"{table}_no_")
        }
