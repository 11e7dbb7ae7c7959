from django.urls import path

from evaluation.sheets.views import periods

urlpatterns = [
    path("periods/", periods.periods, name="periods"),
    path("periods/open/", periods.open_one, name="open-period"),
    path("periods/leave/", periods.leave_one, name="leave-period"),
    path("periods/<str:code>/window/", periods.period_window, name="period-window"),
]
