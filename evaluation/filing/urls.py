from django.urls import path

from evaluation.filing.views import filing, population, unlocking
from evaluation.periods import views as year_calendar

urlpatterns = [
    path("periods/year/<int:year>/", year_calendar.year, name="year-calendar"),
    path("filing/", filing.statistics, name="filing"),
    path("filing/filing.xlsx", filing.statistics_sheet, name="filing-sheet"),
    path("filing/<str:code>/<str:track>/impact/", filing.impact, name="filing-impact"),
    path("sheets/<int:sheet_id>/decision/", filing.sheet_decision, name="sheet-decision"),
    path("sheets/<int:sheet_id>/unlock/", unlocking.unlock, name="unlock-sheet"),
    path("filing/unlock/<int:request_id>/answer/", unlocking.answer, name="answer-unlock"),
    path("filing/<str:code>/<slug:organisation>/extend/", unlocking.extend, name="extend-unit"),
    path("periods/<str:code>/<str:track>/units/", population.population, name="population"),
    path("periods/units/<int:decision_id>/decide/", population.decide, name="decide-unit"),
    path("filing/decisions/<int:decision_id>/decide/", filing.decide, name="decide-filing"),
]
