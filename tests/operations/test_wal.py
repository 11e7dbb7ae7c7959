"""Point-in-time recovery on a real PostgreSQL with the scripts of deploy/postgresql: archived, killed, brought back to a moment."""

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg2
import pytest

from tests.house import ROOT
from tests.services_plugin import newest_postgres

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(240)]
SCRIPTS = ROOT / "deploy" / "postgresql"


class Cluster:
    """A server of its own in a folder, by the account that PostgreSQL accepts."""

    def __init__(self, home: Path) -> None:
        self.home, self.bin = home, newest_postgres()
        self.account = pwd.getpwnam("postgres") if os.getuid() == 0 else None
        self.environment = {"PATH": f"{self.bin}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8", "HOME": str(home)}
        self.environment |= {"PGHOST": str(home), "PGUSER": "kpi", "PGDATABASE": "postgres"}
        self.process: subprocess.Popen[bytes] | None = None
        # Read by an account that may not look into the folder of the checkout.
        shutil.copytree(SCRIPTS, home / "scripts")
        for name in ("wal",):
            (home / name).mkdir()
        if self.account:
            for path in (home, *home.rglob("*")):
                os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def _as(self) -> dict:
        who = self.account
        return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if who else {}

    def run(self, *command: object, check: bool = True) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [str(one) for one in command],
            env=self.environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            **self._as(),
        )
        assert not check or done.returncode == 0, (command, done.stdout, done.stderr)
        return done

    def start(self, data: str, *options: str) -> None:
        arguments = [str(self.bin / "postgres"), "-D", str(self.home / data), "--listen_addresses="]
        arguments += [f"--unix_socket_directories={self.home}", *options]
        with open(self.home / f"{data}.log", "ab") as log:
            self.process = subprocess.Popen(
                arguments,
                env=self.environment,
                cwd=self.home,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._as(),
            )
        self.until(self._writable, data)

    def _writable(self) -> bool:
        """Up, and out of recovery."""
        try:
            return self.ask("SELECT NOT pg_is_in_recovery()")
        except psycopg2.OperationalError:
            return False

    def until(self, found, what: str) -> None:
        deadline = time.monotonic() + 60
        while not found():
            assert time.monotonic() < deadline, (what, (self.home / f"{what}.log").read_text()[-2000:])
            time.sleep(0.1)

    def ask(self, sql: str):
        session = psycopg2.connect(host=str(self.home), user="kpi", dbname="postgres")
        session.autocommit = True
        try:
            with session.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchone()[0] if cursor.description else None
        finally:
            session.close()

    def kill(self) -> None:
        """The machine is gone: the server and whatever it started."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)


@pytest.fixture
def cluster():
    # Short on purpose: the path of a unix socket ends at 108 bytes.
    home = Path(tempfile.mkdtemp(prefix="kpi-wal-"))
    home.chmod(0o755)
    found = Cluster(home)
    yield found
    found.kill()
    shutil.rmtree(home, ignore_errors=True)


def settings_of(cluster) -> list[str]:
    """The very settings of deploy/, with the folders of this test and a timeout that a test can wait for."""
    text = (SCRIPTS / "miyun-kpi-wal.conf").read_text()
    found = dict(re.findall(r"^(\w+) = '?(.*?)'?$", text, re.M))
    assert int(found["archive_timeout"]) + 60 <= 300, "with the time to copy it, five minutes"
    found["archive_command"] = found["archive_command"].replace(
        "/opt/miyun-kpi/deploy/postgresql", f"{cluster.home}/scripts"
    )
    found["archive_command"] = found["archive_command"].replace("/var/lib/miyun-kpi-wal", str(cluster.home))
    assert str(cluster.home) in found["archive_command"]
    found["archive_timeout"] = "1"
    return [f"--{name}={value}" for name, value in found.items()]


def test_what_was_archived_survives_the_loss_of_the_machine_up_to_any_moment(cluster):
    home = cluster.home
    cluster.run("initdb", "-D", home / "data", "-U", "kpi", "-A", "trust", "-E", "UTF8", "--no-sync")
    cluster.start("data", *settings_of(cluster))
    cluster.ask("CREATE TABLE marks (n int, at timestamptz DEFAULT clock_timestamp())")
    cluster.ask("INSERT INTO marks VALUES (1)")
    cluster.run(home / "scripts" / "base-backup", home)
    cluster.ask("INSERT INTO marks VALUES (2)")
    time.sleep(1.1)
    wrong = cluster.ask("SELECT clock_timestamp()::text")
    cluster.ask("INSERT INTO marks VALUES (3)")
    # Nobody asks for a switch of the segment: the timeout alone closes it, and the script takes it away.
    last = cluster.ask("SELECT pg_walfile_name(pg_current_wal_lsn())")
    cluster.until(lambda: (home / "wal" / last).exists(), "data")
    assert not list((home / "wal").glob(".*")), "nothing half copied"
    cluster.kill()
    shutil.rmtree(home / "data")

    # To the last segment that was archived: nothing acknowledged before it is lost.
    cluster.run(home / "scripts" / "recover", home, home / "whole")
    cluster.start("whole")
    assert cluster.ask("SELECT array_agg(n ORDER BY n) FROM marks") == [1, 2, 3]
    cluster.kill()

    # To just before the mistake.
    cluster.run(home / "scripts" / "recover", home, home / "before", wrong)
    cluster.start("before")
    assert cluster.ask("SELECT array_agg(n ORDER BY n) FROM marks") == [1, 2]
    cluster.ask("INSERT INTO marks VALUES (4)")
    cluster.kill()

    # A folder that is there, and a moment of before the first base backup, are refused and touch nothing.
    done = cluster.run(home / "scripts" / "recover", home, home / "whole", check=False)
    assert done.returncode == 1 and "is there already, nothing was done" in done.stderr
    done = cluster.run(home / "scripts" / "recover", home, home / "never", "2020-01-01 00:00:00+08", check=False)
    assert done.returncode == 1 and "no base backup of before" in done.stderr and not (home / "never").exists()


def test_without_the_archive_the_loss_is_all_since_the_base_backup(cluster):
    """The control: no segment was taken away, and what came after the base backup is not there."""
    home = cluster.home
    cluster.run("initdb", "-D", home / "data", "-U", "kpi", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = [one for one in settings_of(cluster) if "archive_command" not in one]
    cluster.start("data", *options, "--archive_command=true")
    cluster.ask("CREATE TABLE marks (n int)")
    cluster.ask("INSERT INTO marks VALUES (1)")
    cluster.run(home / "scripts" / "base-backup", home)
    cluster.ask("INSERT INTO marks VALUES (2)")
    cluster.kill()
    cluster.run(home / "scripts" / "recover", home, home / "whole")
    cluster.start("whole")
    assert cluster.ask("SELECT array_agg(n) FROM marks") == [1]


@pytest.mark.parametrize("there", ["same", "other", "nothing"])
def test_a_segment_is_whole_or_not_there(tmp_path, there):
    segment = tmp_path / "0000000100000000000000AA"
    segment.write_bytes(b"x" * 4096)
    (tmp_path / "wal").mkdir()
    target = tmp_path / "wal" / segment.name
    if there != "nothing":
        target.write_bytes(b"x" * 4096 if there == "same" else b"other")
    done = subprocess.run(
        [SCRIPTS / "archive-wal", segment, segment.name, tmp_path / "wal"], capture_output=True, text=True
    )
    assert done.returncode == (1 if there == "other" else 0), done.stderr
    assert target.read_bytes() == (b"other" if there == "other" else b"x" * 4096)
    assert [path.name for path in (tmp_path / "wal").iterdir()] == [segment.name]


def test_a_full_archive_is_an_error_and_leaves_nothing_half(tmp_path):
    """PostgreSQL keeps the segment and asks again."""
    segment = tmp_path / "0000000100000000000000AB"
    segment.write_bytes(b"x" * 4096)
    done = subprocess.run([SCRIPTS / "archive-wal", segment, segment.name, tmp_path / "nowhere"], capture_output=True)
    assert done.returncode != 0


def test_old_base_backups_and_their_segments_go(cluster):
    home = cluster.home
    cluster.run("initdb", "-D", home / "data", "-U", "kpi", "-A", "trust", "-E", "UTF8", "--no-sync")
    cluster.start("data", *settings_of(cluster))
    for _ in range(3):
        cluster.ask("SELECT pg_switch_wal()")
        cluster.run(home / "scripts" / "base-backup", home, "2")
        time.sleep(1.1)
    kept = sorted(path.name for path in home.glob("base-*"))
    assert len(kept) == 2
    needed = re.search(r"file ([0-9A-F]+)", (home / kept[0] / "backup_label").read_text())[1]
    segments = [path.name for path in (home / "wal").iterdir() if re.fullmatch("[0-9A-F]{24}", path.name)]
    assert segments and min(segments) >= needed
