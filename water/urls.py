from django.urls import path

from miyun_kpi.registers.urls import register_patterns
from water.views import overview, targets

app_name = "water"
urlpatterns = [
    path("", overview.index, name="index"),
    path("villages/", overview.villages, name="villages"),
    path("targets/", targets.index, name="targets"),
    path("targets/<slug:target>/", targets.target, name="target"),
    path("targets/<slug:target>/save/", targets.save_measure, name="save-measure"),
    path("targets/<slug:target>/judge/", targets.judge, name="judge-target"),
    path("targets/<slug:target>/<int:measure_id>/strike/", targets.strike_measure, name="strike-measure"),
    *register_patterns("water"),
]
