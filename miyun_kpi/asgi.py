import os

from django.core.asgi import get_asgi_application

from miyun_kpi.operations.strength import require_strong

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "miyun_kpi.settings")

application = get_asgi_application()
require_strong()
