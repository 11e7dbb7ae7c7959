from django.urls import path

from miyun_kpi.drafts import views

app_name = "drafts"
urlpatterns = [
    path("", views.drafts, name="drafts"),
    path("<slug:mark>/", views.keep, name="keep"),
    path("<slug:mark>/drop/", views.drop, name="drop"),
]
