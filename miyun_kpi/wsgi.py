import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from miyun_kpi.operations.identity import require_own_keys
from miyun_kpi.operations.strength import require_strong

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "miyun_kpi.settings")

application = get_wsgi_application()
require_strong()
require_own_keys()
# All pages are read now, once for every process that is forked from this one, and not by the first who asks for one.
get_resolver().url_patterns  # noqa: B018
