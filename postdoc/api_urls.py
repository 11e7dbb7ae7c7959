from django.urls import path

from miyun_kpi.registers.api import api_patterns
from postdoc.api import Applications, Entitlements, Months, Stations, Stays, Trial

urlpatterns = [
    path("postdoc/stations/", Stations.as_view(), name="postdoc-stations"),
    path("postdoc/stays/", Stays.as_view(), name="postdoc-stays"),
    path("postdoc/entitlements/", Entitlements.as_view(), name="postdoc-entitlements"),
    path("postdoc/applications/", Applications.as_view(), name="postdoc-applications"),
    path("postdoc/months/", Months.as_view(), name="postdoc-months"),
    path("postdoc/trial/", Trial.as_view(), name="postdoc-trial"),
    *api_patterns("postdoc"),
]
