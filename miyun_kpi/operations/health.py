"""For a supervisor or a load balancer: is the process alive, and can it work?"""

import logging
import os
import secrets
from collections.abc import Callable

from celery import current_app
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from miyun_kpi.lib.errors import NotFound
from miyun_kpi.operations import life, metrics
from miyun_kpi.operations.machine import beside

logger = logging.getLogger(__name__)


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """503 where this process cannot work. What stands still elsewhere is said with 200: taking the pages away mends no worker."""
    answers = {"database": _ask(_database), "broker": _ask(_broker)}
    status = 200 if set(answers.values()) == {"ok"} else 503
    if answers["database"] == "ok":
        found = life.signs(timezone.now())
        answers |= {"worker": found.worker, "beat": found.beat, "queue": found.queue}
    return JsonResponse(answers, status=status)


@login_not_required
@never_cache
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """For a monitor on this machine, past nginx, or one that has the token; for others there is no such page."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    known = settings.METRICS_TOKEN and secrets.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    if not known and not beside(request):
        raise NotFound
    text = "".join(f"{line}\n" for line in metrics.lines(timezone.now()))
    return HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _ask(check: Callable[[], None]) -> str:
    try:
        check()
    except Exception:
        # The reason goes to the log: this answer is open to anybody.
        logger.warning("not ready: %s", check.__name__, exc_info=True)
        return "unreachable"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def _broker() -> None:
    if settings.CELERY_BROKER_URL.startswith("filesystem:"):
        folder = str(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_out"])
        if not os.access(folder, os.W_OK):
            raise OSError(f"{folder} is not writable")
        return
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=2)
