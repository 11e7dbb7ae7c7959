"""Restore beside and swap on PostgreSQL: two databases filled in turn, a file that names the one in use."""

import json
import os
import shutil
import tarfile
from contextlib import contextmanager

import psycopg2
import pytest
from django.db import connection

from tests.operations.test_restore import RELEASE, repacked, truncated
from tests.releases.site import run, says, tried

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(400)]
# Of this process: two that run at once have databases of their own in one server.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
ONE, ROLE = f"beside_{WORKER}_one", f"beside_{WORKER}_role"
# Of this process: two of the suite share one cluster.
OWNER = f"beside_{WORKER}_owner"
SAID = json.loads((RELEASE / "said.json").read_text())["postgresql"]


@contextmanager
def asked(name, user="kpi"):
    given = connection.get_connection_params()
    outer = psycopg2.connect(host=given["host"], user=user, dbname=name)
    outer.autocommit = True
    try:
        with outer.cursor() as cursor:
            yield cursor
    finally:
        outer.close()


def one(name, sql):
    with asked(name) as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def databases(base):
    with asked("postgres") as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY 1", [f"{base}%"])
        return [row[0] for row in cursor.fetchall()]


@pytest.fixture(scope="module")
def cluster(django_db_setup, django_db_blocker):
    """Every database of these sites, whatever its name, is gone afterwards."""
    names = [ONE, ROLE]
    with django_db_blocker.unblock():
        yield connection.get_connection_params()["host"]
        with asked("postgres") as cursor:
            for base in names:
                for name in databases(base):
                    cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            cursor.execute(f"DROP ROLE IF EXISTS {OWNER}")


@pytest.fixture(scope="module")
def site(cluster, tmp_path_factory):
    folder = tmp_path_factory.mktemp("beside")
    (folder / "var").mkdir()
    with asked("postgres") as cursor:
        cursor.execute(f"CREATE DATABASE {ONE}")
    address = f"postgres://kpi@/{ONE}?host={cluster}"
    run(folder / "var", address, "restore", str(RELEASE / "postgresql.tar.gz"))
    run(folder / "var", address, "backup", str(folder / "b.tar.gz"))
    return folder, address


SINCE = "INSERT INTO django_content_type (app_label, model) VALUES ('since', 'backup')"
COUNT = "SELECT count(*) FROM django_content_type WHERE app_label = 'since'"


def test_the_way_back_goes_beside_in_turn_and_the_old_one_stays(site):
    folder, address = site
    var, archive = folder / "var", str(folder / "b.tar.gz")
    assert databases(ONE) == [ONE], "an empty database is filled itself"
    assert not (var / "database-in-use").exists()
    with asked(ONE) as cursor:
        cursor.execute(SINCE)
        # As after an upgrade: a newer table that names an older one, which a restore over it would stumble on.
        cursor.execute("CREATE TABLE of_tomorrow (id bigint REFERENCES organisations_organisation)")
    # A damaged one first: nothing is made, nothing is named.
    shutil.copy(archive, folder / "torn.tar.gz")
    truncated(folder / "torn.tar.gz")
    done = tried(var, address, "restore", str(folder / "torn.tar.gz"), "--replace")
    assert done.returncode == 1 and "什么也没有改" in done.stderr and "Traceback" not in done.stderr
    assert databases(ONE) == [ONE] and one(ONE, COUNT) == 1

    said = run(var, address, "restore", archive, "--replace")
    assert (var / "database-in-use").read_text() == f"{ONE}_a\n"
    assert f"现在用的数据库是 {ONE}_a" in said and f"原来的留在 {ONE}，没有删" in said
    assert says(var, address) == SAID
    assert (one(ONE, COUNT), one(f"{ONE}_a", COUNT)) == (1, 0)
    # Whoever still works on the old one, on another machine, is told at once.
    with asked(ONE) as cursor, pytest.raises(psycopg2.errors.ReadOnlySqlTransaction):
        cursor.execute(SINCE)

    for now in (f"{ONE}_b", f"{ONE}_a"):
        with asked((var / "database-in-use").read_text().strip()) as cursor:
            cursor.execute(SINCE)
        run(var, address, "restore", archive, "--replace")
        assert (var / "database-in-use").read_text() == f"{now}\n" and one(now, COUNT) == 0
        with asked(now) as cursor:
            cursor.execute(SINCE)
            cursor.execute("DELETE FROM django_content_type WHERE app_label = 'since'")
    assert says(var, address) == SAID
    assert one(ONE, COUNT) == 1, "the one from before the first restore is still as it was"


