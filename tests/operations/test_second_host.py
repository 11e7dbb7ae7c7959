"""Web and workers under a second host name against one database: they are one site (docs/scale.md)."""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from farmland.models import Application
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.jobs.models import Job
from tests.clock import today
from tests.conftest import ROOT, Worker, database_url
from tests.factories.rankings import BACKEND, person
from tests.jobs.test_worker import ask, effects, ended
from tests.races.test_reviews import at_once
from tests.races.test_same_form import NEW, TYPED

pytestmark = [pytest.mark.worker, pytest.mark.timeout(300)]
# Names of a machine of its own: under any other the site would ask for keys and certificates of a served one.
HOSTS = ("localhost", "127.0.0.1")


class Web:
    """The web server of one host: a process of its own, asked by its name, with the cookies of one browser."""

    def __init__(self, host: str, folder: Path) -> None:
        self.host, self.cookies, self.log = host, SimpleCookie(), folder / f"{host}.log"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        gunicorn = ("-m", "gunicorn", "miyun_kpi.wsgi", "--worker-class", "gthread", "--threads", "2")
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, *gunicorn, "--no-control-socket", "--bind", f"127.0.0.1:{self.port}"],
                cwd=ROOT,
                env=os.environ | {"KPI_DATABASE_URL": database_url(), "KPI_HOSTS": ",".join(HOSTS)},
                stdout=out,
                stderr=out,
            )

    def wait(self) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                if self.ask("GET", "/healthz")[0] == 200:
                    return
            except OSError:
                pass
            assert time.monotonic() < deadline and self.process.poll() is None, self.log.read_text()[-2000:]
            time.sleep(0.2)

    def ask(self, method: str, path: str, body: str = "") -> tuple[int, str, str]:
        """Status, where it leads, and the page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = "; ".join(f"{name}={one.value}" for name, one in self.cookies.items())
        headers = {"Host": self.host, "Cookie": sent, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request(method, path, body.encode() or None, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies.load(line)
        return answer.status, answer.headers.get("Location", ""), text

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture
def webs(transactional_db: None, gazette: None, broker: str, tmp_path: Path) -> Iterator[list[Web]]:
    """Two hosts, at which one person is signed in by one session."""
    client = Client()
    client.force_login(person("guizi", "区规自分局", "register_office"), backend=BACKEND)
    found = [Web(host, tmp_path) for host in HOSTS]
    try:
        for web in found:
            web.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
            web.wait()
        yield found
    finally:
        for web in found:
            web.end()


def hidden(page: str) -> dict[str, str]:
    form = next(part for part in page.split("<form")[1:] if 'name="area"' in part.split("</form>")[0])
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form.split("</form>")[0]))


def test_one_session_and_one_form_hold_at_both_and_a_right_taken_away_is_gone_at_both(webs: list[Web]) -> None:
    first, second = webs
    status, _, page = first.ask("GET", NEW)
    assert status == 200
    second.cookies.load(first.cookies.output(header="", sep=";"))
    body = urlencode(hidden(page) | TYPED)
    answers = at_once([lambda web=web: web.ask("POST", NEW, body)[:2] for web in webs])
    assert answers[0] == answers[1] and answers[0][0] == 302, answers
    row = Application.objects.get()
    assert all(row.name in web.ask("GET", f"/farmland/applications/{row.pk}/")[2] for web in webs)
    Post.objects.filter(user=User.objects.get(username="guizi")).update(ends_on=today() - timedelta(days=1))
    assert [web.ask("GET", f"/farmland/applications/{row.pk}/")[0] for web in webs] != [200, 200]
    assert all(row.name not in web.ask("GET", f"/farmland/applications/{row.pk}/")[2] for web in webs)


def test_workers_of_two_hosts_share_the_jobs_and_each_is_done_once(celery_worker: Worker, tmp_path: Path) -> None:
    other = Worker(tmp_path / "second.log", "host-b")
    other.start()
    logs = {one.log: one.log.read_text().count("] received") for one in (celery_worker, other)}
    try:
        jobs = [ask(f"shared{number}", tmp_path / f"log{number}", pause=0.1) for number in range(8)]
        for job in jobs:
            celery_worker.wait_for(lambda job=job: ended(job), "a job did not end", 60)
    finally:
        other.stop()
    assert {effects(job.key) for job in jobs} == {10}
    assert Counter(Job.objects.filter(key__startswith="shared").values_list("attempt", flat=True)) == {1: 8}
    took = [log.read_text().count("] received") - known for log, known in logs.items()]
    assert all(took) and sum(took) == 8, took
