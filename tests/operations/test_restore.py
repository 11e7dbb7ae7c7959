"""Restore beside and swap on SQLite: whole, or nothing has changed and one sentence says what is damaged."""

import hashlib
import io
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import time
from contextlib import closing
from pathlib import Path

import pytest

from miyun_kpi.operations.identity import fingerprint
from miyun_kpi.operations.supervisor import pid_file_lock
from tests.releases.site import ROOT, run, says, started, tried

# One run is enough: it works on sites of its own, on SQLite, whatever the suite runs on.
pytestmark = [pytest.mark.once, pytest.mark.timeout(400)]
RELEASE = ROOT / "tests" / "releases" / "v1.0.0"
OF_A_RUN = ("up.lock", "broker", "static")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A site with a file of evidence, and its backup."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "var").mkdir()
    run(folder / "var", "", "restore", str(RELEASE / "sqlite.tar.gz"))
    (folder / "var" / "evidence" / "2026-11").mkdir(parents=True)
    (folder / "var" / "evidence" / "2026-11" / "abc").write_text("evidence")
    run(folder / "var", "", "backup", str(folder / "b.tar.gz"))
    return folder


@pytest.fixture
def site(made, tmp_path):
    """A copy of it, in which something has happened since."""
    shutil.copytree(made / "var", tmp_path / "var")
    shutil.copy(made / "b.tar.gz", tmp_path / "b.tar.gz")
    with closing(sqlite3.connect(tmp_path / "var" / "kpi.sqlite3")) as database, database:
        database.execute("INSERT INTO django_content_type (app_label, model) VALUES ('since', 'backup')")
    return tmp_path


def since(var):
    with closing(sqlite3.connect(f"file:{var}/kpi.sqlite3?mode=ro", uri=True)) as database:
        return database.execute("SELECT count(*) FROM django_content_type WHERE app_label = 'since'").fetchone()[0]


