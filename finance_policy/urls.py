from django.urls import path

from finance_policy.enums import APP
from finance_policy.views import library, pages
from miyun_kpi.registers.urls import register_patterns

app_name = "finance_policy"
urlpatterns = [
    path("", pages.index, name="index"),
    path("glossary/", pages.terms, name="glossary"),
    path("grades/", library.grades, name="grades"),
    path("grades.xlsx", library.grades_sheet, name="grades-sheet"),
    path("grades/<int:record_id>/", library.grade, name="grade"),
    path("trial/", library.trial, name="trial"),
    path("rates/", library.rate_table, name="rates"),
    path("rates/<int:rate_id>/strike/", library.strike_rate, name="strike-rate"),
    path("settings/", library.settings_page, name="settings"),
    *register_patterns(APP),
]
