"""A private PostgreSQL and Redis for one test run, known to the environment before Django's settings load.

Loaded by `addopts = -p tests.services_plugin`: a conftest would come too late, the settings would already have chosen
SQLite. The addresses are fixed at import; the servers start when something first needs them (a run of pure rules needs
none), or at once under xdist, whose workers inherit the addresses. `KPI_TEST_DB=sqlite` leaves PostgreSQL and Redis out.
"""

import atexit
import fcntl
import getpass
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

from tests import second

# Both databases of one `make test`: see pytest_collection_modifyitems.
PAIR = os.environ.get("KPI_TEST_PAIR", "")
# Where the SQLite run writes how many tests it left to PostgreSQL.
COUNTED = os.environ.get("KPI_TEST_COUNTED", "")
ELSEWHERE = ("postgres", "worker", "browser", "embedded")
DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}
SQLITE = os.environ.get("KPI_TEST_DB", "postgres") == "sqlite"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
# Short on purpose: the path of a unix socket ends at 108 bytes.
PREFIX = f"kpi-test-{os.getuid()}-"
NEEDS_POSTGRES = "PostgreSQL is not installed: apt-get install postgresql (as root, `make test` does it)"
NEEDS_REDIS = "Redis is not installed: apt-get install redis-server (as root, `make test` does it)"


class Services:
    """The servers of this run, all inside one temporary directory."""

    def __init__(self) -> None:
        inherited = os.environ.get("KPI_TEST_DIR") if WORKER else None
        self.owner = inherited is None
        if inherited:
            self.dir = Path(inherited)
        else:
            reap_stale()
            self.dir = Path(tempfile.mkdtemp(prefix=PREFIX))
            (self.dir / "owner").write_text(f"{os.getpid()} {started_at(os.getpid())}")
            self.dir.chmod(0o755)
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    # Addresses -----------------------------------------------------------------------------------------------------
    @property
    def redis_socket(self) -> Path:
        return self.dir / "redis.sock"

    def database_url(self) -> str:
        return f"sqlite:///{self.dir}/kpi.sqlite3" if SQLITE else f"postgres://{self.db_user}@/kpi?host={self.dir}/pg"

    @property
    def db_user(self) -> str:
        return "kpi"

    def broker_url(self) -> str:
        number = int(WORKER.removeprefix("gw")) + 1 if WORKER else 0
        return "filesystem://localhost//" if SQLITE else f"redis+socket://{self.redis_socket}?virtual_host={number}"

    # Starting and stopping -----------------------------------------------------------------------------------------
    def _once(self, name: str, start: Any) -> None:
        """Start a server once per run, whichever process of the run asks first."""
        with self.alone(name):
            if not (self.dir / f"{name}.up").exists():
                start()
                (self.dir / f"{name}.up").touch()

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """One process of the run at a time."""
        with open(self.dir / f"{name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def start_postgres(self) -> None:
        if not SQLITE:
            self._once("postgres", self._start_postgres)

    def start_redis(self) -> None:
        if not SQLITE:
            self._once("redis", self._start_redis)

    def _start_postgres(self) -> None:
        binaries = newest_postgres()
        home = self.dir / "pg"
        home.mkdir()
        # PostgreSQL refuses to run as root; the cluster then belongs to the system's own account for it.
        as_user: dict[str, Any] = {}
        if os.getuid() == 0:
            account = next(name for name in ("postgres", "nobody") if _account(name))
            entry = pwd.getpwnam(account)
            os.chown(home, entry.pw_uid, entry.pw_gid)
            as_user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": str(home)}
        data = home / "data"
        log = open(self.dir / "postgres.log", "wb")
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", self.db_user, "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True,
            stdout=log,
            stderr=log,
            cwd=home,
            env=environment,
            **as_user,
        )
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(home),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": "60",
            "shared_buffers": "64MB",
            "autovacuum": "off",
            "max_wal_size": "1GB",
        }
        arguments = [f"--{name}={value}" for name, value in options.items()]
        self._spawn("postgres", [str(binaries / "postgres"), "-D", str(data), *arguments], log, environment, as_user)
        import psycopg2

        self._wait("postgres", lambda: psycopg2.connect(host=str(home), user=self.db_user, dbname="postgres").close())

    def _start_redis(self) -> None:
        binary = shutil.which("redis-server") or shutil.which("valkey-server")
        if not binary:
            pytest.exit(NEEDS_REDIS, returncode=3)
        log = open(self.dir / "redis.log", "wb")
        command = [
            binary,
            "--port",
            "0",
            "--unixsocket",
            str(self.redis_socket),
            "--save",
            "",
            "--appendonly",
            "no",
            "--databases",
            "64",
            "--dir",
            str(self.dir),
            "--daemonize",
            "no",
        ]
        self._spawn("redis", command, log, dict(os.environ), {})
        import redis

        self._wait("redis", lambda: redis.Redis(unix_socket_path=str(self.redis_socket)).ping())

    def _spawn(self, name: str, command: list[str], log: IO[bytes], env: dict[str, str], extra: dict[str, Any]) -> None:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=env,
            cwd=self.dir,
            start_new_session=True,
            **extra,
        )
        self.children[name] = child
        with open(self.dir / "children", "a") as file:
            file.write(f"{child.pid} {started_at(child.pid)}\n")

    def _wait(self, name: str, probe: Any) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                probe()
                return
            except Exception as error:
                if self.children[name].poll() is not None or time.monotonic() > deadline:
                    text = (self.dir / f"{name}.log").read_text(errors="replace")[-2000:]
                    pytest.exit(f"{name} did not start: {error}\n{text}", returncode=3)
                time.sleep(0.03)

    def stop(self) -> None:
        """Idempotent: called by pytest at its end and by atexit, because pytest skips its end when settings fail."""
        if self.owner and self.dir.exists():
            stop_directory(self.dir)


