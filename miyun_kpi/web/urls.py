from django.urls import path

from miyun_kpi.web import views

app_name = "help"
urlpatterns = [
    path("", views.help_contents, name="contents"),
    path("<int:number>/", views.help_chapter, name="chapter"),
]
