"""The production way on one machine: nginx, two web processes, two workers, beat, PostgreSQL, Redis, the served profile.

Web processes and a worker are killed outright while people write: nothing that was acknowledged is lost or doubled. A part of the kills of the
night (`make night PART=kills`); a tool that is missing fails.
"""

import http.client
import json
import os
import re
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

import psycopg2
import pyotp
import pytest

from scripts import deployment
from tests.services_plugin import SERVICES

# Not marked `worker`: it has a database of its own and needs none that is prepared.
pytestmark = pytest.mark.timeout(2400)
ROOT = Path(__file__).resolve().parents[2]
NAME, PASSWORD, WRITERS = "kpi.example.gov.cn", "Granite-Heron-58", 4
# Of web processes; a worker is killed beside them. The night asks for 50.
KILLS = int(os.environ.get("KPI_TEST_KILLS", "5"))
# The three show their second factor at the door: enrolled two minutes ago, so that the code of now is not used up.
BEGIN = f"""
import json
from datetime import date, timedelta
import pyotp
from django.utils import timezone
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.accounts.services.factor import begin_enrolment, confirm_enrolment
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.operations.identity import require_own_site
from miyun_kpi.organisations.queries import resolve
require_own_site(at=timezone.now())
secrets, ago = [], timezone.now() - timedelta(minutes=2)
for number in range({WRITERS}):
    user = User.objects.create_user(f"guan{{number}}", "{PASSWORD}", display_name="管")
    Post.objects.create(user=user, organisation=resolve("区政府办公室"), role="system_admin", starts_on=date(2020, 1, 1))
    secret, _ = begin_enrolment(actor=SYSTEM, user=user, at=ago)
    confirm_enrolment(actor=SYSTEM, user=user, code=pyotp.TOTP(secret).at(ago), at=ago)
    secrets.append(secret)
print(json.dumps(secrets))
"""
ASK = """
from django.utils import timezone
from miyun_kpi.jobs import services
from miyun_kpi.lib.actors import SYSTEM
for number in range(6):
    services.enqueue(name="tests.slow_parts", key=f"slow{number}", actor=SYSTEM, at=timezone.now(),
                     arguments={"log": "/dev/null", "pause": 0.3})
"""
LOOK = """
import json
from collections import Counter
from django.contrib.contenttypes.models import ContentType
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.jobs.models import Job
from miyun_kpi.organisations.models import Organisation
made = AuditEntry.objects.filter(action="organisations.organisation.created").values_list("subject", flat=True)
print(json.dumps({
    "rows": list(Organisation.objects.filter(code__startswith="load-").values_list("code", flat=True)),
    "entries": Counter(made),
    "jobs": dict(Job.objects.filter(key__startswith="slow").values_list("key", "state")),
    "effects": {key: ContentType.objects.filter(app_label=key).count() for key in [f"slow{n}" for n in range(6)]},
}))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Browser:
    """One person behind TLS, with the cookies that the site has given."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, {}
        self.context = ssl.create_default_context()
        self.context.check_hostname, self.context.verify_mode = False, ssl.CERT_NONE

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPSConnection(NAME, timeout=30)
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        connection.sock = self.context.wrap_socket(plain, server_hostname=NAME)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body or None, {"Cookie": cookie, "Referer": f"https://{NAME}/"} | headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, dict(answer.headers), text

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        """Status, and where the answer sends to."""
        fields["csrfmiddlewaretoken"] = self.cookies["__Host-csrftoken"]
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        status, headers, _ = self.ask("POST", path, urlencode(fields).encode(), **kind)
        return status, headers.get("Location", "")


