"""The start: what is repeated and what is not, the page while it loads, one sentence when it fails."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from io import StringIO

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from miyun_kpi.lib.errors import Refused
from miyun_kpi.operations import database, loading, stamps
from miyun_kpi.operations.loading import Loading
from miyun_kpi.operations.management.commands import prepare_site
from miyun_kpi.operations.management.commands.up import Command
from miyun_kpi.operations.supervisor import MOST_KILLS, Child, Supervisor, pid_file_lock

# ── stamps ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def sources(tmp_path):
    for name in (
        *("requirements/base.txt", "water/migrations/0001_initial.py", "miyun_kpi/audit/migrations/0001_initial.py"),
        *("miyun_kpi/web/static/kpi/kpi.css", "miyun_kpi/loading.py", "fixtures/a.json", "tests/test_x.py"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    return tmp_path


ALL = {"static": stamps.of_static, "migrations": stamps.of_migrations, "content": stamps.of_content}


@pytest.mark.parametrize(
    ("changed", "stale"),
    [
        ("water/migrations/0001_initial.py", {"migrations", "content"}),
        ("water/migrations/0002_new.py", {"migrations", "content"}),
        ("miyun_kpi/audit/migrations/0001_initial.py", {"migrations", "content"}),
        ("miyun_kpi/web/static/kpi/kpi.css", {"static"}),
        ("miyun_kpi/loading.py", {"content"}),
        ("fixtures/a.json", {"content"}),
        ("requirements/base.txt", {"static", "migrations", "content"}),
        ("tests/test_x.py", set()),
    ],
)
def test_a_stamp_changes_with_its_sources_and_with_nothing_else(sources, changed, stale):
    before = {name: of(sources) for name, of in ALL.items()}
    (sources / changed).write_text("y")
    assert {name for name, of in ALL.items() if of(sources) != before[name]} == stale


def prepared(settings, tmp_path, **stamped):
    settings.VAR_DIR = tmp_path
    base = django_settings.BASE_DIR
    fresh = {
        "migrations": stamps.of_migrations(base),
        "content": stamps.of_content(base),
        "applied": database.applied(),
    }
    stamps.write(tmp_path, **fresh | stamped)
    return Command()._is_prepared()


def test_only_a_database_that_this_very_version_has_prepared_is_served_at_once(db, gazette, settings, tmp_path):
    assert prepared(settings, tmp_path)
    for name in ("migrations", "content", "applied"):
        assert not prepared(settings, tmp_path, **{name: "of another"}), name
    stamps.forget(tmp_path)
    assert not Command()._is_prepared()


# ── a database of another version ────────────────────────────────────────────────────────────────


def test_migrations_that_the_code_no_longer_has_are_named_with_what_to_do(db, settings, tmp_path):
    database.require_known_migrations()
    with connection.cursor() as cursor:
        for number in range(90, 95):
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES ('evaluation', %s, '2020-01-01')",
                [f"00{number}_x"],
            )
    settings.VAR_DIR = tmp_path
    with pytest.raises(Refused) as refusal:
        database.require_known_migrations()
    assert "evaluation 0090_x、evaluation 0091_x、evaluation 0092_x等 5 个" in refusal.value.message
    assert "没有启动，也没有改动它" in refusal.value.message
    assert ("KPI_DATABASE_URL" if connection.vendor == "postgresql" else str(tmp_path)) in refusal.value.message


def test_what_a_package_has_folded_together_is_not_asked_about():
    assert database.unknown_migrations([("axes", "0001_of_long_ago"), ("gone", "0001_initial")]) == []
    assert database.unknown_migrations([("water", "0077_x")]) == [("water", "0077_x")]


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def busy(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    lock = pid_file_lock(tmp_path / loading.LOCK)
    loading.say(tmp_path, Loading("装载公报", "14:03:05"))
    yield tmp_path
    if lock is not None:
        os.close(lock)


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/evaluation/", "/nowhere/"])
def test_every_page_says_what_is_done_and_since_when_without_the_database(busy, path):
    answer = Client().get(path)
    page = answer.content.decode()
    assert answer.status_code == 503 and "正在装载公报，14:03:05 开始" in page
    assert '<meta http-equiv="refresh" content="3">' in page and "<script" not in page and "style=" not in page
    assert answer["Retry-After"] == "3" and "no-store" in answer["Cache-Control"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_what_is_sent_meanwhile_gets_the_same_page_and_is_not_sent_again(busy):
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "a", "password": "b"})
    assert answer.status_code == 503 and 'content="3; url=/"' in answer.content.decode()


def test_programs_are_told_in_their_words(busy):
    client = Client()
    assert client.get("/healthz").content == b"loading"
    assert (client.get("/readyz").status_code, client.get("/readyz").json()) == (503, {"site": "loading"})
    answer = client.get("/api/v1/rankings/")
    assert (answer.status_code, answer.json()["code"]) == (503, "loading")


def test_a_failure_is_one_sentence_and_the_page_stands_still(busy):
    loading.say(busy, Loading("装载公报", "14:03:05", "装载公报时没有办成：缺文件。"))
    page = Client().get("/").content.decode()
    assert "装载公报时没有办成：缺文件。" in page and "refresh" not in page
    assert Client().get("/healthz").content == b"failed"


def test_what_a_killed_start_has_left_closes_nothing(settings, tmp_path, db):
    settings.VAR_DIR = tmp_path
    loading.say(tmp_path, Loading("装载公报", "14:03:05"))
    assert Client().get("/healthz").content == b"ok"
    lock = pid_file_lock(tmp_path / loading.LOCK)
    assert Client().get("/healthz").content == b"loading"
    assert lock is not None
    os.close(lock)
    assert Client().get("/sign-in/").status_code == 200


def test_when_it_is_done_the_page_is_gone(busy, db):
    loading.done(busy)
    assert Client().get("/healthz").content == b"ok"
    assert Client().get("/sign-in/").status_code == 200


# ── the work behind it ───────────────────────────────────────────────────────────────────────────


def test_a_refusal_of_the_work_is_said_on_the_page_and_on_the_console(busy, db):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('water', '0099_x', '2020-01-01')")
    with pytest.raises(CommandError, match="没有办成：这个数据库是另一个版本建的"):
        call_command("prepare_site", stdout=StringIO())
    assert "另一个版本建的" in loading.current(busy).failed and stamps.read(busy) == {}


def test_an_error_of_the_work_is_named_on_the_page(busy, db, monkeypatch):
    def broken(name, **options):
        raise ZeroDivisionError

    monkeypatch.setattr(prepare_site, "call_command", broken)
    with pytest.raises(ZeroDivisionError):
        call_command("prepare_site", stdout=StringIO())
    assert loading.current(busy).failed.startswith("建数据库时没有办成：出错（ZeroDivisionError），原因见启动它的窗口")


def run(work, until):
    """A supervisor with one piece of work and a child that waits for it, until the condition holds."""
    code = "import sys,time;print(1,flush=True);time.sleep(600)"
    waiting = Child("等着的", [sys.executable, "-c", code], 5, waits=True)
    said: list[str] = []
    supervisor = Supervisor([work, waiting], said.append, lambda: True)
    deadline = time.monotonic() + 30

    def watch():
        while not until(work, waiting) and time.monotonic() < deadline:
            time.sleep(0.02)
        supervisor.signals = 1

    watcher = threading.Thread(target=watch)
    watcher.start()
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        supervisor.run()
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
        watcher.join()
    assert time.monotonic() < deadline, said
    return waiting, said


def test_what_waits_starts_when_the_work_is_done():
    work = Child("准备", [sys.executable, "-c", "pass"], 5, once=True)
    waiting, said = run(work, lambda work, waiting: waiting.process is not None)
    assert work.done and not work.failed


def test_work_that_fails_is_not_repeated_and_nothing_starts_after_it():
    work = Child("准备", [sys.executable, "-c", "raise SystemExit(3)"], 5, once=True)
    waiting, said = run(work, lambda work, waiting: work.failed)
    assert work.failed and waiting.process is None and not any("重新启动" in line for line in said)


def test_work_that_is_killed_is_begun_again_a_few_times():
    work = Child("准备", [sys.executable, "-c", "import os;os.kill(os.getpid(), 9)"], 5, once=True)
    waiting, said = run(work, lambda work, waiting: work.failed)
    assert sum("重新启动" in line for line in said) == MOST_KILLS and waiting.process is None


def test_the_server_may_be_forked_after_it_has_loaded(tmp_path):
    program = (
        "import json, threading, miyun_kpi.wsgi as w; from django.db import connections;"
        "from django.urls import get_resolver;"
        "print(json.dumps([threading.active_count(), [c.connection is None for c in connections.all()],"
        " 'url_patterns' in vars(get_resolver())]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=django_settings.BASE_DIR, capture_output=True, text=True, timeout=60
    )
    assert json.loads(done.stdout) == [1, [True], True], done.stderr
