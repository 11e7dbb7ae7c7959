"""Figures for a monitor in the text form of Prometheus: `/metrics`, on the machine itself or with a token."""

import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.db.models import Count

from miyun_kpi.audit import counting
from miyun_kpi.jobs.enums import SlotState
from miyun_kpi.jobs.models import Job, Slot
from miyun_kpi.operations.life import signs
from miyun_kpi.operations.models import VerificationRun

FLUSH_SECONDS, KEPT_SECONDS = 5.0, 3600.0
# What `backup` and `drill` leave in var/ (their day, and why not).
FILES = ("backup", "drill")


class Requests:
    """Answers of this process by status, kept in a file of its own: whichever process is asked tells those of all."""

    def __init__(self) -> None:
        self._lock, self._counted, self._seconds, self._flushed = Lock(), Counter[int](), 0.0, 0.0

    def count(self, status: int, seconds: float) -> None:
        with self._lock:
            self._counted[status] += 1
            self._seconds += seconds
            now = time.monotonic()
            if now - self._flushed < FLUSH_SECONDS:
                return
            self._flushed = now
            said = json.dumps({"requests": self._counted, "seconds": self._seconds})
        try:
            place = _folder() / f"{os.getpid()}.json"
            half = place.with_suffix(".half")
            half.write_text(said)
            half.replace(place)
        except OSError:
            pass  # a full disk stops no answer


REQUESTS = Requests()


def _folder() -> Path:
    # Beside the embedded queue: what lies there is of the moment, and in no backup.
    folder = Path(settings.VAR_DIR) / "broker" / "metrics"
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    return folder


def lines(at: datetime) -> Iterator[str]:
    yield from _requests(at)
    yield "# TYPE kpi_jobs gauge"
    for state, number in Job.objects.order_by().values_list("state").annotate(Count("pk")):
        yield f'kpi_jobs{{state="{state}"}} {number}'
    found = signs(at)
    yield f"kpi_queue_oldest_seconds {found.queue_seconds}"
    for name, seconds in (("beat", found.beat_seconds), ("worker", found.worker_seconds)):
        if seconds is not None:
            yield f'kpi_silent_seconds{{process="{name}"}} {seconds}'
    yield f"kpi_audit_unwritten {counting.unwritten()}"
    yield f"kpi_timed_failing {Slot.objects.filter(state=SlotState.FAILED).count()}"
    last = VerificationRun.objects.order_by("-at", "-id").first()
    if last:
        yield f"kpi_verified_timestamp_seconds {last.at.timestamp():.0f}"
        yield f"kpi_verified_faults {len(last.faults)}"
    for what in FILES:
        try:
            said = json.loads((Path(settings.VAR_DIR) / f"{what}.json").read_text())
            yield f"kpi_{what}_timestamp_seconds {datetime.fromisoformat(said['at']).timestamp():.0f}"
            yield f"kpi_{what}_well {0 if said['why'] else 1}"
        except (OSError, ValueError, KeyError, TypeError):
            continue


def _requests(at: datetime) -> Iterator[str]:
    """A process that has ended is told for an hour more: a monitor counts the rise of each by itself."""
    yield "# TYPE kpi_requests_total counter"
    for file in sorted(_folder().glob("*.json")):
        try:
            if at.timestamp() - file.stat().st_mtime > KEPT_SECONDS:
                file.unlink(missing_ok=True)
                continue
            said = json.loads(file.read_text())
        except (OSError, ValueError):
            continue
        for status, number in said["requests"].items():
            yield f'kpi_requests_total{{process="{file.stem}",status="{status}"}} {number}'
        yield f'kpi_requests_seconds_total{{process="{file.stem}"}} {said["seconds"]:.3f}'
