"""Every endpoint of /api/v1/, from the apps that own them."""

from django.urls import include, path

from miyun_kpi.api.changes import Changes
from miyun_kpi.api.schema import Schema
from miyun_kpi.api.views import documentation
from miyun_kpi.web.registry import subjects

app_name = "api"
urlpatterns = [
    path("", include("miyun_kpi.organisations.api_urls")),
    path("", include("miyun_kpi.gazette.api_urls")),
    path("", include("miyun_kpi.duties.api_urls")),
    path("", include("miyun_kpi.proposals.api_urls")),
    *(path("", include(subject.api_urls)) for subject in subjects()),
    path("changes/", Changes.as_view(), name="changes"),
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", documentation, name="docs"),
]
