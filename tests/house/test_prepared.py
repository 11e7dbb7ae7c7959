"""The prepared test database: never stale, never damaged, made once, and holding what loading would have made."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import CodeType

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from evaluation.demo.scenes import Scene
from evaluation.demo.services import load_demo
from evaluation.models import Period
from miyun_kpi.accounts.models import User
from miyun_kpi.audit.queries import verify
from tests import database
from tests.house import ROOT
from tests.prepared import sources
from tests.prepared.store import NotKept, Store


# What it is made of --------------------------------------------------------------------------------------------------
@pytest.fixture
def tree(tmp_path):
    files = {
        "app/__init__.py": "",
        "app/models.py": "from app.enums import A\n",
        "app/enums.py": "A = 1\n",
        "app/apps.py": "def ready():\n    from app.services import (\n        marks,  # (marks)\n    )\n",
        "app/services/__init__.py": "",
        "app/services/marks.py": "from ..rules import B\n",
        "app/rules.py": "B = 1\n",
        "app/views.py": "import app.services.marks\n",
        "app/migrations/__init__.py": "",
        "app/migrations/0001_initial.py": "",
        "fixtures/a.json": "{}",
        "requirements/test.txt": "django==5.2\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def keys(tree: Path) -> tuple[str, str]:
    return tuple(sources.key(find(tree), root=tree) for find in (sources.schema_files, sources.content_files))


@pytest.mark.parametrize(
    ("name", "schema", "content"),
    [
        ("app/models.py", True, True),
        ("app/enums.py", True, True),
        ("app/migrations/0002_more.py", True, True),
        ("requirements/test.txt", True, True),
        ("app/services/marks.py", False, True),
        ("app/services/__init__.py", False, True),
        ("app/rules.py", False, True),
        ("fixtures/a.json", False, True),
        ("fixtures/deep/b.json", False, True),
        ("app/views.py", False, False),
    ],
)
def test_a_changed_or_new_file_asks_for_a_new_database_exactly_where_it_goes_in(tree, name, schema, content):
    before = keys(tree)
    (tree / name).parent.mkdir(exist_ok=True)
    with open(tree / name, "a") as file:
        file.write("\nC = 3\n")
    after = keys(tree)
    assert (before[0] != after[0], before[1] != after[1]) == (schema, content)


def test_a_removed_or_renamed_file_and_another_day_ask_for_a_new_database(tree):
    before = keys(tree)
    (tree / "fixtures/a.json").rename(tree / "fixtures/b.json")
    assert keys(tree)[1] != before[1]
    assert sources.content_key("sqlite", date(2020, 7, 1)) != sources.content_key("sqlite", date(2020, 7, 2))
    assert sources.content_key("sqlite", date(2020, 7, 1)) != sources.content_key("postgres", date(2020, 7, 1))


@contextmanager
def executed_files() -> Iterator[set[str]]:
    files: set[str] = set()
    if sys.version_info < (3, 12):
        sys.settrace(lambda frame, event, argument: files.add(frame.f_code.co_filename))  # None: not line by line
        yield files
        sys.settrace(None)
        return
    monitoring, tool = sys.monitoring, sys.monitoring.PROFILER_ID

    def begun(code: CodeType, offset: int) -> object:
        files.add(code.co_filename)
        return monitoring.DISABLE  # once for every function is enough, and costs nothing

    monitoring.use_tool_id(tool, "files")
    monitoring.register_callback(tool, monitoring.events.PY_START, begun)
    monitoring.set_events(tool, monitoring.events.PY_START)
    monitoring.restart_events()
    yield files
    monitoring.set_events(tool, 0)
    monitoring.free_tool_id(tool)


@pytest.mark.once
@pytest.mark.timeout(300)
def test_whatever_loading_executes_or_reads_is_among_its_files(db):
    """The list is found by following imports; this looks at what really runs."""
    opened: set[str] = set()
    watching = True

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event == "open" and isinstance(arguments[0], str):
            opened.add(arguments[0])

    sys.addaudithook(hook)  # cannot be taken out again, therefore the switch
    with executed_files() as executed:
        call_command("load_gazette", verbosity=0, stdout=database._Nowhere())
        assert load_demo(at=timezone.now(), scene=Scene.OPENING)
    watching = False
    inside = {Path(name) for name in executed | opened if name.startswith(f"{ROOT}/") and "/.venv/" not in name}
    inside = {file for file in inside if "__pycache__" not in file.parts and file != Path(__file__)}
    assert len(inside) > 60 and ROOT / "evaluation/demo/services.py" in inside
    assert any("fixtures" in file.parts for file in inside)
    assert inside - sources.content_files() == set()


# Where it is kept ----------------------------------------------------------------------------------------------------
class Maker:
    def __init__(self) -> None:
        self.made = 0

    def __call__(self, draft: Path) -> None:
        self.made += 1
        draft.write_text(f"database {self.made}")


def test_it_is_made_once_and_again_when_damaged_cut_short_or_without_its_digest(tmp_path):
    store, make = Store(tmp_path), Maker()
    file, new = store.take("kind", "k1", make)
    assert new and store.take("kind", "k1", make) == (file, False) and make.made == 1
    damages = (
        lambda: file.write_text("databasE 1"),
        lambda: file.write_text(""),
        file.unlink,
        file.with_suffix(".sum").unlink,
        lambda: file.with_suffix(".sum").write_text(""),
    )
    for number, damage in enumerate(damages, start=2):
        damage()
        assert not store.good("kind", "k1")
        again, new = store.take("kind", "k1", make)
        assert new and again.read_text() == f"database {number}"


def test_another_key_is_another_file_and_the_old_one_goes(tmp_path):
    store, make = Store(tmp_path), Maker()
    other, _ = store.take("other", "k1", make)
    old, _ = store.take("kind", "k1", make)
    new, _ = store.take("kind", "k2", make)
    assert not old.exists() and not old.with_suffix(".sum").exists()
    assert new.read_text() == "database 3" and other.exists()


@pytest.mark.parametrize("failure", [NotKept, RuntimeError, KeyboardInterrupt])
def test_what_was_not_finished_is_not_kept(tmp_path, failure):
    def half(draft: Path) -> None:
        draft.write_text("half")
        raise failure

    store = Store(tmp_path)
    with pytest.raises(failure):
        store.take("kind", "k1", half)
    assert [file.name for file in tmp_path.iterdir()] == ["kind.lock"]
    assert store.take("kind", "k1", Maker())[1]


TAKE = """
import sys
from pathlib import Path
from tests.prepared.store import Store
def make(draft):
    with open(sys.argv[2], "a") as log:
        log.write("begun\\n")
    print("making", flush=True)
    sys.stdin.readline()
    draft.write_text("whole")
