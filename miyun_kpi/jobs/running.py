"""The frame around the body of a job: claim, sign of life, one effect, and an end that is always written."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from celery import shared_task
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from miyun_kpi.jobs import services
from miyun_kpi.jobs.enums import State
from miyun_kpi.jobs.models import Job
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused

logger = logging.getLogger(__name__)


class Run:
    """What the body of a job sees. Heartbeats read the clock here, at the edge."""

    def __init__(self, job: Job) -> None:
        self.job = job

    @property
    def arguments(self) -> dict[str, Any]:
        return self.job.arguments

    @property
    def actor(self) -> Actor:
        return self.job.actor

    @property
    def done(self) -> int:
        """How many parts earlier attempts have committed: where to go on."""
        return self.job.done

    def step(self, label: str, number: int = 0, of: int = 0) -> None:
        services.progress(job=self.job, at=timezone.now(), step=label, step_number=number, step_count=of)

    def beat(self, done: int | None = None, total: int | None = None, unit: str | None = None) -> None:
        given = {"done": done, "total": total, "unit": unit}
        changed = {name: value for name, value in given.items() if value is not None}
        services.progress(job=self.job, at=timezone.now(), **changed)

    @contextmanager
    def part(self, number: int) -> Iterator[None]:
        """One part of the work: its effect and the count of parts done commit together, or neither does.

        for number, item in run.remaining(items):
            with run.part(number):
                …
        """
        with transaction.atomic():
            yield
            services.progress(job=self.job, at=timezone.now(), done=number)

    def remaining(self, items: Sequence[Any], unit: str = "项") -> Iterator[tuple[int, Any]]:
        """The items no attempt has committed yet, numbered for `part`."""
        self.beat(total=len(items), unit=unit)
        return iter(list(enumerate(items, start=1))[self.done :])

    def finish(self, result: Mapping[str, Any] | None = None, message: str = "") -> None:
        """Inside the body's own transaction, so that effect and end commit together."""
        services.finish(job=self.job, at=timezone.now(), result=result, message=message)


@contextmanager
def _sign_of_life(job: Job) -> Iterator[None]:
    """Beat while the body works, so that one long statement does not look like a dead worker.

    Not for ever: a body that hangs is left to the sweeper after `JOBS_LONGEST_SECONDS`.
    """
    ended = threading.Event()
    until = time.monotonic() + settings.JOBS_LONGEST_SECONDS

    def beat() -> None:
        try:
            while not ended.wait(settings.JOBS_STALE_SECONDS / 4) and time.monotonic() < until:
                services.still_alive(job=job, at=timezone.now())
        except Exception:
            logger.warning("job %s: the heartbeat stopped", job.key, exc_info=True)
        finally:
            connection.close()

    threading.Thread(target=beat, name=f"heartbeat-{job.pk}", daemon=True).start()
    try:
        yield
    finally:
        ended.set()


Body = Callable[[Run], Mapping[str, Any] | None]


def run_job(key: str, body: Body) -> None:
    """Run `body` for the job `key` unless it is running elsewhere or has ended."""
    job = services.claim(key=key, at=timezone.now())
    if job is None:
        return
    run = Run(job)
    try:
        with _sign_of_life(job):
            result = body(run)
        if job.state == State.RUNNING:
            run.finish(result)
    except services.Superseded:
        logger.warning("job %s: attempt %s was overtaken", key, job.attempt)
    except services.Cancelled:
        services.stop(job=job, at=timezone.now())
    except Refused as refusal:
        services.fail(job=job, at=timezone.now(), message=refusal.message, final=True)
    except Exception as error:
        logger.exception("job %s: attempt %s failed", key, job.attempt)
        services.fail(
            job=job, at=timezone.now(), message=f"第 {job.attempt} 次没有办成（{type(error).__name__}），稍后再试。"
        )


def job_task(name: str) -> Callable[[Body], Any]:
    """Register the body of a job as the Celery task `name`: `@job_task("evaluation.import_years")`."""

    def register(body: Body) -> Any:
        @shared_task(name=name)
        def task(key: str) -> None:
            run_job(key, body)

        return task

    return register
