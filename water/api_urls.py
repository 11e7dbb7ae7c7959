from django.urls import path

from miyun_kpi.registers.api import api_patterns
from water import api

urlpatterns = [
    path("water/targets/", api.Targets.as_view(), name="water-targets"),
    path("water/targets/<slug:target>/measures/", api.Measures.as_view(), name="water-measures"),
    path("water/targets/<slug:target>/measures/<int:measure_id>/", api.OneMeasure.as_view(), name="water-measure"),
    *api_patterns("water"),
]
