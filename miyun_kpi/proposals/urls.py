from django.urls import path

from miyun_kpi.proposals import views

app_name = "proposals"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:proposal_id>/", views.proposal, name="proposal"),
    path("<int:proposal_id>/decide/", views.decide, name="decide"),
    path("<int:proposal_id>/withdraw/", views.withdraw, name="withdraw"),
]
