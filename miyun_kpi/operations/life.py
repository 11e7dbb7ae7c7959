"""Signs of life of what no request meets: beat, the workers, the queue."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from miyun_kpi.jobs.clock import BEAT
from miyun_kpi.jobs.enums import State
from miyun_kpi.jobs.models import Job, TimedTask

# Each leaves one a minute at least.
SILENT_SECONDS = 180
# A job that waits so long has no worker that takes it.
LATE_SECONDS = 300


@dataclass(frozen=True)
class Signs:
    """Seconds since the last one; None where there never was one."""

    beat_seconds: int | None
    worker_seconds: int | None
    queue_seconds: int

    @property
    def beat(self) -> str:
        return _word(self.beat_seconds)

    @property
    def worker(self) -> str:
        """Workers are heard of by the calls of beat that they take: without beat nobody knows."""
        said = _word(self.worker_seconds)
        return said if said == "ok" or self.beat == "ok" else "unknown"

    @property
    def queue(self) -> str:
        return "ok" if self.queue_seconds <= LATE_SECONDS else "late"


def signs(at: datetime) -> Signs:
    seen = dict(TimedTask.objects.values_list("name", "seen_at"))
    beat = seen.pop(BEAT, None)
    oldest = Job.objects.filter(state=State.QUEUED).order_by("created_at").values_list("created_at", flat=True).first()
    # What a clock that ran ahead has left says nothing.
    taken = max((one for one in seen.values() if one <= at + timedelta(seconds=SILENT_SECONDS)), default=None)
    return Signs(_since(beat, at), _since(taken, at), _since(oldest, at) or 0)


def _since(moment: datetime | None, at: datetime) -> int | None:
    return None if moment is None else max(int((at - moment).total_seconds()), 0)


def _word(seconds: int | None) -> str:
    return "ok" if seconds is not None and seconds <= SILENT_SECONDS else "silent"
