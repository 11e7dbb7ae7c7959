from evaluation.urls import feedback, rankings, schemes, sheets, tracking

app_name = "evaluation"
urlpatterns = [
    *sheets.urlpatterns,
    *rankings.urlpatterns,
    *schemes.urlpatterns,
    *feedback.urlpatterns,
    *tracking.urlpatterns,
]
