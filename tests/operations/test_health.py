"""Signs of life: of the process alone, and of what it needs."""

from django.conf import settings
from kombu import Connection

from miyun_kpi.operations import health


def test_a_live_process_answers_without_sign_in_and_without_the_database(client):
    assert client.get("/healthz").content == b"ok"


def test_a_ready_installation_reaches_database_and_broker(client, db, broker):
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"database": "ok", "broker": "ok"})


def test_readiness_says_which_part_is_unreachable(client, db, monkeypatch):
    monkeypatch.setattr(settings, "CELERY_BROKER_URL", "redis+socket:///nowhere/redis.sock")
    dead = Connection("redis+socket:///nowhere/redis.sock")
    monkeypatch.setattr(health.current_app, "connection_for_write", lambda: dead)
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"database": "ok", "broker": "unreachable"})
