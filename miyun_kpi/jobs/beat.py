"""The schedule of beat: celery's own, less what a clock that ran ahead has left in it."""

import logging
import time
from datetime import timedelta
from typing import Any

from celery.beat import PersistentScheduler

logger = logging.getLogger(__name__)
# A step back of the clock smaller than this is a correction, not an error.
LEAST_STEP = 5.0


class Scheduler(PersistentScheduler):
    """An entry that last ran in the future would not run again before that day: it is due at once.

    That goes for the file kept from the process before, and for a clock that is set back under this one. What runs once
    too often does no harm: each task looks at the database for what is due.
    """

    def setup_schedule(self) -> None:
        self._looked = time.time()
        super().setup_schedule()
        self.forget_the_future()

    def forget_the_future(self) -> None:
        for name, entry in self.schedule.items():
            now = entry.default_now()
            if entry.last_run_at is not None and entry.last_run_at > now:
                logger.warning("%s last ran in the future (%s), it is due now", name, entry.last_run_at)
                entry.last_run_at = now - getattr(entry.schedule, "run_every", timedelta(days=1))
        self._heap = None

    def tick(self, *args: Any, **kwargs: Any) -> float:
        now = time.time()
        if now < self._looked - LEAST_STEP:
            self.forget_the_future()
        self._looked = now
        return super().tick(*args, **kwargs)
