"""Fixtures of the whole suite. The servers come from tests/services_plugin.py, the database's content from tests/database.py."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.core.servers.basehttp import WSGIServer
from pytest_django.plugin import blocking_manager_key

from tests import act_watch, answers, database, strict, told
from tests.services_plugin import SERVICES, WORKER, asks_the_database

ROOT = Path(__file__).resolve().parent.parent
# What watches every test would be measured with it.
MEASURING = bool(os.environ.get("KPI_TEST_BENCH"))
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def pytest_configure(config: pytest.Config) -> None:
    # The live server of the tests takes ten waiting connections and resets the rest; a real one takes thousands.
    WSGIServer.request_queue_size = 256
    # Argon2 is slow by intention; the tests sign in some hundred times.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    database.install()
    if not MEASURING:
        strict.install()
        act_watch.install()
        answers.install()
    # Two busy cores make any deadline of an example a matter of luck. The suite asks the same examples every time; those that
    # nobody has asked yet are drawn where somebody looks for them (make prove, the night), and stop no unrelated change.
    draws = {} if os.environ.get("KPI_TEST_EXAMPLES") else {"derandomize": True, "database": None}
    hypothesis.settings.register_profile("suite", deadline=None, **draws)
    hypothesis.settings.load_profile("suite")


def pytest_collection_finish(session: pytest.Session) -> None:
    """This process's copy of the prepared database, in place of migrating. Here and not in a fixture: making one, or
    waiting for the process that makes it, must not be counted as the first test's time."""
    from tests.prepared import build

    if not MEASURING:
        told.install()
    if session.config.option.collectonly or not any(asks_the_database(item) for item in session.items):
        return
    with session.config.stash[blocking_manager_key].unblock():
        build.give()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """The database is there (pytest_collection_finish), unless a test asks for it by surprise."""
    from django.db import connections

    from tests.prepared import build

    with django_db_blocker.unblock():
        build.give()
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture
def gazette(db: None) -> None:
    """The loaded gazette: it is always there, this fixture fails clearly when it could not be loaded."""
    if database.loading_failed is not None:
        raise AssertionError("load_gazette failed at the start of the session") from database.loading_failed


@pytest.fixture(autouse=True)
def _every_act_is_told() -> Iterator[None]:
    """Whatever the test recorded in the audit can be said in words (tests/told.py)."""
    yield
    found, told.dumb[:] = list(told.dumb), []
    assert not found, "\n".join(found)


@pytest.fixture(autouse=True)
def _no_remembered_desk() -> None:
    """The number beside 工作台 is remembered in the process, and a rolled back test leaves people of the same keys."""
    from miyun_kpi.inbox.views import forget

    forget()


@pytest.fixture(scope="session")
def broker() -> str:
    """The address of the run's own Redis (on SQLite: the embedded broker in a temporary folder)."""
    SERVICES.start_redis()
    return SERVICES.broker_url()


@pytest.fixture
def committed(request: pytest.FixtureRequest) -> Any:
    """Run the block's `on_commit` callbacks inside a test that is rolled back."""
    return request.getfixturevalue("django_capture_on_commit_callbacks")


def database_url() -> str:
    """The database of the test, for a process of its own."""
    from django.db import connection

    return SERVICES.database_url().replace("/kpi?", f"/{connection.settings_dict['NAME']}?")


class Worker:
    """A real Celery worker as its own process, on the test database; `host`: another machine's name for it."""

    def __init__(self, log: Path, host: str = "") -> None:
        self.log, self.name = log, f"celery@{host or socket.gethostname()}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, pool: str = "threads", **extra: str) -> None:
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "celery",
                    "-A",
                    "miyun_kpi.celery",
                    "worker",
                    "-P",
                    pool,
                    "-c",
                    "2",
                    "-l",
                    "INFO",
                    "--without-gossip",
                    "--without-mingle",
                    "-I",
                    "tests.jobs.worker_tasks",
                    "-n",
                    self.name,
                ],
                cwd=ROOT,
                env=os.environ | {"KPI_DATABASE_URL": database_url()} | extra,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self.wait_for(self._answers, "the worker does not answer", 120)

    def _answers(self) -> bool:
        from miyun_kpi.celery import app

        assert self.process and self.process.poll() is None, self.log.read_text()[-3000:]
        return bool(app.control.inspect([self.name], timeout=0.5).ping())

    def kill(self) -> None:
        """SIGKILL to the whole group: nothing is handed back, nothing is cleaned up."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, 9)
            self.process.wait(10)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()

    def wait_for(self, condition: Callable[[], Any], otherwise: str, seconds: float = 60) -> Any:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            result = condition()
            if result:
                return result
            time.sleep(0.05)
        raise AssertionError(f"{otherwise}\n{self.log.read_text()[-3000:] if self.log.exists() else ''}")


@pytest.fixture
def celery_worker(_shared_worker: Worker, transactional_db: None) -> Iterator[Worker]:
    """The session's worker, alive; a test that kills it gets it started again for the next one."""
    if _shared_worker.process is None or _shared_worker.process.poll() is not None:
        _shared_worker.start()
    yield _shared_worker


@pytest.fixture(scope="session")
def _shared_worker(broker: str, django_db_setup: None) -> Iterator[Worker]:
    worker = Worker(SERVICES.dir / f"worker{WORKER}.log")
    yield worker
    worker.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium. A machine without it fails these tests: a skipped journey proves nothing."""
    from playwright.sync_api import sync_playwright

    binary = next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )
    assert binary, "Chromium is not installed: apt-get install chromium (as root, `make test` does it)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """Open pages as separate people: `new_page(width=390, height=844)`. No page may leave the host or break the CSP."""
    contexts: list[Any] = []
    problems: list[str] = []

    def open_page(width: int = 1366, height: int = 640, **options: Any) -> Any:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **options,
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = _whole(context.new_page())
        page.on("request", lambda r: _check_address(r.url, live_server.url, problems))
        page.on("pageerror", lambda error: problems.append(f"script error: {error}"))
        page.on("console", lambda m: "Content Security Policy" in m.text and problems.append(m.text))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not problems, problems


def _whole(page: Any) -> Any:
    """What is waited for stands on a page that has come whole: a click is over when the answer begins, its scripts run later,
    and whoever presses a key then presses it for nobody."""
    found = page.wait_for_selector

    def wait(*args: Any, **options: Any) -> Any:
        element = found(*args, **options)
        page.wait_for_load_state()
        return element

    page.wait_for_selector = wait
    return page


def _check_address(url: str, host: str, problems: list[str]) -> None:
    if not url.startswith((f"{host}/", "data:", "blob:", "about:")):
        problems.append(f"request to another host: {url}")


@pytest.fixture
def page(new_page: Callable[..., Any]) -> Any:
    """One page at 1366×640, the usable part of an office screen."""
    return new_page()
