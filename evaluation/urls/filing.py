from django.urls import path

from evaluation.views import filing

urlpatterns = [
    path("sheets/<int:sheet_id>/decision/", filing.sheet_decision, name="sheet-decision"),
    path("filing/decisions/<int:decision_id>/decide/", filing.decide, name="decide-filing"),
]
