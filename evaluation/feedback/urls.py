from django.urls import path

from evaluation.feedback.views import deadlines, feedback, list_exports, reviews

urlpatterns = [
    path("reviews/list.xlsx", list_exports.reviews, name="reviews-list"),
    path("feedback/", feedback.index, name="feedbacks"),
    path("feedback/<int:feedback_id>/", feedback.sheet, name="feedback"),
    path("feedback/<int:feedback_id>/confirm/", feedback.confirm, name="confirm-feedback"),
    path("feedback/<int:feedback_id>/sign/", feedback.sign, name="sign-feedback"),
    path("rankings/<int:ranking_id>/check/", feedback.check, name="unit-check"),
    path("rankings/<int:ranking_id>/check/open/", feedback.open_check, name="open-unit-check"),
    path("feedback/<int:feedback_id>/reviews/<int:sheet_id>/", reviews.ask, name="ask-review"),
    path("deadlines/<int:ranking_id>/", deadlines.deadlines, name="deadlines"),
    path("reviews/", reviews.index, name="reviews"),
    path("reviews/<int:review_id>/", reviews.review, name="review"),
    path("reviews/<int:review_id>/consent/", reviews.consent, name="consent-review"),
    path("reviews/<int:review_id>/withdraw/", reviews.withdraw, name="withdraw-review"),
    path("reviews/<int:review_id>/answer/", reviews.answer, name="answer-review"),
    path("reviews/<int:review_id>/propose/", reviews.propose, name="propose-review"),
    path("reviews/<int:review_id>/decide/", reviews.decide, name="decide-review"),
    path("reviews/<int:review_id>/dossier/", reviews.dossier, name="review-dossier"),
]
