"""Tasks that only the tests' worker knows (`celery worker --include tests.jobs.worker_tasks`)."""

import os
import time
import uuid
from pathlib import Path

from django.contrib.contenttypes.models import ContentType

from miyun_kpi.jobs.running import Run, job_task


@job_task("tests.slow_parts")
def slow_parts(run: Run) -> dict[str, int]:
    """Ten parts, each leaving one row; a line in the given file shows every time a part was begun."""
    with Path(run.arguments["log"]).open("a") as log:
        for number, label in run.remaining([f"part-{n}" for n in range(1, 11)]):
            log.write(f"{run.job.attempt} {number}\n")
            log.flush()
            with run.part(number):
                # Any table will do to show an effect.
                ContentType.objects.create(app_label=run.job.key, model=label)
                time.sleep(run.arguments.get("pause", 0.1))
    return {"parts": 10}


@job_task("tests.one_effect")
def one_effect(run: Run) -> None:
    """One row of its own: done twice, there would be two."""
    for number, key in run.remaining([run.job.key]):
        with run.part(number):
            ContentType.objects.create(app_label=key, model=str(uuid.uuid4()))


if os.environ.get("KPI_TEST_NEWER"):

    @job_task("tests.of_tomorrow")
    def of_tomorrow(run: Run) -> None:
        """What only a newer worker knows."""
        for number, key in run.remaining([run.job.key]):
            with run.part(number):
                ContentType.objects.create(app_label=key, model="done")
