from django.urls import path

from miyun_kpi.jobs import health, views

app_name = "jobs"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("jobs/<int:job_id>/", views.show, name="show"),
    path("jobs/<int:job_id>/progress/", views.progress, name="progress"),
    path("jobs/<int:job_id>/stop/", views.stop, name="stop"),
]
