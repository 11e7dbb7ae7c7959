from evaluation.bulletin import urls as bulletins
from evaluation.drafting import urls as drafting
from evaluation.feedback import urls as feedback
from evaluation.figures import urls as figures
from evaluation.filing import urls as filing
from evaluation.leaders import urls as leaders
from evaluation.papers import urls as papers
from evaluation.ranking import urls as rankings
from evaluation.scheme import urls as schemes
from evaluation.sheets.urls import periods, sheets
from evaluation.tasks.urls import data_tables, supervision, tasks
from evaluation.tracking import urls as tracking
from evaluation.year.urls import year_close, year_end

app_name = "evaluation"
urlpatterns = [
    *sheets.urlpatterns,
    *rankings.urlpatterns,
    *leaders.urlpatterns,
    *bulletins.urlpatterns,
    *papers.urlpatterns,
    *schemes.urlpatterns,
    *figures.urlpatterns,
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
