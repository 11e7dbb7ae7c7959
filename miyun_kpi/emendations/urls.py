from django.urls import path

from miyun_kpi.emendations import views

app_name = "emendations"
urlpatterns = [
    path("<slug:subject>/<int:subject_id>/new/", views.new, name="new"),
    path("<int:emendation_id>/", views.emendation, name="emendation"),
    path("<int:emendation_id>/decide/", views.decide, name="decide"),
    path("<int:emendation_id>/withdraw/", views.withdraw, name="withdraw"),
]
