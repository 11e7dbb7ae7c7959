from django.urls import path

from evaluation.views import feedback

urlpatterns = [
    path("feedback/", feedback.index, name="feedbacks"),
    path("feedback/<int:feedback_id>/", feedback.sheet, name="feedback"),
    path("feedback/<int:feedback_id>/confirm/", feedback.confirm, name="confirm-feedback"),
    path("feedback/<int:feedback_id>/sign/", feedback.sign, name="sign-feedback"),
    path("rankings/<int:ranking_id>/check/", feedback.check, name="unit-check"),
    path("rankings/<int:ranking_id>/check/open/", feedback.open_check, name="open-unit-check"),
]
