from django.urls import path

from personnel.api import Acts, Appointments, Trial

urlpatterns = [
    path("appointments/", Appointments.as_view(), name="appointments"),
    path("appointments/acts/", Acts.as_view(), name="appointment-acts"),
    path("appointments/trial/", Trial.as_view(), name="appointments-trial"),
]
