from django.urls import path

from miyun_kpi.registers.urls import register_patterns
from postdoc.views import overview, stations, stays

app_name = "postdoc"
urlpatterns = [
    path("", overview.index, name="index"),
    path("stations/", stations.index, name="stations"),
    path("stations/new/", stations.new, name="new-station"),
    path("stations/<int:station_id>/", stations.station, name="station"),
    path("stations/<int:station_id>/save/", stations.save, name="save-station"),
    path("stations/<int:station_id>/award/", stations.award, name="station-award"),
    path("stations/<int:station_id>/enter/", stays.new, name="new-stay"),
    path("stays/", stays.index, name="stays"),
    path("stays/<int:stay_id>/", stays.stay, name="stay"),
    path("stays/<int:stay_id>/change/", stays.change, name="change-stay"),
    path("stays/<int:stay_id>/reveal/", stays.reveal, name="reveal"),
    path("stays/<int:stay_id>/act/<slug:act>/", stays.act, name="stay-act"),
    *register_patterns("postdoc"),
]
