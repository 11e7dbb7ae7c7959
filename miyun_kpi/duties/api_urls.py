from django.urls import path

from miyun_kpi.duties.api import Duties, DutyPeriods

urlpatterns = [
    path("duties/", Duties.as_view(), name="duties"),
    path("duty-periods/", DutyPeriods.as_view(), name="duty-periods"),
]
