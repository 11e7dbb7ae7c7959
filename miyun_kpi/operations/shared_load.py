"""What the processes of an installation have in common: loaded once, before they are forked from where it was loaded."""

import gc
import importlib
import os
import warnings

from celery import current_app
from celery.signals import worker_before_create_process
from django.core.cache import caches
from django.db import connections
from django.urls import get_resolver

# What each of them would import by itself; the application of the web server is made in its own process, which also checks it.
MODULES = (
    *("gunicorn.app.wsgiapp", "gunicorn.arbiter", "gunicorn.workers.gthread", "gunicorn.glogging"),
    *("celery.bin.celery", "celery.bin.worker", "celery.bin.beat", "celery.apps.worker", "celery.apps.beat"),
    *("celery.worker.worker", "celery.worker.consumer", "celery.worker.components", "celery.concurrency.thread"),
    *("celery.worker.autoscale", "celery.worker.consumer.delayed_delivery", "celery.worker.strategy"),
    *("celery.app.amqp", "celery.app.control", "celery.app.events", "celery.app.log", "celery.app.routes"),
    *("celery.beat", "miyun_kpi.jobs.beat", "miyun_kpi.jobs.broker", "django.db.models.sql.compiler"),
)


def load_for_all() -> None:
    """Leaves no thread and no connection behind: what is forked from here opens its own."""
    # On one's own machine root is no surprise; the production unit runs as its own user.
    warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")
    for name in MODULES:
        importlib.import_module(name)
    # Django's checks, which the queue would run at every start of worker and clock: `prepare_site` does when the code has changed,
    # and what they look at would be shared no longer.
    os.environ["CELERY_SKIP_CHECKS"] = "true"
    current_app.loader.import_default_modules()
    current_app.finalize()
    get_resolver().url_patterns  # noqa: B018 (all pages are read)
    connections.close_all()
    caches.close_all()
    leave_loaded_alone()


def leave_loaded_alone(**_: object) -> None:
    """The collector writes into what it looks at, and a full collection looks at everything: what is there now it leaves alone.

    So it stays shared with what is forked from here, and no page waits while the code of all the others is walked through.
    """
    gc.collect()
    gc.freeze()


def before_the_queue_forks() -> None:
    """Web has it in wsgi.py, a small installation in `load_for_all`."""
    worker_before_create_process.connect(leave_loaded_alone, dispatch_uid="loaded-alone")
