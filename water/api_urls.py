from django.urls import path

from miyun_kpi.registers.api import api_patterns
from water.api import targets, work

urlpatterns = [
    path("water/targets/", targets.Targets.as_view(), name="water-targets"),
    path("water/targets/<slug:target>/measures/", targets.Measures.as_view(), name="water-measures"),
    path("water/targets/<slug:target>/measures/<int:measure_id>/", targets.OneMeasure.as_view(), name="water-measure"),
    path("water/body/<int:body_id>/rounds/", work.Rounds.as_view(), name="water-rounds"),
    path("water/projects/", work.Projects.as_view(), name="water-projects"),
    *api_patterns("water"),
]