def newest_postgres() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("postgres")
    if not on_path:
        pytest.exit(NEEDS_POSTGRES, returncode=3)
    return Path(on_path).resolve().parent


def _account(name: str) -> bool:
    try:
        return bool(pwd.getpwnam(name))
    except KeyError:
        return False


def started_at(pid: int) -> str:
    """The start time of a process as the kernel writes it, "" when it is gone: a pid alone may have been given anew."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]


def stop_directory(directory: Path) -> None:
    listed = directory / "children"
    alive = []
    for line in listed.read_text().splitlines() if listed.exists() else []:
        pid, _, start = line.partition(" ")
        if start and started_at(int(pid)) == start:
            # SIGQUIT is PostgreSQL's immediate shutdown: nothing here is worth a checkpoint.
            os.kill(int(pid), signal.SIGQUIT if _is_postgres(int(pid)) else signal.SIGTERM)
            alive.append((int(pid), start))
    deadline = time.monotonic() + 10
    while any(started_at(pid) == start for pid, start in alive) and time.monotonic() < deadline:
        for pid, _ in alive:
            try:
                os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                pass
        time.sleep(0.02)
    for pid, start in alive:
        if started_at(pid) == start:
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(directory, ignore_errors=True)


def _is_postgres(pid: int) -> bool:
    try:
        return b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0]
    except OSError:
        return False


def reap_stale() -> None:
    """Stop what an earlier run left behind when it was killed outright."""
    for directory in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            pid, _, start = (directory / "owner").read_text().partition(" ")
        except OSError:
            continue
        if start and started_at(int(pid)) == start:
            continue
        stop_directory(directory)


def prepare_environment(services: Services) -> None:
    for name in [name for name in os.environ if name.startswith("KPI_") and not name.startswith("KPI_TEST_")]:
        del os.environ[name]
    var = services.dir / f"var-{WORKER or 'main'}"
    # WhiteNoise warns of a missing folder at every request.
    (var / "static").mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "KPI_TEST_DIR": str(services.dir),
        "KPI_DATABASE_URL": services.database_url(),
        "KPI_BROKER_URL": services.broker_url(),
        "KPI_STATIC": "plain",
        "KPI_VAR": str(var),
        # Always the same: what is sealed and chained in a prepared database must be readable in the next run.
        "KPI_SECRET_KEY": "secret-key-of-the-tests",
        "KPI_AUDIT_KEY": "audit-key-of-the-tests",
        # Written where a test asks for it, and never in the midst of another one.
        "KPI_AUDIT_WINDOW": "864000",
        "KPI_SECOND_FACTOR": "off",
        "KPI_PERSONAL_KEY": "personal-key-of-the-tests",
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "miyun_kpi.settings"),
        # Playwright's synchronous interface runs inside an event loop, where the ORM refuses to work. Tests only.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
        "USER": os.environ.get("USER") or getpass.getuser(),
    }


SERVICES = Services()
atexit.register(SERVICES.stop)
prepare_environment(SERVICES)


def pytest_configure(config: pytest.Config) -> None:
    if getattr(config.option, "numprocesses", None) and not WORKER:
        SERVICES.start_postgres()
        SERVICES.start_redis()
    elif SQLITE and second.FOLDER:
        config.pluginmanager.register(second.Recorder(), "statements")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Files made while collecting bear the moment of their making; two processes would collect different tests."""
    return argname if isinstance(val, bytes) else None


def asks_the_database(item: pytest.Item) -> bool:
    names = set(getattr(item, "fixturenames", ()))
    return bool(DATABASE & names) or any(item.get_closest_marker(marker) for marker in ("django_db", *ELSEWHERE))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On SQLite leave out what needs PostgreSQL or a real broker; on PostgreSQL, when both runs belong to one
    `make test`, what asks no database anything and what tests/second.py finds to be the same there."""
    elsewhere = [i for i in items if any(i.get_closest_marker(m) for m in ELSEWHERE)]
    if SQLITE:
        out = elsewhere
        if COUNTED and elsewhere:
            Path(COUNTED).write_text(str(len(elsewhere)))
    elif PAIR == "elsewhere":
        out = [item for item in items if item not in set(elsewhere)]
    elif PAIR:
        without = {item for item in items if not asks_the_database(item)}
        out = [*without, *second.left_out([i for i in items if i not in without], ELSEWHERE)]
    else:
        return
    if out:
        gone = set(out)
        items[:] = [item for item in items if item not in gone]
        config.hook.pytest_deselected(items=out)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    SERVICES.stop()
