"""The README's main command, as a newcomer gives it: SQLite, the folder broker, three processes, no service installed."""

import http.cookiejar
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from tests.house import ROOT

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(1200)]
ASK_FOR_A_JOB = """
from datetime import timedelta
from django.utils import timezone
from miyun_kpi.jobs.models import Job
then = timezone.now() - timedelta(hours=1)
Job.objects.create(key="smoke", name="jobs.sweep", title="smoke", state="running", attempt=1, heartbeat=then,
                   created_at=then, publish_after=then, actor_label="smoke")
"""
LOOK_AT_THE_JOB = """
from miyun_kpi.jobs.models import Job
print("published", Job.objects.get(key="smoke").published)
"""


class Site:
    """`make run` as a child, with a bare environment."""

    def __init__(self, var: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.var = var
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.environment = kept | {"KPI_VAR": str(var), "PORT": str(self.port)}
        self.log = var.parent / "log"
        jar = http.cookiejar.CookieJar()
        self.open = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar)
        ).open

    def begin(self) -> None:
        with open(self.log, "wb") as out:
            # What the Makefile's `run` does (tests/house/test_files.py), without make's own exit code after a signal.
            self.process = subprocess.Popen(
                [sys.executable, "scripts/dev.py", "run"],
                cwd=ROOT,
                env=self.environment,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def start(self) -> None:
        self.begin()
        self.wait_for(lambda: "已启动" in self.log.read_text(), "the address was not announced", 300)

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def get(self, path: str) -> str:
        with self.open(f"http://127.0.0.1:{self.port}{path}", timeout=5) as response:
            return response.read().decode()

    def answers(self) -> bool:
        try:
            return self.get("/healthz") == "ok"
        except OSError:
            return False

    def children(self) -> dict[str, int]:
        """Forked from the supervisor, they have its command line and a name of their own."""
        kinds = {"kpi-web": "web", "kpi-worker": "worker", "kpi-beat": "beat"}
        found = {}
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(status.read_text().rpartition(")")[2].split()[1])
                name = (status.parent / "comm").read_text().strip()
            except OSError:  # ended meanwhile
                continue
            if parent == self.process.pid and name in kinds:
                found[kinds[name]] = int(status.parent.name)
        return found

    def wait_for(self, condition, otherwise: str, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            ended = self.process.poll() is not None
            assert not ended and time.monotonic() < deadline, f"{otherwise}\n{self.log.read_text()[-3000:]}"
            time.sleep(0.1)


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path / "var")
    try:
        site.start()
        yield site
    finally:
        if site.process.poll() is None:
            os.killpg(site.process.pid, signal.SIGKILL)
            site.process.wait()


def test_one_command_serves_works_by_the_clock_survives_kills_and_ends_in_order(site):
    page = site.get("/sign-in/")
    assert "密云区绩效考评" in page
    style = re.search(r'href="(/static/kpi/\w+\.[0-9a-f]{12}\.css)"', page)
    assert style and "--" in site.get(style[1])
    assert '"ok"' in site.get("/readyz")

    # Scheduler → broker → worker → database: only the sweeper publishes a job whose worker fell silent.
    site.manage("shell", "-c", ASK_FOR_A_JOB)
    site.wait_for(
        lambda: "published 0" not in site.manage("shell", "-c", LOOK_AT_THE_JOB), "nobody swept the silent job", 30
    )

    before = site.children()
    assert set(before) == {"web", "worker", "beat"}
    assert {os.getpgid(pid) for pid in before.values()} == {site.process.pid}
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)

    def replaced() -> bool:
        now = site.children()
        return now.keys() == before.keys() and not set(now.values()) & set(before.values()) and site.answers()

    site.wait_for(replaced, "killed children stay away", 40)

    os.killpg(site.process.pid, signal.SIGINT)
    assert site.process.wait(90) == 0
    assert "意外结束" in site.log.read_text()

    # A second start keeps the data.
    site.start()
    assert "published" in site.manage("shell", "-c", LOOK_AT_THE_JOB)
    refused = subprocess.run(
        [sys.executable, "manage.py", "up"], cwd=ROOT, env=site.environment, capture_output=True, text=True, timeout=180
    )
    assert refused.returncode != 0 and "另一个进程" in refused.stderr
    os.kill(site.process.pid, signal.SIGTERM)
    assert site.process.wait(90) == 0


