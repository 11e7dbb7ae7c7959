"""Which tests run again on PostgreSQL: what the SQLite run of the same `make test` saw decides.

SQLite and PostgreSQL can differ in the statements they are given and in nothing else. So the first run notes, test by
test, the shapes of the statements sent (text without values and without the length of lists), and the second run takes

* whatever is marked `postgres`, `worker`, `browser` or `embedded`, and whatever commits (races, live servers);
* every test during which the database refused something (a constraint or a trigger held), or that looked into JSON;
* whole directories where values matter more than shapes (ALWAYS);
* of the rest, as few as are needed for every shape, and every shape under a row lock, to be run once.

Marked `once`: never again. A test that the first run did not see (it failed to start, it is new) runs again.
"""

import json
import os
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

FOLDER = os.environ.get("KPI_TEST_STATEMENTS", "")
ALWAYS = (
    "tests/races/",
    "tests/audit/",
    "tests/jobs/",
    "tests/operations/",
    "tests/consistency/",
    "tests/fuzz/test_api",
    "tests/house/test_suite",
    "tests/house/test_second",
)
COMMITS = {"transactional_db", "live_server", "live_demo"}
KEEP = "!"
_LISTS = re.compile(r"(%s|\([%s, ]+\))(, (%s|\([%s, ]+\)))+")
_NAMES = re.compile(r'"s\d+_x\d+"|\b\d+\b')
_JSON = re.compile(r"JSON_|json_|JSON\(", re.ASCII)
_OWN = re.compile(r"^\s*(PRAGMA|SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT|SET )")


@lru_cache(maxsize=20_000)
def shape(sql: str) -> str:
    return _NAMES.sub("0", _LISTS.sub("%s*", sql))


class Recorder:
    """On SQLite: what every test sent. A statement of a fixture shared by a module counts for the test that began it."""

    def __init__(self) -> None:
        self.seen: dict[str, set[str]] = {}
        self.now: set[str] | None = None
        self.locking = False

    def pytest_sessionstart(self) -> None:
        from django.db.backends.signals import connection_created

        self.watch_locks()

        def created(connection: Any, **_: Any) -> None:
            if self.execute not in connection.execute_wrappers:
                connection.execute_wrappers.append(self.execute)

        connection_created.connect(created, weak=False)

    def watch_locks(self) -> None:
        """SQLite has no row locks and Django leaves them out of its text: the query itself is asked."""
        from django.db.models.sql.compiler import SQLCompiler

        recorder, plain = self, SQLCompiler.execute_sql

        def execute_sql(compiler: Any, *arguments: Any, **options: Any) -> Any:
            before, recorder.locking = recorder.locking, bool(compiler.query.select_for_update)
            try:
                return plain(compiler, *arguments, **options)
            finally:
                recorder.locking = before

        SQLCompiler.execute_sql = execute_sql

    def execute(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.now is None or _OWN.match(sql):
            return execute(sql, params, many, context)
        form = shape(sql)
        self.now.add(f"{form} FOR UPDATE" if self.locking else form)
        if _JSON.search(sql):
            self.now.add(KEEP)
        try:
            return execute(sql, params, many, context)
        except Exception:
            self.now.add(KEEP)
            raise

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        self.now = self.seen.setdefault(item.nodeid, set())
        try:
            return (yield)
        finally:
            self.now = None

    def pytest_sessionfinish(self) -> None:
        folder = Path(FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        name = os.environ.get("PYTEST_XDIST_WORKER", "main")
        (folder / f"{name}.json").write_text(json.dumps({test: sorted(shapes) for test, shapes in self.seen.items()}))


def recorded() -> dict[str, set[str]]:
    seen: dict[str, set[str]] = {}
    for file in sorted(Path(FOLDER).glob("*.json")) if FOLDER else []:
        for test, shapes in json.loads(file.read_text()).items():
            seen.setdefault(test, set()).update(shapes)
    return seen


def chosen(tests: Iterable[str], seen: dict[str, set[str]], already: Iterable[str] = ()) -> set[str]:
    """Which of `tests` run again, given what each sent; `already` are tests that run in any case."""
    waiting = list(tests)
    wanted = {test for test in waiting if test not in seen or KEEP in seen[test]}
    covered = set().union(*(seen.get(test, ()) for test in [*wanted, *already]))
    # The largest first, then by name: the same choice in every process, without asking for the smallest possible.
    for test in sorted(set(waiting) - wanted, key=lambda test: (-len(seen[test]), test)):
        if seen[test] - covered:
            wanted.add(test)
            covered |= seen[test]
    return wanted


def left_out(items: list[pytest.Item], marked: Iterable[str]) -> list[pytest.Item]:
    """Of the second run's items those that need not run."""
    seen, marked = recorded(), tuple(marked)

    def always(item: pytest.Item) -> bool:
        return (
            item.nodeid.startswith(ALWAYS)
            or bool(COMMITS & set(item.fixturenames))
            or any(item.get_closest_marker(name) for name in marked)
            or any(mark.kwargs.get("transaction") for mark in item.iter_markers("django_db"))
        )

    once = [item for item in items if item.get_closest_marker("once")]
    rest = [item for item in items if not item.get_closest_marker("once")]
    if not seen:
        return once
    fixed = {item.nodeid for item in rest if always(item)}
    wanted = fixed | chosen([item.nodeid for item in rest if item.nodeid not in fixed], seen, fixed)
    return once + [item for item in rest if item.nodeid not in wanted]
