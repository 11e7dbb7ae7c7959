from django.urls import path

from finance_policy.api import GreenGrades, GreenRates, GreenTrial
from finance_policy.enums import APP
from miyun_kpi.registers.api import api_patterns

urlpatterns = [
    path("green/trial/", GreenTrial.as_view(), name="green-trial"),
    path("green/rates/", GreenRates.as_view(), name="green-rates"),
    path("green/grades/", GreenGrades.as_view(), name="green-grades"),
    *api_patterns(APP, at="green"),
]
