"""演练站: made from a real site with marks and files; what goes along, what does not, and that the real site stays as it was."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from hashlib import sha256
from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from evaluation.models import Figure, Mark, Scheme
from miyun_kpi import site as sites
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.operations.management.commands.rehearse import ACCOUNTS
from miyun_kpi.organisations.models import Organisation, OrganisationName
from miyun_kpi.site import DEMO, REAL, REHEARSAL, chosen
from miyun_kpi.web.registry import Notice
from tests.evaluation.conftest import live_demo

__all__ = ["live_demo"]
pytestmark = pytest.mark.timeout(300)
OWN = {"audit_auditentry", "audit_audithead"}


@pytest.fixture
def real(live_demo, settings, tmp_path, monkeypatch):
    """A site with marks, a file, a name by date and a figure the office has settled; its rehearsal goes to tmp_path."""
    monkeypatch.setenv("KPI_VAR", str(tmp_path))
    settings.VAR_DIR = tmp_path
    (tmp_path / "attachments").mkdir()
    (tmp_path / "attachments" / "a.pdf").write_text("evidence")
    Attachment.objects.create(
        kind="x", subject_id=1, name="a.pdf", content_type="application/pdf", size=8, sha256="0" * 64,
        path="a.pdf", stored_at=timezone.now(), stored_by_id=1, stored_by="甲",
    )  # fmt: skip  # one file a call
    town = Organisation.objects.get(code="beizhuang-zhen")
    OrganisationName.objects.create(organisation=town, name="旧北庄镇", valid_to="2020-03-01")
    Figure.objects.filter(key="weight/9/core").update(value="2.5", confirmed=True)
    User.objects.create_user("tingyong", "x", display_name="停用的人", is_active=False)
    return tmp_path


def digests():
    """Every row of every table of the real site, in its order."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if model._meta.managed and table not in OWN:
            rows = model._default_manager.order_by("pk").values_list()
            found[table] = sha256(repr([tuple(row) for row in rows.iterator()]).encode()).hexdigest()
    return found


def rows(folder, sql):
    with closing(sqlite3.connect(folder / "kpi.sqlite3")) as database:
        return database.execute(sql).fetchall()


SIGN_IN = """
from django.test import Client
client = Client(headers={"host": "localhost"})
answer = client.post("/sign-in/", {"username": %r, "password": %r}, follow=True)
print(answer.status_code, answer.request["PATH_INFO"], "演练站：" in answer.content.decode())
"""


