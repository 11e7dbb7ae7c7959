"""The schedule of beat: celery's own, less what a clock that ran ahead has left in it."""

import logging
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from celery.beat import PersistentScheduler
from django.db import DatabaseError, close_old_connections

from miyun_kpi.jobs.clock import beat_lives

logger = logging.getLogger(__name__)
# A step back of the clock smaller than this is a correction, not an error.
LEAST_STEP = 5.0
TELL_EVERY = 60.0


class Scheduler(PersistentScheduler):
    """An entry that last ran in the future would not run again before that day: it is due at once.

    That goes for the file kept from the process before, and for a clock that is set back under this one. What runs once
    too often does no harm: each task looks at the database for what is due.
    """

    def setup_schedule(self) -> None:
        self._looked, self._told = time.time(), 0.0
        super().setup_schedule()
        self.forget_the_future()

    def forget_the_future(self) -> None:
        for name, entry in self.schedule.items():
            now = entry.default_now()
            if entry.last_run_at is not None and entry.last_run_at > now:
                logger.warning("%s last ran in the future (%s), it is due now", name, entry.last_run_at)
                entry.last_run_at = now - getattr(entry.schedule, "run_every", timedelta(days=1))
        self._heap = None

    @staticmethod
    def _tell(now: float) -> None:
        """Beat goes on without the database; then its silence is true."""
        try:
            beat_lives(datetime.fromtimestamp(now, tz=UTC))
        except DatabaseError:
            logger.warning("beat could not leave a sign of life", exc_info=True)
        finally:
            close_old_connections()

    def tick(self, *args: Any, **kwargs: Any) -> float:
        now = time.time()
        if now < self._looked - LEAST_STEP:
            self.forget_the_future()
        self._looked = now
        if not 0 <= now - self._told < TELL_EVERY:
            self._told = now
            self._tell(now)
        return super().tick(*args, **kwargs)
