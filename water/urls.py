from django.urls import path

from miyun_kpi.registers.urls import register_patterns
from water.views import overview

app_name = "water"
urlpatterns = [
    path("", overview.index, name="index"),
    path("villages/", overview.villages, name="villages"),
    *register_patterns("water"),
]
