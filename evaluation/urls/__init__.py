from evaluation.urls import (
    bulletins,
    data_tables,
    drafting,
    feedback,
    filing,
    periods,
    rankings,
    schemes,
    sheets,
    supervision,
    tasks,
    tracking,
    year_close,
    year_end,
)

app_name = "evaluation"
urlpatterns = [
    *sheets.urlpatterns,
    *rankings.urlpatterns,
    *bulletins.urlpatterns,
    *schemes.urlpatterns,
    *periods.urlpatterns,
    *drafting.urlpatterns,
    *feedback.urlpatterns,
    *filing.urlpatterns,
    *tracking.urlpatterns,
    *tasks.urlpatterns,
    *data_tables.urlpatterns,
    *year_end.urlpatterns,
    *year_close.urlpatterns,
    *supervision.urlpatterns,
]