file, new = Store(Path(sys.argv[1])).take("kind", "k1", make)
print(file.read_text(), new, flush=True)
"""


def taker(tmp_path: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", TAKE, str(tmp_path / "store"), str(tmp_path / "log")]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("killed", [False, True])
def test_two_processes_make_it_once_and_a_killed_maker_holds_nobody_up(tmp_path, killed):
    first = taker(tmp_path)
    assert first.stdout.readline() == "making\n"
    second = taker(tmp_path)
    try:
        if killed:
            first.kill()
            assert second.communicate("go\n", timeout=60)[0] == "making\nwhole True\n"
        else:
            assert first.communicate("go\n", timeout=60)[0] == "whole True\n"
            assert second.communicate(timeout=60)[0] == "whole False\n"
        assert (tmp_path / "log").read_text().count("begun") == (2 if killed else 1)
    finally:
        for process in (first, second):
            process.kill()
            process.wait()


# What lies in it -----------------------------------------------------------------------------------------------------
def counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        found = {}
        for table in database._tables():
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
        return found


def test_the_prepared_demonstration_is_what_loading_makes_today(db, gazette):
    assert database.demo_failed is None
    with transaction.atomic():
        assert load_demo(at=timezone.now(), scene=Scene.OPENING)
        loaded = counts()
        windows = list(Period.objects.order_by("code").values_list("code", "due_at"))
        transaction.set_rollback(True)
    database.put_demo()
    assert counts() == loaded and loaded["evaluation_mark"] > 2000
    assert list(Period.objects.order_by("code").values_list("code", "due_at")) == windows
    assert verify().intact
    connection.check_constraints()
    # Numbers given from here on are new ones.
    assert User.objects.create_user("new", "x").pk > User.objects.get(username="shuiwu").pk


def test_on_another_day_the_demonstration_is_loaded_for_that_day(db, gazette):
    with time_machine.travel("2031-03-05 10:00 +0800", tick=False):
        database.put_demo()
        assert Period.objects.get(code="2020Q3").window.phase(timezone.now()) == "open"


def test_after_committed_demonstration_the_gazette_is_back(transactional_db, gazette):
    before = counts()
    for _ in range(2):
        database.put_demo()
        assert User.objects.filter(username="shuiwu").exists()
        database.put_back()
        assert counts() == before


def test_a_demonstration_that_does_not_load_says_so_in_the_test_that_asks_for_it(db, gazette, monkeypatch):
    monkeypatch.setattr(database, "demo_failed", RuntimeError("broken when prepared"))
    User.objects.create_user("in-the-way", "x")
    with pytest.raises(AssertionError):
        database.put_demo()
