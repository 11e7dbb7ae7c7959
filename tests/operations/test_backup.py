import stat
import subprocess
import tarfile

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command

from miyun_kpi.operations.supervisor import pid_file_lock


@pytest.fixture
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    (settings.VAR_DIR / "attachments").mkdir(parents=True)
    (settings.VAR_DIR / "attachments" / "a.pdf").write_text("evidence")
    (settings.VAR_DIR / "broker").mkdir()
    (settings.VAR_DIR / "broker" / "message").write_text("x")
    # A rehearsal is a site of its own; what a start keeps for itself is made anew.
    (settings.VAR_DIR / "rehearsal").mkdir()
    (settings.VAR_DIR / "rehearsal" / "audit-key").write_text("of the rehearsal")
    for name in ("stamps.json", "loading.json"):
        (settings.VAR_DIR / name).write_text("{}")
    (settings.VAR_DIR / "audit-key").write_text("key")
    (settings.VAR_DIR / "personal-key").write_text("stays here")
    return settings.VAR_DIR


def test_a_backup_holds_database_keys_and_evidence_but_nothing_made_anew(transactional_db, var, tmp_path):
    call_command("backup", tmp_path / "b.tar.gz", verbosity=0)
    names = set(tarfile.open(tmp_path / "b.tar.gz").getnames())
    assert {"var/audit-key", "var/attachments/a.pdf"} < names
    assert "var/personal-key" not in names
    assert len(names) == 3 and any(name.startswith("database.") for name in names)
    assert stat.S_IMODE((tmp_path / "b.tar.gz").stat().st_mode) == 0o600


def test_a_backup_never_overwrites(db, var, tmp_path):
    (tmp_path / "b.tar.gz").touch()
    with pytest.raises(CommandError, match="没有覆盖"):
        call_command("backup", tmp_path / "b.tar.gz")


def test_restore_brings_rows_and_files_back(transactional_db, var, tmp_path, django_db_setup):
    kept = ContentType.objects.create(app_label="before", model="backup")
    call_command("backup", tmp_path / "b.tar.gz", verbosity=0)
    kept.delete()
    (var / "attachments" / "a.pdf").unlink()
    call_command("restore", tmp_path / "b.tar.gz", replace=True, verbosity=0)
    assert ContentType.objects.filter(app_label="before").exists()
    assert (var / "attachments" / "a.pdf").read_text() == "evidence"
    assert not (var / "stamps.json").exists(), "what is there now was prepared by whoever made the backup"


def test_restore_refuses_over_data_and_beside_a_running_site(db, var, tmp_path):
    (tmp_path / "b.tar.gz").touch()
    with pytest.raises(CommandError, match="--replace"):
        call_command("restore", tmp_path / "b.tar.gz")
    holder = subprocess.Popen(
        [
            "python3",
            "-c",
            "import fcntl,sys,time;f=open(sys.argv[1],'w');fcntl.flock(f,fcntl.LOCK_EX);"
            "print(1,flush=True);time.sleep(60)",
            var / "up.lock",
        ],
        stdout=subprocess.PIPE,
    )
    try:
        holder.stdout.readline()
        with pytest.raises(CommandError, match="正在运行"):
            call_command("restore", tmp_path / "b.tar.gz", replace=True)
        assert pid_file_lock(var / "up.lock") is None
    finally:
        holder.kill()
        holder.wait()


def test_the_settings_point_at_a_temporary_folder_in_tests():
    assert "kpi-test-" in str(settings.VAR_DIR)