class Installation:
    """Everything as deploy/ starts it, with its own database in the server of the tests."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.https, self.web_port = folder, free_port(), free_port()
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        database = f"served{secrets.token_hex(4)}"
        server = psycopg2.connect(host=f"{SERVICES.dir}/pg", user=SERVICES.db_user, dbname="postgres")
        server.autocommit = True
        server.cursor().execute(f"CREATE DATABASE {database} TEMPLATE template0 ENCODING 'UTF8'")
        server.close()
        keys = {f"KPI_{one}_KEY": secrets.token_urlsafe(48) for one in ("SECRET", "AUDIT", "PERSONAL")}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KPI_")}
        number = 40 + os.getpid() % 20
        self.environment = (
            kept
            | keys
            | {
                "KPI_SITE": "real",
                "KPI_VAR": str(folder / "var"),
                "KPI_STATIC_ROOT": str(folder / "static"),
                "KPI_STATIC": "manifest",
                "KPI_DATABASE_URL": f"postgres://{SERVICES.db_user}@/{database}?host={SERVICES.dir}/pg",
                "KPI_BROKER_URL": f"redis+socket://{SERVICES.redis_socket}?virtual_host={number}",
                "KPI_CACHE_URL": f"unix://{SERVICES.redis_socket}?db={number + 1}",
                "KPI_HOSTS": f"{NAME},127.0.0.1",
                "KPI_ORIGINS": f"https://{NAME}",
                "KPI_HTTPS": "true",
                "KPI_TRUSTED_PROXIES": "1",
                "KPI_JOBS_STALE_SECONDS": "4",
                "KPI_JOBS_REPUBLISH_SECONDS": "3",
            }
        )

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    def start(self, name: str, *command: str) -> None:
        with open(self.folder / f"{name}.log", "ab") as log:
            self.children[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def worker(self, name: str) -> None:
        options = ("--pool", "prefork", "--concurrency", "1", "--without-gossip", "--without-mingle")
        more = ("--hostname", f"{name}@%h", "--loglevel", "WARNING", "-I", "tests.jobs.worker_tasks")
        self.start(name, sys.executable, "-m", "celery", "-A", "miyun_kpi.celery", "worker", *options, *more)

    def begin(self) -> None:
        nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        assert nginx, "nginx is not installed: apt-get install nginx (as root, `make night` does it)"
        self.manage("migrate", "-v", "0")
        self.manage("load_gazette")
        self.manage("collectstatic", "--noinput", "-v", "0")
        self.secrets = json.loads(self.manage("shell", "-v", "0", "-c", BEGIN).splitlines()[-1])
        gunicorn = ("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload", "--no-control-socket")
        self.start(
            "web", sys.executable, "-m", "gunicorn", "miyun_kpi.wsgi", *gunicorn, "--bind", f"127.0.0.1:{self.web_port}"
        )
        for name in ("one", "two"):
            self.worker(name)
        self.start(
            "beat",
            sys.executable,
            "-m",
            "celery",
            "-A",
            "miyun_kpi.celery",
            "beat",
            "--loglevel",
            "WARNING",
            "--pidfile=",
        )
        conf = deployment.nginx_conf(
            self.folder,
            https=self.https,
            http=free_port(),
            upstream=f"127.0.0.1:{self.web_port}",
            static=f"{self.folder}/static/",
        )
        self.start("nginx", nginx, "-p", str(self.folder), "-c", str(conf))
        self.wait(lambda: Browser(self.https).ask("GET", "/healthz")[2] == "ok", "the site does not answer")

    def wait(self, condition, otherwise: str, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                if condition():
                    return
            except (OSError, http.client.HTTPException):
                pass
            logs = "\n".join(f"{log.name}: {log.read_text()[-1500:]}" for log in self.folder.glob("*.log"))
            assert time.monotonic() < deadline, f"{otherwise}\n{logs}"
            time.sleep(0.2)

    def web_children(self) -> list[int]:
        parent = self.children["web"].pid
        return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]

    def end(self) -> None:
        for child in self.children.values():
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()


@pytest.fixture
def site(broker):
    """In the folder of the servers: nginx's own worker must be able to enter it, and pytest's is for one person."""
    SERVICES.start_postgres()
    folder = SERVICES.dir / "served"
    folder.mkdir(mode=0o755)
    installation = Installation(folder)
    try:
        installation.begin()
        yield installation
    finally:
        installation.end()


class Load:
    """People who make organisations one after another. What is answered with the page of the new one is acknowledged."""

    def __init__(self, site: Installation) -> None:
        self.site, self.acknowledged, self.asked, self.unsure, self.over = site, [], 0, 0, threading.Event()
        self.threads = [threading.Thread(target=self.write, args=(number,)) for number in range(WRITERS)]
        for one in self.threads:
            one.start()

    def write(self, writer: int) -> None:
        person = Browser(self.site.https)
        person.ask("GET", "/sign-in/")
        assert person.post("/sign-in/", username=f"guan{writer}", password=PASSWORD) == (302, "/")
        code = pyotp.TOTP(self.site.secrets[writer]).now()
        assert person.post("/accounts/proof/", code=code, next="/help/") == (302, "/help/")
        number = 0
        while not self.over.is_set():
            number, code = number + 1, f"load-{writer}-{number}"
            try:
                answer = person.post(
                    "/organisations/new/", name=f"试写{writer}之{number}", code=code, category="body", order="999"
                )
            except (OSError, http.client.HTTPException):
                answer = (0, "")
            self.asked += 1
            if answer[0] == 302 and answer[1].partition("?")[0] == f"/organisations/{code}/":
                self.acknowledged.append(code)
            else:
                self.unsure += 1
                time.sleep(0.1)

    def end(self) -> None:
        self.over.set()
        for one in self.threads:
            one.join(60)


def test_what_was_acknowledged_is_there_once_though_processes_were_killed(site, capsys):
    site.manage("shell", "-c", ASK)
    load = Load(site)
    try:
        site.wait(lambda: len(load.acknowledged) >= 20, "nobody writes")
        os.killpg(site.children["one"].pid, signal.SIGKILL)
        site.children["one"].wait()
        for _ in range(KILLS):
            kill_one(site, load)
    finally:
        load.end()
    # systemd starts it again.
    site.worker("one")
    site.wait(lambda: set(look(site)["jobs"].values()) == {"done"}, "the jobs did not end", 120)
    found = look(site)
    with capsys.disabled():
        said = f"behind nginx, {KILLS} kills and one worker: {len(load.acknowledged)} acknowledged of {load.asked}, "
        said += f"{load.unsure} unsure, 6 jobs"
        sys.stdout.write(f"\n{said}\n")
    assert set(load.acknowledged) <= set(found["rows"]) and len(load.acknowledged) == len(set(load.acknowledged))
    # What was cut off is there with its entry, or not at all; nothing has two.
    assert {f"organisation:{code}" for code in found["rows"]} == set(found["entries"])
    assert set(found["entries"].values()) == {1}
    assert set(found["effects"].values()) == {10}, "each part of each job was done once"
    assert site.manage("verify")
    the_doors_hold(site)


def kill_one(site: Installation, load: Load) -> None:
    both, reached = site.web_children(), len(load.acknowledged)
    assert len(both) == 2
    os.kill(secrets.choice(both), signal.SIGKILL)
    site.wait(lambda: len(site.web_children()) == 2, "the web process did not come back")
    site.wait(lambda: len(load.acknowledged) >= reached + 10, "nobody writes after a kill")


def look(site: Installation) -> dict[str, dict[str, int]]:
    return json.loads(site.manage("shell", "-v", "0", "-c", LOOK).splitlines()[-1])


def the_doors_hold(site: Installation) -> None:
    """What nginx and the served profile do on top, as a browser meets it."""
    stranger = Browser(site.https)
    status, headers, text = stranger.ask(
        "GET", "/sign-in/", **{"X-Forwarded-For": "6.6.6.6", "X-SSL-Client-Verify": "SUCCESS"}
    )
    assert status == 200 and headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert set(stranger.cookies) == {"__Host-csrftoken"}
    style = re.search(r'href="(/static/kpi/[^"]+\.css)"', text)
    assert style
    status, headers, _ = stranger.ask("GET", style.group(1))
    assert status == 200 and "immutable" in headers["Cache-Control"] and "X-Request-ID" not in headers, (
        "nginx serves it"
    )
    status, _, text = stranger.ask("POST", "/sign-in/", b"x", **{"Content-Length": str(30 * 1024 * 1024)})
    assert status == 413 and "没有接收，也没有保存" in text
    assert stranger.ask("GET", "/metrics")[0] == 404
    os.killpg(site.children["web"].pid, signal.SIGKILL)
    site.children["web"].wait()
    status, _, text = stranger.ask("GET", "/sign-in/")
    assert status == 502 and "刚才这一步可能没有办成" in text
