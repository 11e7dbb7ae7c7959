from django.urls import path

from evaluation.papers import views

urlpatterns = [path("check/", views.check_paper, name="check-paper")]
