from django.urls import path

from miyun_kpi.organisations import api

urlpatterns = [
    path("organisations/", api.Organisations.as_view(), name="organisations"),
    path("organisations/<str:code>/", api.OneOrganisation.as_view(), name="organisation"),
]
