"""What the mix is watched with: each change of a versioned row as the store itself saw it, each act as its audit has it, and the server's count of deadlocks."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model

from miyun_kpi.acts import acting

# A trigger of the test's own: which act brought which row from which version to which, and what it changed beside.
LOG = """
CREATE TABLE mixed_log (
  number bigserial PRIMARY KEY, act text, tab text, pk text, was int, becomes int, changed text[]
);
CREATE FUNCTION mixed_note() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed text[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO mixed_log (act, tab, pk, was, becomes, changed) VALUES
      (current_setting('kpi.act', true), TG_TABLE_NAME, to_jsonb(NEW) ->> TG_ARGV[0], NULL, NEW.version, '{}');
    RETURN NULL;
  END IF;
  SELECT coalesce(array_agg(n.key ORDER BY n.key), '{}') INTO changed
    FROM jsonb_each(to_jsonb(NEW)) n JOIN jsonb_each(to_jsonb(OLD)) o USING (key)
    WHERE n.value IS DISTINCT FROM o.value;
  INSERT INTO mixed_log (act, tab, pk, was, becomes, changed) VALUES
    (current_setting('kpi.act', true), TG_TABLE_NAME, to_jsonb(NEW) ->> TG_ARGV[0], OLD.version, NEW.version, changed);
  RETURN NULL;
END $$;
"""


def versioned() -> list[type[Model]]:
    return [
        one
        for one in apps.get_models()
        if one._meta.managed and any(column.name == "version" for column in one._meta.concrete_fields)
    ]


@contextmanager
def logged() -> Iterator[None]:
    tables = {one._meta.db_table: one._meta.pk.column for one in versioned() if one._meta.pk}
    with connection.cursor() as cursor:
        cursor.execute(LOG)
        for table, key in tables.items():
            cursor.execute(
                f'CREATE TRIGGER mixed_note AFTER INSERT OR UPDATE ON "{table}" FOR EACH ROW EXECUTE FUNCTION mixed_note(%s)',
                [key],
            )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION mixed_note CASCADE; DROP TABLE mixed_log")


@dataclass(frozen=True)
class Change:
    act: str
    table: str
    pk: str
    was: int | None
    becomes: int
    changed: tuple[str, ...]


def changes() -> list[Change]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT act, tab, pk, was, becomes, changed FROM mixed_log ORDER BY number")
        return [Change(a or "", t, p, w, b, tuple(c)) for a, t, p, w, b, c in cursor.fetchall()]


def under(key: str) -> None:
    """What this connection does from now on is done by this act."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('kpi.act', %s, false)", [key])


def deadlocks() -> int:
    """As the server has counted them since it began; those who met one have closed their connections."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush(); SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


@dataclass
class Acknowledged:
    """Entries of the audit by the act that was told that they stand: counted when its transaction has ended well."""

    entries: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        plain = acting.Kept.write

        def write(kept: acting.Kept) -> None:
            plain(kept)
            found = Counter(actor.request_id for actor, _, _ in kept.entries)
            transaction.on_commit(lambda: self.add(found))

        monkeypatch.setattr(acting.Kept, "write", write)

    def add(self, found: Counter[str]) -> None:
        with self.lock:
            self.entries += found


def pgcode(error: BaseException | None) -> str:
    while error is not None:
        code: Any = getattr(error, "pgcode", None)
        if code:
            return str(code)
        error = error.__cause__
    return ""