def state_of(var: Path):
    return {
        str(path.relative_to(var)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(var.rglob("*"))
        if path.is_file() and path.relative_to(var).parts[0] not in OF_A_RUN
    }


def repacked(archive, change):
    """The archive with what `change` does to its files and to its manifest (whose digests follow the files)."""
    with tarfile.open(archive) as found:
        held = {name: found.extractfile(name).read() for name in found.getnames()}
    said = json.loads(held.pop("manifest.json"))
    change(held, said)
    for name, kept in said["files"].items():
        if name in held:
            kept |= {"bytes": len(held[name]), "sha256": hashlib.sha256(held[name]).hexdigest()}
    held["manifest.json"] = json.dumps(said).encode()
    with tarfile.open(archive, "w:gz") as out:
        for name, content in held.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            out.addfile(info, io.BytesIO(content))


def sql(*statements):
    def change(held, said):
        with tempfile.NamedTemporaryFile() as file:
            Path(file.name).write_bytes(held["database.sqlite3"])
            with closing(sqlite3.connect(file.name)) as database:
                for statement in statements:
                    database.execute(statement)
                database.commit()
                database.execute("PRAGMA journal_mode = DELETE")
            held["database.sqlite3"] = Path(file.name).read_bytes()

    return change


def test_it_brings_rows_and_files_back_and_keeps_what_was_there(site):
    var = site / "var"
    (var / "evidence" / "2026-11" / "abc").unlink()
    (var / "stamps.json").write_text("{}")
    # What a restore that was killed has left.
    (var / ".restore-old").mkdir()
    (var / ".restore-old" / "database.sqlite3").write_text("half")
    assert "加 --replace" in tried(var, "", "restore", str(site / "b.tar.gz")).stderr and since(var) == 1
    said = run(var, "", "restore", str(site / "b.tar.gz"), "--replace")
    assert since(var) == 0 and (var / "evidence" / "2026-11" / "abc").read_text() == "evidence"
    assert says(var, "") == json.loads((RELEASE / "said.json").read_text())["sqlite"]
    assert not (var / "stamps.json").exists(), "what is there now was prepared by whoever made the backup"
    kept = list(var.glob("before-restore-*.sqlite3"))
    assert len(kept) == 1 and f"原来的留在 {kept[0]}" in said and "核验相符" in said
    with closing(sqlite3.connect(kept[0])) as database:
        assert database.execute("SELECT count(*) FROM django_content_type WHERE app_label = 'since'").fetchone() == (1,)
    # Nothing half done is left, and the audit of the site that goes on says it.
    assert not [path.name for path in var.iterdir() if path.name.startswith((".restore-", "kpi-b"))]
    with closing(sqlite3.connect(var / "kpi.sqlite3")) as database:
        (data,) = database.execute(
            "SELECT data FROM audit_auditentry WHERE action = 'operations.site.restored' ORDER BY seq DESC"
        ).fetchone()
    assert json.loads(data)["archive"] == "b.tar.gz"


def test_rows_that_lie_in_the_log_of_the_old_database_are_kept_with_it(site):
    """A site that was killed leaves its last commits in the -wal file: they belong to the old database."""
    var = site / "var"
    killed = "import os, sqlite3; d = sqlite3.connect('kpi.sqlite3'); d.execute('PRAGMA wal_autocheckpoint=0');"
    killed += (
        "d.execute(\"INSERT INTO django_content_type (app_label, model) VALUES ('since', 'killed')\"); d.commit();"
    )
    killed += "os._exit(9)"
    subprocess.run([sys.executable, "-c", killed], cwd=var)
    assert (var / "kpi.sqlite3-wal").stat().st_size
    run(var, "", "restore", str(site / "b.tar.gz"), "--replace")
    assert since(var) == 0
    (kept,) = var.glob("before-restore-*.sqlite3")
    with closing(sqlite3.connect(kept)) as database:
        assert database.execute("SELECT count(*) FROM django_content_type WHERE app_label = 'since'").fetchone() == (2,)


def truncated(path):
    path.write_bytes(path.read_bytes()[:-2000])


def flipped(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x10
    path.write_bytes(content)


def no_archive(path):
    path.write_text("something else")


def empty(path):
    path.write_bytes(b"")


def torn_database(held, said):
    content = bytearray(held["database.sqlite3"])
    content[8192:200_000] = bytes(200_000 - 8192)
    held["database.sqlite3"] = bytes(content)


def no_database(held, said):
    held["database.sqlite3"] = b"not a database" * 1000


def of_another(held, said):
    said["site"] = "real"


def without_evidence(held, said):
    del held["var/evidence/2026-11/abc"]


def other_key(held, said):
    said["audit_key"] = "0123456789abcdef"


def later_form(held, said):
    said["format"] = 2


def of_postgresql(held, said):
    held["database.pgdump"] = held.pop("database.sqlite3")
    said["files"]["database.pgdump"] = said["files"].pop("database.sqlite3")


DAMAGED = [
    (truncated, r"b\.tar\.gz (不完整，读到一半就断了|不是备份文件，或者坏了，解不开)"),
    (flipped, r"b\.tar\.gz .*(坏了|解不开)"),
    (no_archive, r"b\.tar\.gz 不是备份文件，或者坏了，解不开"),
    (empty, r"b\.tar\.gz (不完整|不是备份文件)"),
]
REPACKED = [
    (torn_database, r"里的 database\.sqlite3 坏了，数据库的完整性检查没有通过"),
    (no_database, r"里的 database\.sqlite3 坏了，数据库的完整性检查没有通过"),
    (sql("DROP TABLE django_migrations"), r"里的 database\.sqlite3 不是本系统的数据库"),
    (
        sql("DELETE FROM gazette_loadedrow WHERE id = (SELECT max(id) FROM gazette_loadedrow)"),
        r"行数与清单不符：gazette_loadedrow 应有 \d+ 行，读出 \d+ 行",
    ),
    (
        sql(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('evaluation', '9999_of_tomorrow', '2030-01-01')"
        ),
        r"是更新的版本做的（其中的 evaluation 9999_of_tomorrow，这一版里没有）",
    ),
    (later_form, r"清单是第 2 式，本版只认到第 1 式"),
    (of_another, r"是正式站的备份，这里是演示站"),
    (without_evidence, r"里缺 var/evidence/2026-11/abc"),
    (other_key, r"审计要用指纹 0123456789abcdef 的密钥，现在的（.*/audit-key 或 KPI_AUDIT_KEY）是 [0-9a-f]{16}"),
    (of_postgresql, r"来自另一种数据库（里面没有 database\.sqlite3）"),
]


def refused(site, pattern):
    before = state_of(site / "var")
    done = tried(site / "var", "", "restore", str(site / "b.tar.gz"), "--replace")
    assert done.returncode == 1 and "Traceback" not in done.stderr and done.stdout == ""
    sentence = done.stderr.strip().splitlines()[-1]
    assert re.search(pattern, sentence), done.stderr
    assert "没有恢复，什么也没有改" in sentence and len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert state_of(site / "var") == before


@pytest.mark.parametrize(("damage", "pattern"), DAMAGED, ids=lambda one: getattr(one, "__name__", "sentence"))
def test_a_damaged_archive_changes_nothing_and_is_named(site, damage, pattern):
    damage(site / "b.tar.gz")
    refused(site, pattern)


@pytest.mark.parametrize(("change", "pattern"), REPACKED, ids=lambda one: getattr(one, "__name__", "sentence"))
def test_a_whole_archive_of_something_wrong_changes_nothing_and_is_named(site, change, pattern):
    repacked(site / "b.tar.gz", change)
    refused(site, pattern)


def test_figures_that_were_changed_inside_a_backup_are_found_by_the_seals(site):
    """Digests and counts agree: only 核验 can see it. Who wants it all the same must say so."""
    off = [
        f"DROP TRIGGER {name}"
        for name in ("evaluation_ranking_no_update", "evaluation_ranking_no_delete", "evaluation_rankingrow_no_update")
    ]
    repacked(site / "b.tar.gz", sql(*off, "UPDATE evaluation_ranking SET document = document || ' ' WHERE id = 3"))
    refused(site, "恢复出来以后核验不符：.*请加 --with-faults")
    said = run(site / "var", "", "restore", str(site / "b.tar.gz"), "--replace", "--with-faults")
    assert "核验不符 " in said and since(site / "var") == 0


def test_a_machine_that_has_lost_its_database_file_restores_over_the_ruin(site):
    (site / "var" / "kpi.sqlite3").write_bytes(b"not a database any more" * 500)
    run(site / "var", "", "restore", str(site / "b.tar.gz"), "--replace")
    assert since(site / "var") == 0 and len(list((site / "var").glob("before-restore-*.sqlite3"))) == 1


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_machine_needs_the_key_in_var_and_says_which(made, tmp_path):
    (tmp_path / "var").mkdir()
    done = tried(tmp_path / "var", "", "restore", str(made / "b.tar.gz"))
    wanted = fingerprint((made / "var" / "audit-key").read_text())
    assert done.returncode == 1 and f"审计要用指纹 {wanted} 的密钥" in done.stderr and "放回" in done.stderr
    assert not list((tmp_path / "var").glob("kpi-b*"))
    shutil.copy(made / "var" / "audit-key", tmp_path / "var" / "audit-key")
    said = run(tmp_path / "var", "", "restore", str(made / "b.tar.gz"))
    assert says(tmp_path / "var", "") == json.loads((RELEASE / "said.json").read_text())["sqlite"]
    personal = fingerprint((made / "var" / "personal-key").read_text())
    assert f"个人信息的密钥（指纹 {personal}）不在这里" in said


def test_a_machine_whose_key_is_lost_for_good_gets_its_data_back_by_two_administrators(made, tmp_path):
    var = tmp_path / "var"
    var.mkdir()
    assert "加 --key-lost" in tried(var, "", "restore", str(made / "b.tar.gz")).stderr
    said = run(var, "", "restore", str(made / "b.tar.gz"), "--key-lost")
    assert "没有做：审计密钥不在" in said and "adopt_key" in said
    # Nothing begins and nothing is written before; passwords are put by hand where the test knows none.
    assert "不是这个数据库的，没有启动" in tried(var, "", "prepare_site").stderr
    run(var, "", "shell", "--no-imports", "-c", CHOSEN)
    command = ("adopt_key", "机房失火，两处抄存都没有找到", "--system", "guanliyuan", "--security", "anquan")
    assert "没有执行" in tried(var, "", *command, typed="wrong\n\nwrong\n\n").stderr
    done = tried(var, "", *command, typed="a-long-password\n\na-long-password\n\n")
    assert done.returncode == 0 and "无钥，不能核对" in done.stdout, done.stderr
    run(var, "", "prepare_site")
    assert says(var, "") == json.loads((RELEASE / "said.json").read_text())["sqlite"]


CHOSEN = """
from miyun_kpi.accounts.models import User
for user in User.objects.filter(username__in=["guanliyuan", "anquan"]):
    user.set_password("a-long-password")
    user.save()
"""


def test_an_old_archive_gives_its_audit_key_where_none_is_used_and_nothing_else(made, tmp_path):
    (tmp_path / "var").mkdir()
    said = run(tmp_path / "var", "", "restore", str(RELEASE / "sqlite.tar.gz"))
    with tarfile.open(RELEASE / "sqlite.tar.gz") as found:
        held = {name: found.extractfile(name).read().decode() for name in found.getnames() if "key" in name}
    assert "审计密钥取自这份旧式备份" in said
    assert (tmp_path / "var" / "audit-key").read_text() == held["var/audit-key"]
    assert (tmp_path / "var" / "secret-key").read_text() != held["var/secret-key"]
    assert not (tmp_path / "var" / "demo-accounts.txt").exists()
    # The key that lay there, of a start that led to nothing, is kept too.
    assert len(list((tmp_path / "var").glob("before-restore-*.audit-key"))) == 1


def test_an_old_archive_never_takes_the_place_of_a_key_in_use(site, made):
    """A site with rows of its own under another key: the sentence says where the right one is."""
    var = site / "var"
    with closing(sqlite3.connect(var / "kpi.sqlite3")) as database, database:
        database.execute("DELETE FROM operations_site")
    (var / "audit-key").write_text("another key that is in use here")
    before = state_of(var)
    done = tried(var, "", "restore", str(RELEASE / "sqlite.tar.gz"), "--replace")
    assert done.returncode == 1 and "这份旧式备份的 var/audit-key 就是" in done.stderr
    assert state_of(var) == before


def test_a_restore_that_is_killed_leaves_the_old_or_the_new_and_can_be_done_again(site):
    """kill -9 before and about the swap: nothing in between is ever in use."""
    began = time.monotonic()
    run(site / "var", "", "restore", str(site / "b.tar.gz"), "--replace")
    whole, fates = time.monotonic() - began, set()
    for share in (None, 0.93):
        with closing(sqlite3.connect(site / "var" / "kpi.sqlite3")) as database, database:
            database.execute("INSERT INTO django_content_type (app_label, model) VALUES ('since', ?)", [str(share)])
        with started(site / "var", "restore", str(site / "b.tar.gz"), "--replace") as process:
            if share is None:
                # It has begun to unpack beside what is in use.
                while process.poll() is None and not list((site / "var").glob(".restore-*")):
                    time.sleep(0.01)
            else:
                time.sleep(whole * share)
            process.kill()
        fates.add(since(site / "var"))
        assert since(site / "var") in (0, 1)
        run(site / "var", "", "restore", str(site / "b.tar.gz"), "--replace")
        assert since(site / "var") == 0
        assert not [path.name for path in (site / "var").iterdir() if path.name.startswith((".restore-", "kpi-b"))]
    assert says(site / "var", "")["audit"]
    assert 1 in fates, "at least one was killed before the swap"


def test_a_running_site_is_left_alone(site):
    held = pid_file_lock(site / "var" / "up.lock")
    assert held is not None
    done = tried(site / "var", "", "restore", str(site / "b.tar.gz"), "--replace")
    assert done.returncode == 1 and "系统正在运行，没有恢复" in done.stderr and since(site / "var") == 1
