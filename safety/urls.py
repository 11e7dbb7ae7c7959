from django.urls import path

from miyun_kpi.registers.urls import register_patterns
from safety.views import pages

app_name = "safety"
urlpatterns = [
    path("", pages.index, name="index"),
    path("assessment/", pages.assessment, name="assessment"),
    path("assessment.xlsx", pages.assessment_sheet, name="assessment-sheet"),
    path("white-paper/", pages.white_paper, name="white-paper"),
    *register_patterns("safety"),
]
