"""Declared degraded modes (docs/degraded-modes.md): what the user sees while something is away, full, slow or held."""

import io
import json
import re
import sqlite3
import threading
from collections import namedtuple
from contextlib import contextmanager

import pytest
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.base import UpdateError
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test import Client

from miyun_kpi.accounts.enums import Role
from miyun_kpi.acts.acting import acting
from miyun_kpi.attachments.services import store
from miyun_kpi.audit.services import record
from miyun_kpi.db import room
from miyun_kpi.db.outage import Outage, outage
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Busy, Refused
from miyun_kpi.sheets.columns import ColumnSpec
from miyun_kpi.sheets.table import TableSpec, read_table
from tests.accounts.people import AT, person
from tests.house import ROOT

POSTGRES = connection.vendor == "postgresql"


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


def signed_in(client):
    client.force_login(person("ban", Role.EVALUATION_OFFICE))
    return client


# ── the database is away ─────────────────────────────────────────────────────────────────────────


@contextmanager
def away(monkeypatch):
    """The connection leads nowhere: a real refusal of the driver, on both databases."""
    connection.close()
    changed = {"HOST": "/nowhere"} if POSTGRES else {"NAME": "/nowhere/kpi.sqlite3"}
    with monkeypatch.context() as patch:
        for name, value in changed.items():
            patch.setitem(connection.settings_dict, name, value)
        yield
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_with_the_database_away_a_page_says_so_and_when_to_ask_again(client, monkeypatch):
    signed_in(client)
    with away(monkeypatch):
        for answer in (client.get("/"), client.post("/", {"a": 1})):
            page = answer.content.decode()
            assert (answer.status_code, answer["Retry-After"]) == (503, "10")
            assert "数据库暂时连不上" in page and "已经保存的内容不受影响" in page and "服务器出错" not in page
        assert "刚才填写的还在" in page
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").json()["database"] == "unreachable"
    assert client.get("/").status_code == 200, "it comes back by itself"


@pytest.mark.django_db(transaction=True)
def test_with_the_database_away_the_api_answers_in_its_one_shape(client, monkeypatch):
    with away(monkeypatch):
        answer = client.get("/api/v1/organisations/", headers={"Authorization": "Token abc"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert json.loads(answer.content) == {
        "code": "unavailable",
        "message": "数据库暂时连不上，这一步没有完成。恢复以后一切照旧，已经保存的内容不受影响。请 10 秒后再发。",
        "clause": None,
        "errors": [],
    }


def test_an_error_of_ours_is_not_dressed_as_an_outage():
    assert outage(None) is None and outage(ValueError()) is None and outage(DatabaseError("x")) is None
    assert outage(OperationalError("no cause")) is None


@pytest.mark.django_db
def test_what_is_wrong_with_a_statement_is_no_outage():
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    assert outage(error.value) is None


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "found"),
    [("53100", Outage.FULL), ("55P03", Outage.LOCKED), ("57P01", Outage.AWAY), ("57P03", Outage.AWAY)]
    + [("53300", Outage.AWAY), ("08006", Outage.AWAY), ("40P01", None), ("22012", None)],
)
def test_what_postgresql_says(code, found):
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{code}'; END $$")
    assert outage(error.value) is found


# ── the disk ─────────────────────────────────────────────────────────────────────────────────────

Usage = namedtuple("Usage", "total used free")
SPEC = TableSpec(sheet="表", columns=(ColumnSpec("name", "名称"),))


def taken(monkeypatch, percent):
    monkeypatch.setattr(room.shutil, "disk_usage", lambda path: Usage(110, percent, 100 - percent))


