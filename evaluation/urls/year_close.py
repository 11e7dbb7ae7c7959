from django.urls import path

from evaluation.views import leader_survey

YEAR = "year-end/<int:year>/<str:track>"
urlpatterns = [
    path(f"{YEAR}/effect/", leader_survey.effect, name="effect"),
    path(f"{YEAR}/effect/open/", leader_survey.open_survey, name="open-leader-survey"),
    path(f"{YEAR}/effect/fill/", leader_survey.fill, name="fill-leader-form"),
    path(f"{YEAR}/effect/close/", leader_survey.close, name="close-leader-survey"),
    path(f"{YEAR}/effect.xlsx", leader_survey.workbook, name="effect-sheet"),
]