def asked(site: Site, path: str, body: bytes | None = None) -> tuple[int, str]:
    try:
        with site.open(f"http://127.0.0.1:{site.port}{path}", data=body, timeout=30) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def rows(site: Site, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(site.var / "kpi.sqlite3")) as database:
        return database.execute(sql).fetchall()


def test_while_it_loads_a_page_says_so_and_a_kill_in_the_middle_costs_nothing(tmp_path):
    site = Site(tmp_path / "var")
    said = site.var / "loading.json"
    try:
        site.begin()
        site.wait_for(lambda: "网页已打开" in site.log.read_text(), "no page while it loads", 300)
        site.wait_for(lambda: "演示" in said.read_text(), "the demonstration is not reached", 300)
        for path, body in (("/sign-in/", None), ("/", None), ("/sign-in/", b"username=shuiwu&password=x")):
            status, page = asked(site, path, body)
            assert status == 503 and "正在装入演示数据" in page and "开始" in page, page
            assert 'http-equiv="refresh"' in page and "<script" not in page
        assert asked(site, "/healthz") == (200, "loading")
        assert asked(site, "/readyz") == (503, '{"site": "loading"}')
        assert "已启动" not in site.log.read_text() and set(site.children()) == {"web"}

        os.killpg(site.process.pid, signal.SIGKILL)
        site.process.wait()
        assert rows(site, "SELECT count(*) FROM accounts_user") == [(0,)] and said.exists()

        site.start()
        assert "登录" in site.get("/sign-in/") and asked(site, "/healthz") == (200, "ok")
        listed = {line.split()[0] for line in (site.var / "demo-accounts.txt").read_text().splitlines()[2:]}
        # The people of the story cannot sign in: nobody has a password of theirs.
        able = "SELECT username FROM accounts_user WHERE NOT is_client AND password NOT LIKE '!%'"
        assert listed == {name for (name,) in rows(site, able)}
        assert not said.exists()

        # Nothing has changed: a third start prepares nothing, and says so by not saying anything.
        stamps = (site.var / "stamps.json").stat().st_mtime_ns
        os.killpg(site.process.pid, signal.SIGINT)
        assert site.process.wait(90) == 0
        site.start()
        assert "网页已打开" not in site.log.read_text()
        assert (site.var / "stamps.json").stat().st_mtime_ns == stamps
    finally:
        if site.process.poll() is None:
            os.killpg(site.process.pid, signal.SIGKILL)
            site.process.wait()


def test_a_database_of_another_version_is_refused_and_left_as_it_is(tmp_path):
    with closing(sqlite3.connect(tmp_path / "kpi.sqlite3")) as database:
        database.execute("CREATE TABLE django_migrations (id integer primary key, app text, name text, applied text)")
        database.execute(
            "INSERT INTO django_migrations VALUES (1, 'evaluation', '0099_of_another_version', '2020-01-01')"
        )
        database.commit()
    before = (tmp_path / "kpi.sqlite3").read_bytes()
    site = Site(tmp_path)
    environment = site.environment | {"KPI_SITE": "demo"}
    done = subprocess.run(
        [sys.executable, "manage.py", "up"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert (
        "另一个版本建的（其中的 evaluation 0099_of_another_version" in done.stderr
        and f"请把 {tmp_path} 整个移到别处" in done.stderr
    )
    with closing(sqlite3.connect(tmp_path / "kpi.sqlite3")) as database:
        assert [name for (name,) in database.execute("SELECT name FROM sqlite_master")] == ["django_migrations"]
    assert before[:16] == (tmp_path / "kpi.sqlite3").read_bytes()[:16] and not (tmp_path / "loading.json").exists()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", site.port))


@pytest.mark.parametrize(("port", "words"), [("99999", "端口号"), ("abc", "端口号")])
def test_a_port_that_is_none_is_refused_in_one_sentence(tmp_path, port, words):
    environment = {"PATH": os.environ["PATH"], "KPI_VAR": str(tmp_path), "PORT": port}
    done = subprocess.run(
        [sys.executable, "manage.py", "up"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1 and words in done.stderr and "Traceback" not in done.stderr


def test_a_taken_port_is_refused_with_another_proposed(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        environment = {"PATH": os.environ["PATH"], "KPI_VAR": str(tmp_path), "PORT": str(taken.getsockname()[1])}
        done = subprocess.run(
            [sys.executable, "manage.py", "up"], cwd=ROOT, env=environment, capture_output=True, text=True
        )
    assert done.returncode == 1 and "请换一个端口" in done.stderr
    assert not (tmp_path / "kpi.sqlite3").exists()
