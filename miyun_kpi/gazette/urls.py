from django.urls import path

from miyun_kpi.gazette import views

app_name = "gazette"
urlpatterns = [
    path("", views.contents, name="contents"),
    path("search/", views.search, name="search"),
    path("doubts/", views.doubts, name="doubts"),
    path("<str:document>/", views.document, name="document"),
    path("<str:document>/<str:ref>/", views.clause, name="clause"),
]
