"""Three hundred messages over the folder broker, two workers killed five times, torn files in between: on SQLite, as
`make run` has it, with processes of their own."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.house import ROOT

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(900)]
MESSAGES = 300
ASK = f"""
from django.utils import timezone
from miyun_kpi.jobs import services
from miyun_kpi.lib.actors import SYSTEM
for number in range({MESSAGES}):
    services.enqueue(name="tests.one_effect", key=f"flood-{{number}}", arguments={{}}, actor=SYSTEM, at=timezone.now())
"""


class Site:
    """One installation in a folder: a database, two workers and the clock; looked at from outside."""

    def __init__(self, var: Path) -> None:
        self.var = var
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.environment = kept | {
            "KPI_VAR": str(var),
            "KPI_STATIC": "plain",
            "KPI_JOBS_STALE_SECONDS": "4",
            "KPI_JOBS_REPUBLISH_SECONDS": "3",
            "DJANGO_SETTINGS_MODULE": "miyun_kpi.settings",
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.killed: list[int] = []

    def start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        with open(self.var / f"{name}.log", "ab") as out:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self.processes[name] = process
        return process

    def start_worker(self, name: str) -> None:
        self.start(
            name,
            "-m",
            "celery",
            "--quiet",
            "-A",
            "miyun_kpi.celery",
            "worker",
            "-P",
            "threads",
            "-c",
            "2",
            "-n",
            name,
            "-l",
            "WARNING",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
            "-I",
            "tests.jobs.worker_tasks",
        )

    def kill(self, name: str) -> None:
        """SIGKILL, while the worker is alive: one that ended by itself is a failure of its own."""
        process = self.processes[name]
        assert process.poll() is None, f"{name} has ended by itself\n{self.said()}"
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        self.killed.append(process.pid)

    def said(self) -> str:
        return "\n".join(log.read_text()[-1500:] for log in self.var.glob("*.log"))

    def ask(self, query: str) -> list[tuple[object, ...]]:
        database = sqlite3.connect(f"file:{self.var}/kpi.sqlite3?mode=ro", uri=True, timeout=20)
        try:
            return database.execute(query).fetchall()
        finally:
            database.close()

    def effects(self) -> dict[object, object]:
        rows = self.ask("SELECT app_label, count(*) FROM django_content_type WHERE app_label LIKE 'flood-%' GROUP BY 1")
        return dict(rows)

    def often_interrupted(self) -> list[tuple[object, ...]]:
        return self.ask("SELECT key FROM jobs_job WHERE state IN ('queued', 'running') AND attempt >= 3")

    def wait_for(self, condition, otherwise: str, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            for name, process in self.processes.items():
                assert process.poll() in (None, 0), f"{name} has ended by itself\n{self.said()}"
            assert time.monotonic() < deadline, f"{otherwise}\n{len(self.effects())} effects\n{self.said()}"
            time.sleep(0.05)


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path)
    try:
        assert site.start("migrate", "manage.py", "migrate", "--verbosity", "0").wait(120) == 0, site.said()
        yield site
    finally:
        for process in site.processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)


def test_every_job_has_its_effect_once_though_workers_are_killed_and_files_are_torn(site):
    queue = site.var / "broker" / "queue"
    for name in ("one", "two"):
        site.start_worker(name)
    site.start("beat", "-m", "celery", "--quiet", "-A", "miyun_kpi.celery", "beat", "-l", "WARNING", "--pidfile", "")
    site.start("asking", "manage.py", "shell", "-c", ASK)
    for number, name in enumerate(("one", "two", "one", "two", "one"), start=1):
        # Torn by another program, or left by an earlier version: found first, for names sort by time
        # (00 before the 01 of this century; 0_ was found only when the queue ran empty, at times after the end).
        (queue / f"00_torn-{number}.default.msg").write_bytes(b'{"body": "gAJ9cQEoVQ')
        site.wait_for(lambda wanted=40 * number: len(site.effects()) >= wanted, "the work does not go on", 180)
        # A job is tried five times: none may be caught by every kill.
        site.wait_for(lambda: not site.often_interrupted(), "an interrupted job is not taken up", 180)
        site.kill(name)
        site.start_worker(name)
    assert len(site.killed) == 5
    site.wait_for(lambda: len(site.effects()) == MESSAGES, "not every job has its effect", 180)
    assert set(site.effects().values()) == {1}
    site.wait_for(
        lambda: site.ask("SELECT state, count(*) FROM jobs_job GROUP BY 1") == [("done", MESSAGES)],
        "not every job has ended",
        180,
    )
    unreadable = site.var / "broker" / "unreadable"
    site.wait_for(lambda: len(list(unreadable.iterdir())) == 5, "a torn file is not laid aside", 60)
    whole = "".join(log.read_text(errors="replace") for log in site.var.glob("*.log"))
    assert "JSONDecodeError" in whole and "Unrecoverable" not in whole
