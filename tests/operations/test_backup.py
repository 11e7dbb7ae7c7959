"""What a backup holds and says of itself: everything that cannot be made again, no key, no password."""

import json
import stat
import tarfile

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.operations import archive
from miyun_kpi.operations.identity import fingerprint
from miyun_kpi.operations.manifest import commit, release
from miyun_kpi.operations.standing import standing
from tests.house import ROOT

SECRETS = (
    "audit-key secret-key personal-key first-key demo-accounts.txt rehearsal-accounts.txt"
    " before-restore-20260101-000000.audit-key"
)
MADE_ANEW = (
    "beat-schedule beat-schedule.db beat-schedule.dat beat-schedule.dir beat-schedule.bak stamps.json loading.json"
)


@pytest.fixture
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    for folder in ("evidence/2020-10", "documents", "broker", "rehearsal", "static"):
        (settings.VAR_DIR / folder).mkdir(parents=True)
        (settings.VAR_DIR / folder / "file").write_text(f"in {folder}")
    for name in (*SECRETS.split(), *MADE_ANEW.split()):
        (settings.VAR_DIR / name).write_text(f"content of {name}")
    return settings.VAR_DIR


def backed_up(target):
    call_command("backup", target, verbosity=0)
    with tarfile.open(target) as found:
        return {name: found.extractfile(name).read() for name in found.getnames()}


def test_a_backup_holds_database_and_files_but_no_key_no_password_and_nothing_made_anew(
    transactional_db, var, tmp_path
):
    held = backed_up(tmp_path / "b.tar.gz")
    dump = archive.DUMPS[connection.vendor]
    assert set(held) == {dump, "var/evidence/2020-10/file", "var/documents/file", "manifest.json"}
    for name in SECRETS.split():
        assert not any(f"content of {name}".encode() in content for content in held.values())
    assert stat.S_IMODE((tmp_path / "b.tar.gz").stat().st_mode) == 0o600


def test_the_manifest_says_what_it_is_of_and_how_much_it_must_hold(transactional_db, var, tmp_path, settings):
    held = backed_up(tmp_path / "b.tar.gz")
    said = json.loads(held["manifest.json"])
    assert (said["format"], said["vendor"], said["site"]) == (1, connection.vendor, settings.SITE)
    assert said["release"] == release() == "1.0.0" and said["commit"] == commit() and len(said["commit"]) == 40
    assert said["tables"]["audit_auditentry"] == AuditEntry.objects.count()
    assert said["tables"]["gazette_clause"] > 100
    assert ["operations", "0001_initial"] in said["migrations"]
    assert said["audit_key"] == fingerprint(settings.AUDIT_KEY)
    assert said["personal_key"] == fingerprint(settings.PERSONAL_KEYS[0])
    assert set(said["files"]) == set(held) - {"manifest.json"}
    text = held["manifest.json"].decode()
    assert settings.AUDIT_KEY not in text and settings.PERSONAL_KEYS[0] not in text
    assert settings.SECRET_KEY not in text


def test_every_file_is_counted_and_digested(transactional_db, var, tmp_path):
    backed_up(tmp_path / "b.tar.gz")
    with archive.opened(tmp_path / "b.tar.gz", under=tmp_path) as found:
        for name, kept in found.manifest.files.items():
            path = found.folder / name
            assert (path.stat().st_size, archive.digest(path)) == (kept["bytes"], kept["sha256"])


def test_what_the_code_keeps_in_var_is_either_backed_up_or_can_be_made_again():
    """The other folders of var/ that the code names: a new one must be put here or into archive.KEPT."""
    made_again = {"site", "backups", "broker", "static", "var"}
    import re

    found = set()
    for path in [*ROOT.glob("miyun_kpi/**/*.py"), *ROOT.glob("evaluation/**/*.py")]:
        found |= set(re.findall(r'VAR_DIR\)? / "([a-z]+)"', path.read_text()))
    assert {"evidence", "documents", "broker"} <= found and found <= {*archive.KEPT, *made_again}


def test_a_backup_never_overwrites(db, var, tmp_path):
    (tmp_path / "b.tar.gz").touch()
    with pytest.raises(CommandError, match="没有覆盖"):
        call_command("backup", tmp_path / "b.tar.gz")


def test_the_last_backup_is_noted_with_its_figures(transactional_db, var, tmp_path):
    assert standing().backup is None
    backed_up(tmp_path / "b.tar.gz")
    last = standing().backup
    assert last.why == "" and last.figures["bytes"] == (tmp_path / "b.tar.gz").stat().st_size
    assert last.figures["file"] == "b.tar.gz" and last.figures["rows"] > 1000


def test_the_settings_point_at_a_temporary_folder_in_tests(settings):
    assert "kpi-test-" in str(settings.VAR_DIR)
