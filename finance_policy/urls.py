from django.urls import path

from finance_policy.enums import APP
from finance_policy.views import pages
from miyun_kpi.registers.urls import register_patterns

app_name = "finance_policy"
urlpatterns = [
    path("", pages.index, name="index"),
    path("glossary/", pages.terms, name="glossary"),
    *register_patterns(APP),
]
