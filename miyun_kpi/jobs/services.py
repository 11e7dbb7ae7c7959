"""Background work that may run twice or be killed at any point and still has one effect.

The row is written in the caller's transaction and its message goes out after commit. Every change of state is a compare
and swap on state and attempt; the sweeper finds again what a broker or a worker lost.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import F

from miyun_kpi.jobs import access
from miyun_kpi.jobs.clock import Run, timed
from miyun_kpi.jobs.enums import State
from miyun_kpi.jobs.models import Job
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict

logger = logging.getLogger(__name__)
ATTEMPTS = 5
MOST_DOUBLED = 6
GAVE_UP = f"连续 {ATTEMPTS} 次没有办成，已停下。请把任务编号告诉系统管理员，原因在日志里。"


class Superseded(Exception):
    """Another attempt owns the job now: stop, write nothing."""


class Cancelled(Exception):
    """Somebody asked the job to stop."""


def first_wait() -> timedelta:
    return timedelta(seconds=settings.JOBS_REPUBLISH_SECONDS)


def enqueue(
    *,
    name: str,
    key: str,
    arguments: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    title: str = "",
    queue: str = "default",
    stoppable: bool = False,
) -> Job:
    """Ask for work. `key` names the work: asked twice it is one job; a failed or stopped one is taken up again.

    `arguments` hold ids and codes only, never contents.
    """
    facts = {
        "name": name,
        "title": title or name,
        "arguments": dict(arguments),
        "queue": queue,
        "stoppable": stoppable,
        "created_at": at,
        "publish_after": at + first_wait(),
        "actor_id": actor.user_id,
        "actor_label": actor.label[:200],
        "actor_data": {
            "organisation_id": actor.organisation_id,
            "role": str(actor.role),
            "post_id": actor.post_id,
            "token_id": actor.token_id,
            "address": actor.address,
            "request_id": actor.request_id,
            "verbs": sorted(str(verb) for verb in actor.verbs),
        },
    }
    job, created = Job.objects.get_or_create(key=key, defaults=facts)
    if not created:
        fresh = facts | {
            "state": State.QUEUED,
            "attempt": 0,
            "published": 0,
            "done": 0,
            "total": 0,
            "step": "",
            "step_number": 0,
            "message": "",
            "result": None,
            "cancel_requested": False,
            "started_at": None,
            "finished_at": None,
        }
        again = Job.objects.filter(pk=job.pk, state__in=[State.FAILED, State.STOPPED]).update(**fresh)
        job.refresh_from_db()
        if not again:
            return job
    transaction.on_commit(partial(publish, job.pk, name, key, queue), robust=True)
    return job


def publish(job_id: int, name: str, key: str, queue: str) -> bool:
    """Send the message. A broker that is down fails nobody's request: the sweeper sends it again."""
    Job.objects.filter(pk=job_id).update(published=F("published") + 1)
    try:
        current_app.send_task(
            name,
            args=[key],
            queue=queue,
            ignore_result=True,
            retry_policy={"max_retries": 1, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.2},
        )
    except Exception:
        logger.warning("job %s not published, the sweeper will try again", key, exc_info=True)
        return False
    return True


def claim(*, key: str, at: datetime) -> Job | None:
    """Take a queued job; None when it is not to be had: running elsewhere, finished, or unknown."""
    job = Job.objects.filter(key=key, state=State.QUEUED).first()
    if job is None:
        return None
    taken = Job.objects.filter(pk=job.pk, state=State.QUEUED, attempt=job.attempt).update(
        state=State.RUNNING, attempt=job.attempt + 1, heartbeat=at, started_at=job.started_at or at, published=0
    )
    if not taken:
        return None
    job.refresh_from_db()
    return job


def progress(*, job: Job, at: datetime, **columns: Any) -> None:
    """A sign of life, with new values of done, total, unit, step, step_number, step_count."""
    if not _own(job).update(heartbeat=at, **columns):
        raise Superseded(job.key)
    for name, value in columns.items():
        setattr(job, name, value)
    if Job.objects.filter(pk=job.pk, cancel_requested=True).exists():
        raise Cancelled(job.key)


def still_alive(*, job: Job, at: datetime) -> None:
    _own(job).update(heartbeat=at)


def finish(*, job: Job, at: datetime, result: Mapping[str, Any] | None = None, message: str = "") -> None:
    """Call it inside the transaction of the effect: the effect and the word that it is done commit together."""
    values = {"state": State.DONE, "finished_at": at, "heartbeat": at, "message": message, "result": result}
    if not _own(job).update(**values, done=F("total")):
        raise Superseded(job.key)
    job.state = State.DONE


def fail(*, job: Job, at: datetime, message: str, final: bool = False) -> None:
    """Back to the queue for the sweeper, or failed for good after the last attempt."""
    if final or job.attempt >= ATTEMPTS:
        _own(job).update(state=State.FAILED, finished_at=at, message=message if final else GAVE_UP)
    else:
        wait = first_wait() * 2 ** (job.attempt - 1)
        _own(job).update(state=State.QUEUED, publish_after=at + wait, message=message)


def stop(*, job: Job, at: datetime) -> None:
    _own(job).update(state=State.STOPPED, finished_at=at, message="按要求停止。")


def request_cancel(*, actor: Actor, job: Job, at: datetime) -> None:
    """A queued job stops at once, a running one before its next step."""
    access.require_visible(actor, job)
    if not job.stoppable:
        raise Conflict("not-stoppable", f"“{job.title}”不能中途停止，没有改动。请等它办完。")
    waiting = Job.objects.filter(pk=job.pk, state=State.QUEUED)
    if waiting.update(state=State.STOPPED, finished_at=at, message="按要求停止。"):
        return
    if not Job.objects.filter(pk=job.pk, state=State.RUNNING).update(cancel_requested=True):
        raise Conflict("already-finished", f"“{job.title}”已经结束，没有什么可停止的。")


@timed("jobs.sweep", "没人接的后台任务再发一次")
def sweep(run: Run) -> None:
    """Publish again what nobody took in time, and what a silent worker holds. Counts the messages that went out."""
    at = run.at
    for job in Job.objects.silent_since(
        at - timedelta(seconds=settings.JOBS_STALE_SECONDS), at + timedelta(seconds=settings.JOBS_LONGEST_SECONDS)
    ):
        still = _own(job).filter(heartbeat=job.heartbeat)
        if job.attempt >= ATTEMPTS:
            still.update(state=State.FAILED, finished_at=at, message=GAVE_UP)
        elif still.update(state=State.QUEUED, publish_after=at):
            logger.warning("job %s: no sign of life since %s, queued again", job.key, job.heartbeat)
    for job in Job.objects.due_again(at, at + first_wait() * 2**MOST_DOUBLED):
        # Ever longer waits: a long queue must not fill with copies of its own messages.
        wait = first_wait() * 2 ** min(job.published, MOST_DOUBLED)
        mine = Job.objects.filter(pk=job.pk, state=State.QUEUED, publish_after=job.publish_after)
        if mine.update(publish_after=at + wait) and publish(job.pk, job.name, job.key, job.queue):
            run.did([f"job:{job.pk}:{job.attempt}:{job.published}"])


def _own(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, state=State.RUNNING, attempt=job.attempt)