@pytest.mark.django_db
def test_at_90_per_cent_files_are_refused_in_words_before_anything_is_kept(monkeypatch, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    taken(monkeypatch, 90)
    file = io.BytesIO(b"%PDF-1.7\n%%EOF")
    with pytest.raises(
        Refused, match="服务器磁盘已用 90%，到 90% 就不再收文件，“证明.pdf”没有上传。查看、填写和提交照常"
    ) as one:
        store(actor=SYSTEM, kind="x", subject_id=1, file=file, name="证明.pdf", at=AT)
    with pytest.raises(Refused, match="没有导入") as other:
        read_table(b"PK", SPEC)
    assert (one.value.code, other.value.code) == ("disk-nearly-full",) * 2 and not list(tmp_path.iterdir())


@pytest.mark.django_db
def test_below_90_per_cent_they_are_looked_at(monkeypatch):
    taken(monkeypatch, 89)
    with pytest.raises(Refused) as refusal:
        read_table(b"PK", SPEC)
    assert refusal.value.code == "broken-file"


class DiskFull:
    """Whatever writes fails as the driver says it: the page cannot be allocated."""

    def __call__(self, execute, sql, params, many, context):
        if sql.split()[0] in ("INSERT", "UPDATE", "DELETE"):
            error = OperationalError("full")
            error.__cause__ = _full()
            raise error
        return execute(sql, params, many, context)


def _full():
    cause = sqlite3.OperationalError("database or disk is full")
    cause.sqlite_errorcode = sqlite3.SQLITE_FULL
    return cause


@pytest.mark.django_db
def test_with_a_full_disk_reading_goes_on_and_saving_says_why(gazette, client, caplog):
    signed_in(client)
    client.get("/")
    session = client.session
    session["seen_at"] -= 61
    session.save()
    before = ContentType.objects.count()
    with connection.execute_wrapper(DiskFull()):
        assert client.get("/").status_code == 200
        assert "a session could not be written" in caplog.text
        answer = client.post("/verification/")
        door = Client(raise_request_exception=False).post(
            "/sign-in/", {"username": "ban", "password": "Reservoir-1958"}
        )
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "服务器磁盘满了" in answer.content.decode() and "查看照常，暂时不能保存" in answer.content.decode()
    assert door.status_code == 503 and ContentType.objects.count() == before
    assert client.get("/").status_code == 200


@pytest.mark.django_db
def test_a_session_that_was_ended_elsewhere_is_not_written_again(client):
    signed_in(client)
    gone, key = client.session, client.session.session_key
    client.session.delete(key)
    with pytest.raises(UpdateError):
        gone.save()


@pytest.mark.once
def test_what_sqlite_says_on_a_full_disk(tmp_path):
    database = sqlite3.connect(tmp_path / "x")
    database.execute("CREATE TABLE x (y)")
    database.execute("PRAGMA max_page_count = 2")
    error = OperationalError()
    with pytest.raises(sqlite3.OperationalError) as full:
        database.execute("INSERT INTO x VALUES (zeroblob(100000))")
    error.__cause__ = full.value
    assert outage(error) is Outage.FULL


# ── a lock is held ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
def test_behind_a_held_lock_an_act_is_refused_in_words_and_reading_goes_on(gazette, client, monkeypatch):
    signed_in(client)
    client.get("/")
    record(actor=SYSTEM, action="operations.site.verified", subject="site:1", data={"faults": 0}, at=AT)
    held, done = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("UPDATE audit_audithead SET count = count")
                held.set()
                done.wait(30)
        finally:
            connection.close()

    connection.close()
    if not POSTGRES:
        monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.2)
    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(10)
        if POSTGRES:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '200ms'")
        with pytest.raises(Busy, match="别人正在办同一件事，没有执行。请稍候再办一次"), acting(SYSTEM, AT) as act:
            act.record("operations.site.verified", "site:1", faults=0, master=0)
        assert client.get("/healthz").status_code == 200
        answer = client.get("/")
        assert answer.status_code == 200
    finally:
        done.set()
        holder.join()
        connection.close()


# ── power ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.once
@pytest.mark.django_db
def test_sqlite_syncs_every_commit():
    """2 is FULL. On PostgreSQL it is the server that decides (synchronous_commit)."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit" if POSTGRES else "PRAGMA synchronous")
        assert POSTGRES or cursor.fetchone() == (2,)


# ── the declaration ──────────────────────────────────────────────────────────────────────────────


def test_every_declared_mode_has_a_test_that_is_there():
    lines = (ROOT / "docs" / "degraded-modes.md").read_text().splitlines()
    rows = [line.split("|")[1:-1] for line in lines if line.startswith("| ")][1:]
    assert len(rows) >= 10
    for mode, *_, named in rows:
        file = ""
        tests = re.findall(r"`(?:(tests/\S+\.py)::)?(test_\w+)`", named)
        assert tests, mode
        for given, test in tests:
            file = given or file
            assert f"def {test}(" in (ROOT / file).read_text(), (mode, test)