def test_what_does_not_hold_leaves_the_one_in_use_as_it_is(site):
    folder, address = site
    var = folder / "var"
    now = (var / "database-in-use").read_text() if (var / "database-in-use").exists() else None

    def torn(held, said):
        content = bytearray(held["database.pgdump"])
        content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
        held["database.pgdump"] = bytes(content)

    def fewer(held, said):
        said["tables"]["audit_auditentry"] += 1

    for change, sentence in (
        (torn, "里的 database.pgdump 坏了，读不进数据库"),
        (fewer, "行数与清单不符：audit_auditentry 应有"),
    ):
        shutil.copy(folder / "b.tar.gz", folder / "wrong.tar.gz")
        repacked(folder / "wrong.tar.gz", change)
        done = tried(var, address, "restore", str(folder / "wrong.tar.gz"), "--replace")
        assert done.returncode == 1 and sentence in done.stderr and "Traceback" not in done.stderr, done.stderr
        assert ((var / "database-in-use").read_text() if (var / "database-in-use").exists() else None) == now
    assert says(var, address) == SAID


def test_a_site_that_still_runs_somewhere_is_left_alone(site):
    folder, address = site
    name = folder / "var" / "database-in-use"
    with asked(name.read_text().strip() if name.exists() else ONE):
        done = tried(folder / "var", address, "restore", str(folder / "b.tar.gz"), "--replace")
    assert done.returncode == 1 and "还有 1 个连接，没有恢复。请先在各台机器上停下" in done.stderr


def test_a_role_that_may_not_make_databases_is_told_what_to_ask_for(site, cluster):
    folder, _ = site
    with asked("postgres") as cursor:
        cursor.execute(f"CREATE ROLE {OWNER} LOGIN")
        cursor.execute(f"CREATE DATABASE {ROLE} OWNER {OWNER}")
    address = f"postgres://{OWNER}@/{ROLE}?host={cluster}"
    (folder / "role").mkdir()
    shutil.copy(folder / "var" / "audit-key", folder / "role" / "audit-key")
    run(folder / "role", address, "restore", str(folder / "b.tar.gz"))
    done = tried(folder / "role", address, "restore", str(folder / "b.tar.gz"), "--replace")
    wanted = f"createdb --owner {OWNER} --encoding UTF8 --template template0 {ROLE}_a"
    assert done.returncode == 1 and wanted in done.stderr and "什么也没有改" in done.stderr
    assert "Traceback" not in done.stderr
    assert tried(folder / "role", address, "drill").returncode == 2
    with asked("postgres") as cursor:
        cursor.execute(f"CREATE DATABASE {ROLE}_a OWNER {OWNER} TEMPLATE template0 ENCODING 'UTF8'")
        cursor.execute(f"CREATE DATABASE {ROLE}_drill OWNER {OWNER} TEMPLATE template0 ENCODING 'UTF8'")
    run(folder / "role", address, "restore", str(folder / "b.tar.gz"), "--replace")
    assert says(folder / "role", address) == SAID
    run(folder / "role", address, "drill")
    assert one(f"{ROLE}_drill", "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0


def test_a_file_that_names_another_database_stops_every_command(site):
    folder, address = site
    (folder / "other").mkdir()
    (folder / "other" / "database-in-use").write_text("somebody_else\n")
    done = tried(folder / "other", address, "check")
    assert done.returncode == 1 and "写的是“somebody_else”" in done.stderr and "Traceback" not in done.stderr


def test_a_backup_holds_the_moment_of_its_dump(site):
    """Rows are counted in the transaction whose snapshot is dumped, so a site that goes on never makes a wrong manifest."""
    folder, _ = site
    with tarfile.open(folder / "b.tar.gz") as found:
        said = json.loads(found.extractfile("manifest.json").read())
    assert said["vendor"] == "postgresql" and said["tables"]["audit_auditentry"] == one(
        ONE, "SELECT count(*) FROM audit_auditentry"
    )
