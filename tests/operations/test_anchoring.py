"""The master head leaves the database by itself; what lies outside finds a database that was put back as a whole."""

import socket
from datetime import timedelta

import pytest

from miyun_kpi.audit.models import AuditEntry, AuditHead, AuditMaster
from miyun_kpi.operations import standing
from miyun_kpi.operations.anchoring import kept_outside
from miyun_kpi.operations.models import VerificationRun
from miyun_kpi.operations.nightly import chain_hourly, verify_nightly
from miyun_kpi.operations.verification import anchor_line
from tests.factories.tampering import unguarded
from tests.operations.test_verification import NIGHT, trail

__all__ = ["trail"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def test_every_hour_to_a_file_and_to_syslog(trail, settings, tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
        heard.bind(("127.0.0.1", 0))
        heard.settimeout(5)
        settings.ANCHORS = [str(tmp_path / "heads"), f"syslog:127.0.0.1:{heard.getsockname()[1]}"]
        chain_hourly(at=NIGHT)
        line = anchor_line(AuditMaster.objects.latest("number"))
        assert (tmp_path / "heads").read_text() == f"{line}\n"
        assert line in heard.recv(2000).decode()
    assert standing.standing().anchor.why == "" and len(kept_outside()) == 1
    chain_hourly(at=NIGHT + timedelta(hours=1))
    assert len(kept_outside()) == 1, "nothing was written since"


def test_a_place_that_cannot_be_written_is_told_and_stops_nothing(trail, settings, tmp_path):
    settings.ANCHORS = [str(tmp_path / "gone" / "heads"), "syslog:unheard.invalid:1", str(tmp_path / "heads")]
    chain_hourly(at=NIGHT)
    why = standing.standing().anchor.why
    assert "gone/heads 写不进去" in why and (tmp_path / "heads").exists()


def test_the_night_finds_a_database_that_was_put_back_as_a_whole(trail, settings, tmp_path):
    settings.ANCHORS = [str(tmp_path / "heads")]
    kept = {model: list(model.objects.values()) for model in (AuditEntry, AuditHead, AuditMaster)}
    chain_hourly(at=NIGHT)
    verify_nightly(at=NIGHT)
    assert VerificationRun.objects.latest("at").faults == []
    with unguarded():
        for model, rows in kept.items():
            model.objects.all().delete()
            model.objects.bulk_create([model(**row) for row in rows])
    verify_nightly(at=NIGHT + timedelta(days=1))
    assert any("库退回" in what for _, what in VerificationRun.objects.latest("at").faults)
