"""A real worker over a real Redis: killed, restarted, its messages lost."""

import os
import signal
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from miyun_kpi.jobs import services
from miyun_kpi.jobs.enums import State
from miyun_kpi.jobs.models import Job
from miyun_kpi.lib.actors import SYSTEM
from tests.services_plugin import SERVICES

pytestmark = pytest.mark.worker


def ask(key: str, log: Path, pause: float = 0.1) -> Job:
    return services.enqueue(
        name="tests.slow_parts", key=key, arguments={"log": str(log), "pause": pause}, actor=SYSTEM, at=timezone.now()
    )


def ended(job: Job):
    job.refresh_from_db()
    return job.finished


def effects(key: str) -> int:
    return ContentType.objects.filter(app_label=key).count()


def test_a_job_runs_on_the_worker_and_shows_its_progress(celery_worker, tmp_path):
    job = ask("plain", tmp_path / "log")
    seen = set()

    def watch():
        seen.add(Job.objects.get(pk=job.pk).done)
        return ended(job)

    celery_worker.wait_for(watch, "the job did not end")
    assert (job.state, job.result, effects("plain")) == (State.DONE, {"parts": 10}, 10)
    assert len(seen) > 3


def test_a_job_whose_worker_is_killed_finishes_once(celery_worker, tmp_path):
    log = tmp_path / "log"
    job = ask("killed", log, pause=0.2)
    celery_worker.wait_for(lambda: Job.objects.get(pk=job.pk).done >= 3, "the job did not begin")
    celery_worker.kill()
    celery_worker.start()
    job.refresh_from_db()
    assert job.state == State.RUNNING
    services.sweep(at=timezone.now() + timedelta(seconds=31))
    celery_worker.wait_for(lambda: ended(job), "the killed job was not taken up again")
    assert (job.state, job.attempt, effects("killed")) == (State.DONE, 2, 10)
    begun = Counter(line.split()[1] for line in log.read_text().splitlines())
    # Only the part that the kill interrupted was begun twice.
    assert sum(begun.values()) <= 11


def test_a_job_lost_with_the_broker_is_found_again_from_the_database(celery_worker, tmp_path):
    celery_worker.kill()
    job = ask("lost", tmp_path / "log", pause=0)
    number = int(SERVICES.broker_url().rpartition("=")[2])
    store = redis.Redis(unix_socket_path=str(SERVICES.redis_socket), db=number)
    assert store.llen("default") == 1
    store.flushdb()
    celery_worker.start()
    assert services.sweep(at=timezone.now() + timedelta(seconds=16)) == 1
    celery_worker.wait_for(lambda: ended(job), "the lost job was not found")
    assert effects("lost") == 10


def test_a_message_delivered_twice_has_one_effect(celery_worker, tmp_path):
    job = ask("twice", tmp_path / "log", pause=0)
    for _ in range(3):
        services.publish(job.pk, job.name, job.key, job.queue)
    celery_worker.wait_for(lambda: ended(job), "the job did not end")
    other = ask("after", tmp_path / "log", pause=0)
    celery_worker.wait_for(lambda: ended(other), "the job did not end")
    assert (effects("twice"), Job.objects.get(pk=job.pk).attempt) == (10, 1)


def test_a_worker_that_does_not_know_a_job_leaves_it_to_a_newer_one(celery_worker, tmp_path):
    """The web is upgraded first: the old worker drops the message, goes on with what it knows, and the row waits."""
    at = timezone.now()
    job = services.enqueue(name="tests.of_tomorrow", key="newer", arguments={}, actor=SYSTEM, at=at)
    known = ask("known", tmp_path / "log", pause=0)
    celery_worker.wait_for(lambda: ended(known), "the old worker stopped at what it does not know")
    celery_worker.wait_for(lambda: "tests.of_tomorrow" in celery_worker.log.read_text(), "the message did not come")
    job = Job.objects.get(pk=job.pk)
    assert (job.state, job.attempt) == (State.QUEUED, 0)
    celery_worker.stop()
    celery_worker.start(KPI_TEST_NEWER="1")
    assert services.sweep(at=at + timedelta(seconds=60)) == 1
    celery_worker.wait_for(lambda: ended(job), "the newer worker did not take it")
    celery_worker.stop()
    assert (Job.objects.get(pk=job.pk).state, effects("newer")) == (State.DONE, 1)


def test_a_job_cut_off_in_the_production_pool_finishes_once(celery_worker, tmp_path):
    """Processes instead of threads: the child that holds the job is killed, the worker itself lives on."""
    celery_worker.stop()
    celery_worker.start(pool="prefork")
    log = tmp_path / "log"
    job = ask("prefork", log, pause=0.2)
    celery_worker.wait_for(lambda: Job.objects.get(pk=job.pk).done >= 3, "the job did not begin")
    tasks = Path(f"/proc/{celery_worker.process.pid}/task").glob("*/children")
    children = [int(pid) for task in tasks for pid in task.read_text().split()]
    assert children
    for pid in children:
        os.kill(pid, signal.SIGKILL)
    time.sleep(0.5)
    services.sweep(at=timezone.now() + timedelta(seconds=31))
    celery_worker.wait_for(lambda: ended(job), "the job was not taken up again")
    celery_worker.stop()
    assert (job.state, effects("prefork")) == (State.DONE, 10)
    begun = Counter(line.split()[1] for line in log.read_text().splitlines())
    assert sum(begun.values()) <= 11
