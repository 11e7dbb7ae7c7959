from django.urls import path

from evaluation.views import tracking

urlpatterns = [
    path("tracking/", tracking.index, name="tracking"),
    path("tracking/review/", tracking.review, name="tracking-review"),
    path("tracking/review/accept/", tracking.accept, name="accept-reports"),
    path("tracking/lines/<int:line_id>/", tracking.line, name="report-line"),
    path("tracking/lines/<int:line_id>/save/", tracking.save, name="save-report"),
    path("tracking/lines/<int:line_id>/return/", tracking.give_back, name="return-report"),
    path("tracking/lines/<int:line_id>/evidence/", tracking.evidence, name="add-evidence"),
    path("tracking/evidence/<int:attachment_id>/remove/", tracking.remove_evidence, name="remove-evidence"),
    path("tracking/<slug:code>/<str:month>/", tracking.month, name="monthly-report"),
    path("tracking/<slug:code>/<str:month>/submit/", tracking.submit, name="submit-reports"),
]