def in_rehearsal(*arguments):
    environment = {k: v for k, v in os.environ.items() if k != "KPI_SITE"}
    done = subprocess.run(
        [sys.executable, "manage.py", "--site", "rehearsal", *arguments],
        cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip  # one call
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.once
def test_a_rehearsal_has_what_one_works_with_and_nothing_of_the_work(real):
    before, entries = digests(), AuditEntry.objects.count()
    last_seq = AuditEntry.objects.latest("seq").seq
    said = StringIO()
    call_command("rehearse", stdout=said)
    folder = real / "rehearsal"

    # The real site: one entry more, every other row and file as it was.
    assert digests() == before
    last = AuditEntry.objects.order_by("-seq").first()
    assert (AuditEntry.objects.count(), last.action) == (entries + 1, "operations.rehearsal.made")
    assert json.loads(last.data)["accounts"] == User.objects.filter(is_active=True, is_client=False).count()

    # There: organisations by date, schemes with their figures, duties, posts.
    assert rows(folder, "SELECT count(*) FROM organisations_organisationname WHERE name = '旧北庄镇'") == [(1,)]
    assert rows(folder, "SELECT count(*) FROM evaluation_scheme") == [(Scheme.objects.count(),)]
    assert rows(folder, "SELECT value, confirmed FROM evaluation_figure WHERE key = 'weight/9/core'") == [("2.5", 1)]
    assert rows(folder, "SELECT count(*) FROM evaluation_figure") == [(Figure.objects.count(),)]
    assert rows(folder, "SELECT count(*) FROM accounts_post") == [(Post.objects.count(),)]
    (duties,) = rows(folder, "SELECT count(*), max(scope) FROM duties_duty")
    assert duties[0] > 50 and duties[1] == ""

    # Not there: marks, rankings, reports, files, registers of the year, tokens, whoever is no longer active.
    assert Mark.objects.exists()
    for table in ("evaluation_mark", "evaluation_period", "evaluation_ranking", "evaluation_task", "duties_dutyperiod",
                  "duties_progressreport", "attachments_attachment", "registers_record", "inbox_notice", "jobs_job",
                  "postdoc_person", "disclosure_application", "accounts_apitoken", "django_session"):  # fmt: skip  # a list
        assert rows(folder, f"SELECT count(*) FROM {table}") == [(0,)], table
    assert not (folder / "attachments").exists()
    assert rows(folder, "SELECT count(*) FROM accounts_user WHERE username = 'tingyong'") == [(0,)]
    passwords = dict(rows(folder, "SELECT username, password FROM accounts_user"))
    assert not set(passwords.values()) & set(User.objects.values_list("password", flat=True))
    assert rows(folder, "SELECT count(*) FROM accounts_user WHERE NOT must_change_password") == [(0,)]

    # Its own: identity, keys, and an audit that begins with where it is from.
    assert rows(folder, "SELECT name FROM operations_site") == [("rehearsal",)]
    assert {(folder / name).exists() for name in ("secret-key", "audit-key", "personal-key")} == {True}
    (first,) = rows(folder, "SELECT action, data FROM audit_auditentry WHERE seq = 1")
    assert first[0] == "operations.rehearsal.begun" and json.loads(first[1])["last_entry"] == last_seq

    kept = folder / ACCOUNTS
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    password = next(line.split()[1] for line in kept.read_text().splitlines() if line.startswith("shuiwu "))
    answer = in_rehearsal("shell", "-v", "0", "-c", SIGN_IN % ("shuiwu", password))
    assert answer.startswith("200 /accounts/password/ True"), answer

    # A second one: refused over the first, then beside it.
    with pytest.raises(CommandError, match="已有演练站.*--replace"):
        call_command("rehearse")
    call_command("rehearse", replace=True, stdout=said)
    (aside,) = real.glob("rehearsal-*")
    assert (aside / ACCOUNTS).read_text() != (folder / ACCOUNTS).read_text()
    assert "移到了" in said.getvalue() and not list(real.glob(".rehearsal-*"))


@pytest.mark.parametrize("name", [DEMO, REHEARSAL])
def test_only_a_real_site_is_rehearsed(db, settings, name):
    settings.SITE = name
    with pytest.raises(CommandError, match="没有建演练站"):
        call_command("rehearse")


def test_a_failure_leaves_neither_half_a_rehearsal_nor_an_entry(db, gazette, settings, tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_VAR", str(tmp_path))
    settings.BASE_DIR = tmp_path  # there is no manage.py in it
    entries = AuditEntry.objects.count()
    with pytest.raises(CommandError, match="演练站没有建成，正式站没有变"):
        call_command("rehearse")
    assert not list(tmp_path.iterdir()) and AuditEntry.objects.count() == entries


def test_a_rehearsal_is_not_replaced_while_it_runs(db, gazette, tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_VAR", str(tmp_path))
    folder = tmp_path / "rehearsal"
    folder.mkdir()
    (folder / "secret-key").write_text("k")
    (folder / "up.lock").write_text("")
    program = "import fcntl,sys;f=open(sys.argv[1]);fcntl.flock(f,fcntl.LOCK_EX);print(1,flush=True);sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", program, folder / "up.lock"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        holder.stdout.readline()
        with pytest.raises(CommandError, match="正在运行"):
            call_command("rehearse", replace=True)
        holder.stdin.close()


# ── which site, and its mark ─────────────────────────────────────────────────────────────────────


def test_there_is_no_rehearsal_until_one_is_made(tmp_path):
    with pytest.raises(SystemExit, match="还没有演练站"):
        chosen(tmp_path, {"KPI_SITE": "rehearsal"})
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(("var", "folder"), [("", "var/rehearsal"), ("elsewhere", "elsewhere/rehearsal")])
def test_it_lies_beside_the_real_site_or_in_the_folder_that_is_given(tmp_path, var, folder):
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / "secret-key").write_text("k")
    given = {"KPI_SITE": "rehearsal"} | ({"KPI_VAR": str(tmp_path / var)} if var else {})
    assert chosen(tmp_path, given) == sites.Site(REHEARSAL, tmp_path / folder)


def test_a_rehearsal_forgets_the_database_and_the_keys_of_the_real_site(monkeypatch, tmp_path):
    monkeypatch.setattr(sites, "_current", [])
    monkeypatch.setenv("KPI_SITE", "")
    for name in sites.OF_THE_REAL_SITE:
        monkeypatch.setenv(name, "of the real site")
    sites.settle(sites.Site(REAL, tmp_path))
    assert os.environ["KPI_DATABASE_URL"] == "of the real site"
    sites.settle(sites.Site(REHEARSAL, tmp_path))
    assert not set(sites.OF_THE_REAL_SITE) & set(os.environ)


def test_what_leaves_a_rehearsal_says_so(monkeypatch):
    from tests.operations.test_sites import book, download, io, load_workbook, paper, words_of

    monkeypatch.setattr(sites, "_current", [REHEARSAL])
    assert load_workbook(io.BytesIO(book())).active["A1"].value == "【演练数据，不得引用】某表"
    assert "演练件　不得引用" in words_of(paper())
    assert "%E6%BC%94%E7%BB%83_" in download(b"", "text/plain", "某表.xlsx")["Content-Disposition"]
    assert Notice("rehearsal", "…").tag == "演练" and not sites.is_demonstration()
