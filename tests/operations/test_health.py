"""Signs of life: of the process alone, and of what it needs."""

import json
import logging
import os
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from kombu import Connection

from miyun_kpi.jobs import beat
from miyun_kpi.jobs.clock import BEAT
from miyun_kpi.jobs.models import Job, TimedTask
from miyun_kpi.lib import logs
from miyun_kpi.operations import health, life, metrics
from miyun_kpi.operations.models import VerificationRun


def test_a_live_process_answers_without_sign_in_and_without_the_database(client):
    assert client.get("/healthz").content == b"ok"


def test_a_ready_installation_reaches_database_and_broker(client, db, broker):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"database": "ok", "broker": "ok", "worker": "unknown", "beat": "silent", "queue": "ok"}


def test_readiness_says_which_part_is_unreachable(client, db, monkeypatch):
    monkeypatch.setattr(settings, "CELERY_BROKER_URL", "redis+socket:///nowhere/redis.sock")
    dead = Connection("redis+socket:///nowhere/redis.sock")
    monkeypatch.setattr(health.current_app, "connection_for_write", lambda: dead)
    response = client.get("/readyz")
    told = response.json()
    assert (response.status_code, told["database"], told["broker"]) == (503, "ok", "unreachable")


AT = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("beat", "worker", "said"),
    [
        (10, 20, ("ok", "ok")),
        (10, 181, ("ok", "silent")),
        (10, None, ("ok", "silent")),
        (181, 20, ("silent", "ok")),
        (181, 200, ("silent", "unknown")),
        (None, None, ("silent", "unknown")),
        # A clock that ran a day ahead has left a sign of the future.
        (10, -86400, ("ok", "silent")),
    ],
)
def test_beat_and_workers_are_told_apart(db, beat, worker, said):
    for name, seconds in (("beat", beat), ("jobs.sweep", worker)):
        if seconds is not None:
            TimedTask.objects.create(name=name, seen_at=AT - timedelta(seconds=seconds))
    found = life.signs(AT)
    assert (found.beat, found.worker) == said


def test_a_job_that_nobody_takes_is_late(db):
    Job.objects.create(key="k", name="n", title="t", actor_label="x", created_at=AT, publish_after=AT)
    assert life.signs(AT + timedelta(seconds=300)).queue == "ok"
    found = life.signs(AT + timedelta(seconds=301))
    assert (found.queue, found.queue_seconds) == ("late", 301)


def test_beat_leaves_a_sign_of_life_and_goes_on_without_the_database(db, monkeypatch):
    # The test's own connection stays open.
    monkeypatch.setattr(beat, "close_old_connections", lambda: None)
    beat.Scheduler._tell(AT.timestamp())
    assert TimedTask.objects.get(name=BEAT).seen_at == AT
    monkeypatch.setattr(beat, "beat_lives", lambda at: (_ for _ in ()).throw(OperationalError("gone")))
    beat.Scheduler._tell(AT.timestamp())


def told(client, **headers):
    return client.get("/metrics", headers=headers)


def test_figures_are_for_the_machine_itself(client, db, settings):
    assert told(client).status_code == 200
    assert told(client, **{"X-Forwarded-For": "10.0.0.1"}).status_code == 404
    elsewhere = Client(REMOTE_ADDR="10.0.0.1")
    assert told(elsewhere).status_code == 404
    assert told(elsewhere, Authorization="Bearer ").status_code == 404, "no token is no token"
    settings.METRICS_TOKEN = "t" * 32
    assert told(elsewhere, Authorization="Bearer nothing").status_code == 404
    assert told(elsewhere, Authorization=f"Bearer {'t' * 32}").status_code == 200


def test_figures_say_what_was_answered_what_waits_and_what_was_verified(client, db, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    Job.objects.create(key="k", name="n", title="t", actor_label="x", created_at=AT, publish_after=AT)
    VerificationRun.objects.create(at=AT, by="x", entries=1, faults=[["a", "b"]])
    (tmp_path / "backup.json").write_text(json.dumps({"at": AT.isoformat(), "why": "", "figures": {}}))
    (tmp_path / "drill.json").write_text("half")
    counted = metrics.Requests()
    counted.count(200, 0.5)
    (tmp_path / "broker" / "metrics" / "7.json").write_text('{"requests": {"403": 3}, "seconds": 1}')
    text = told(client).content.decode()
    for line in (
        f'kpi_requests_total{{process="{os.getpid()}",status="200"}} 1',
        'kpi_requests_total{process="7",status="403"} 3',
        'kpi_jobs{state="queued"} 1',
        "kpi_verified_faults 1",
        f"kpi_verified_timestamp_seconds {AT.timestamp():.0f}",
        "kpi_backup_well 1",
    ):
        assert line in text.splitlines(), text
    assert "kpi_drill" not in text


def test_a_process_that_ended_is_told_for_an_hour(settings, tmp_path, db):
    settings.VAR_DIR = tmp_path
    file = tmp_path / "broker" / "metrics" / "7.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"requests": {"200": 1}, "seconds": 1}')
    os.utime(file, (AT.timestamp(), AT.timestamp()))
    assert any('process="7"' in line for line in metrics.lines(AT + timedelta(hours=1)))
    assert not any('process="7"' in line for line in metrics.lines(AT + timedelta(hours=1, seconds=1)))
    assert not file.exists()


def test_a_line_of_the_log_names_its_request(client):
    lines = []

    class Keep(logging.Handler):
        def emit(self, record):
            lines.append(json.loads(logs.JsonLines().format(record)))

    keep = Keep()
    logging.getLogger("django.request").addHandler(keep)
    try:
        answer = client.get("/healthz/none")
    finally:
        logging.getLogger("django.request").removeHandler(keep)
    (line,) = lines
    assert (line["request_id"], line["status"], line["level"]) == (answer["X-Request-ID"], 404, "WARNING")
    said = logs.JsonLines().format(logging.makeLogRecord({"msg": "a\nb 考评", "levelname": "INFO"}))
    assert "\n" not in said and "request_id" not in json.loads(said) and json.loads(said)["message"] == "a\nb 考评"
