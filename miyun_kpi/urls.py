from django.urls import include, path

from miyun_kpi.web import views as web_views
from miyun_kpi.web.registry import subjects

urlpatterns = [
    path("", include("miyun_kpi.operations.urls")),
    path("", include("miyun_kpi.jobs.urls")),
    path("", include("miyun_kpi.accounts.urls")),
    path("", include("miyun_kpi.powers.urls")),
    path("", include("miyun_kpi.inbox.urls")),
    path("audit/", include("miyun_kpi.audit.urls")),
    path("duties/", include("miyun_kpi.duties.urls")),
    path("emendations/", include("miyun_kpi.emendations.urls")),
    path("proposals/", include("miyun_kpi.proposals.urls")),
    path("evidence/", include("miyun_kpi.attachments.urls")),
    path("drafts/", include("miyun_kpi.drafts.urls")),
    path("help/", include("miyun_kpi.web.urls")),
    path("gazette/", include("miyun_kpi.gazette.urls")),
    path("organisations/", include("miyun_kpi.organisations.urls")),
    path("api/v1/", include("miyun_kpi.api_urls")),
    *(path(subject.address.lstrip("/"), include(subject.urls)) for subject in subjects()),
]
handler400 = "miyun_kpi.web.views.bad_request"
handler404 = web_views.page_not_found
handler500 = "miyun_kpi.web.views.server_error"
