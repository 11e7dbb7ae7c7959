from django.urls import path

from miyun_kpi.jobs import views

app_name = "jobs"
urlpatterns = [
    path("jobs/<int:job_id>/", views.show, name="show"),
    path("jobs/<int:job_id>/progress/", views.progress, name="progress"),
    path("jobs/<int:job_id>/stop/", views.stop, name="stop"),
]
