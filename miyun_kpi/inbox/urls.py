from django.urls import path

from miyun_kpi.inbox import views

app_name = "inbox"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("inbox/", views.notices, name="notices"),
    path("inbox/week/", views.week, name="week"),
    path("inbox/read/", views.mark_read, name="mark-read"),
]
