"""The Celery application of every process. Loaded by the jobs app's `ready()`, never by importing the package."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "miyun_kpi.settings")

# kombu's own filesystem transport ends a worker that meets a message not yet written.
TRANSPORT_ALIASES["filesystem"] = "miyun_kpi.jobs.broker:Transport"

app = Celery("miyun_kpi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Threads of the web server find the application through the default, not through the thread that created it.
app.set_default()
