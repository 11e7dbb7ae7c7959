from django.urls import path

from miyun_kpi.gazette import api

urlpatterns = [
    path("documents/", api.Documents.as_view(), name="documents"),
    path("documents/<str:code>/", api.OneDocument.as_view(), name="document"),
    path("clauses/", api.Clauses.as_view(), name="clauses"),
]
