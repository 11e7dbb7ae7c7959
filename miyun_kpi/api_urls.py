"""Every endpoint of /api/v1/, from the apps that own them."""

from django.urls import include, path

from miyun_kpi.api.schema import Schema
from miyun_kpi.api.views import documentation

app_name = "api"
urlpatterns = [
    path("", include("miyun_kpi.organisations.api_urls")),
    path("", include("miyun_kpi.gazette.api_urls")),
    path("", include("miyun_kpi.duties.api_urls")),
    path("", include("disclosure.api_urls")),
    path("", include("safety.api_urls")),
    path("", include("evaluation.api_urls")),
    path("", include("farmland.api_urls")),
    path("", include("finance_policy.api_urls")),
    path("", include("personnel.api_urls")),
    path("", include("postdoc.api_urls")),
    path("", include("water.api_urls")),
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", documentation, name="docs"),
]
