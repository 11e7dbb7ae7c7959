from django.urls import path

from disclosure.api import Applications
from miyun_kpi.registers.api import api_patterns

urlpatterns = [
    path("disclosure/applications/", Applications.as_view(), name="disclosure-applications"),
    *api_patterns("disclosure"),
]
