from django.urls import path

from miyun_kpi.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.entries, name="entries"),
    path("anchor/", views.anchor, name="anchor"),
    path("verify/", views.verify, name="verify"),
    path("<int:seq>/", views.entry, name="entry"),
]
