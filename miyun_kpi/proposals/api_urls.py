from django.urls import path

from miyun_kpi.proposals import api

urlpatterns = [path("proposals/<int:proposal_id>/", api.OneProposal.as_view(), name="proposal")]
