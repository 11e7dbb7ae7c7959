import os

from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.urls import get_resolver

from miyun_kpi.operations.strength import require_strong

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "miyun_kpi.settings")

application = get_wsgi_application()
require_strong()

from miyun_kpi.operations.identity import require_own_keys  # noqa: E402 (its models are there only now)
from miyun_kpi.operations.shared_load import leave_loaded_alone  # noqa: E402

require_own_keys()
# Whoever is forked from here opens a connection of its own.
connections.close_all()
# All pages are read now, once for every process that is forked from this one, and not by the first who asks for one.
get_resolver().url_patterns  # noqa: B018
leave_loaded_alone()
