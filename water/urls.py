from django.urls import path

from miyun_kpi.registers.urls import register_patterns
from water.views import overview, projects, rounds, targets

app_name = "water"
urlpatterns = [
    path("", overview.index, name="index"),
    path("villages/", overview.villages, name="villages"),
    path("targets/", targets.index, name="targets"),
    path("targets.xlsx", targets.sheet, name="targets-sheet"),
    path("projects.xlsx", projects.sheet, name="projects-sheet"),
    path("targets/<slug:target>/", targets.target, name="target"),
    path("targets/<slug:target>/save/", targets.save_measure, name="save-measure"),
    path("targets/<slug:target>/judge/", targets.judge, name="judge-target"),
    path("targets/<slug:target>/<int:measure_id>/strike/", targets.strike_measure, name="strike-measure"),
    path("bodies/<int:body_id>/", rounds.rounds, name="rounds"),
    path("bodies/<int:body_id>/<int:round_id>/strike/", rounds.strike, name="strike-round"),
    path("projects/", projects.index, name="projects"),
    path("projects/<int:project_id>/", projects.project, name="project"),
    path("projects/<int:project_id>/<int:phase_id>/remove/", projects.remove, name="remove-phase"),
    *register_patterns("water"),
]
