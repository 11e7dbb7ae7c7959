"""Two sites that never mix: which one a command works on, whose a database is, and what leaves the demonstration says so."""

import io
import os
import zipfile
from datetime import datetime
from decimal import Decimal

import pytest
from django.test import override_settings
from django.utils import timezone
from openpyxl import load_workbook

from miyun_kpi import site as sites
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.documents.content import Official, Paragraph
from miyun_kpi.documents.write import write_official
from miyun_kpi.lib.errors import Refused
from miyun_kpi.operations.identity import require_own_keys, require_own_site
from miyun_kpi.operations.models import Site as SiteRow
from miyun_kpi.sheets.write import Column, Sheet, workbook
from miyun_kpi.site import DEMO, REAL, chosen, take_option
from miyun_kpi.web.answers import download

AT = datetime(2026, 11, 28, 9, tzinfo=timezone.get_default_timezone())


def begin(base, folder):
    (base / "var" / folder).mkdir(parents=True)
    (base / "var" / folder / "secret-key").write_text("k")


def test_nothing_begun_is_the_real_site(tmp_path):
    assert chosen(tmp_path, {}) == sites.Site(REAL, tmp_path / "var/site")


@pytest.mark.parametrize(("folder", "name"), [("demo", DEMO), ("site", REAL)])
def test_the_only_site_there_is_is_taken(tmp_path, folder, name):
    begin(tmp_path, folder)
    assert chosen(tmp_path, {}) == sites.Site(name, tmp_path / "var" / folder)


def test_with_both_a_command_asks_which(tmp_path):
    begin(tmp_path, "demo")
    begin(tmp_path, "site")
    with pytest.raises(SystemExit, match="--site demo 或 --site real"):
        chosen(tmp_path, {})
    assert chosen(tmp_path, {"KPI_SITE": "demo"}).var == tmp_path / "var/demo"
    assert chosen(tmp_path, {"KPI_SITE": "real"}).var == tmp_path / "var/site"


def test_a_folder_that_is_given_is_used_by_the_site_that_is_named(tmp_path):
    begin(tmp_path, "demo")
    begin(tmp_path, "site")
    assert chosen(tmp_path, {"KPI_VAR": "/x"}) == sites.Site(REAL, sites.Path("/x"))
    assert chosen(tmp_path, {"KPI_VAR": "/x", "KPI_SITE": "demo"}).name == DEMO


def test_an_unknown_site_is_refused(tmp_path):
    with pytest.raises(SystemExit, match="demo（演示站）、real（正式站）或 rehearsal（演练站）"):
        chosen(tmp_path, {"KPI_SITE": "演示"})


@pytest.mark.parametrize("option", [["--site", "demo"], ["--site=demo"]])
def test_the_option_may_stand_anywhere(option):
    environ = {}
    assert take_option(["manage.py", *option, "check", "x"], environ) == ["manage.py", "check", "x"]
    assert take_option(["manage.py", "check", *option], environ) == ["manage.py", "check"]
    assert environ == {"KPI_SITE": "demo"}


# ── whose a database is ──────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_a_database_belongs_to_the_site_that_began_it():
    with override_settings(SITE=DEMO):
        require_own_site(at=AT)
        assert require_own_site(at=AT).name == DEMO
    with override_settings(SITE=REAL), pytest.raises(Refused, match="这个数据库是演示站的，没有作为正式站启动"):
        require_own_site(at=AT)
    assert SiteRow.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "code"),
    [({"AUDIT_KEY": "other"}, "other-audit-key"), ({"PERSONAL_KEYS": ["other"]}, "other-personal-key")],
)
def test_other_keys_are_refused_by_name(changed, code):
    require_own_site(at=AT)
    with override_settings(**changed), pytest.raises(Refused) as refusal:
        require_own_site(at=AT)
    assert refusal.value.code == code and "没有启动" in refusal.value.message


@pytest.mark.django_db
def test_an_audit_key_is_changed_by_writing_the_new_one_before_the_old(settings):
    require_own_site(at=AT)
    old = settings.AUDIT_KEY
    settings.AUDIT_KEY = f"the-new-one-of-this-site,{old}"
    for _ in range(2):
        require_own_site(at=AT)
    assert AuditEntry.objects.filter(action="operations.audit-key.changed").count() == 1
    settings.AUDIT_KEY = old
    with pytest.raises(Refused):
        require_own_site(at=AT)
    settings.AUDIT_KEY = "the-new-one-of-this-site"
    require_own_site(at=AT)


@pytest.mark.django_db
def test_a_process_with_another_key_ends_at_its_start(settings, capsys):
    require_own_site(at=AT)
    require_own_keys()
    settings.AUDIT_KEY = "made-anew-in-an-empty-var"
    with pytest.raises(SystemExit):
        require_own_keys()
    assert "不是这个数据库的" in capsys.readouterr().err


@pytest.mark.django_db
def test_a_personal_key_that_was_changed_is_known_by_the_older_one(settings):
    require_own_site(at=AT)
    settings.PERSONAL_KEYS = ["newer", *settings.PERSONAL_KEYS]
    require_own_site(at=AT)


# ── what leaves the demonstration ────────────────────────────────────────────────────────────────


@pytest.fixture
def on_the_demonstration(monkeypatch):
    monkeypatch.setattr(sites, "_current", [DEMO])


def book():
    sheet = Sheet("表", [Column("甲"), Column("乙", places=1)], [["x", Decimal("1.5")]], lines=["某表", "导出"])
    return workbook([sheet], title="某表", at=AT)


def words_of(docx):
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        return "".join(package.read(name).decode() for name in package.namelist() if name.endswith(".xml"))


def paper():
    return write_official(Official(title=["某通知"], addressee="各单位", blocks=[Paragraph("正文。")]), at=AT)


def test_files_of_the_demonstration_say_so_in_body_and_name(on_the_demonstration):
    page = load_workbook(io.BytesIO(book())).active
    assert page["A1"].value == "【演示数据，不得引用】某表" and page["A3"].value == "甲"
    assert "演示件　不得引用" in words_of(paper())
    assert "%E6%BC%94%E7%A4%BA_" in download(b"", "text/plain", "某表.xlsx")["Content-Disposition"]


def test_files_of_a_real_site_say_nothing_of_it():
    assert load_workbook(io.BytesIO(book())).active["A1"].value == "某表"
    assert "演示" not in words_of(paper())
    assert "%E6%BC%94" not in download(b"", "text/plain", "某表.xlsx")["Content-Disposition"]


def test_what_the_settings_have_read_holds_for_every_child(monkeypatch, tmp_path):
    monkeypatch.setattr(sites, "_current", [])
    monkeypatch.setenv("KPI_SITE", "")
    assert not sites.is_demonstration()
    sites.settle(sites.Site(DEMO, tmp_path))
    assert sites.is_demonstration() and os.environ["KPI_SITE"] == DEMO
