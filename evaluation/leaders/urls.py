from django.urls import path

from evaluation.leaders import views

urlpatterns = [
    path("leader/", views.leader, name="leader"),
]
