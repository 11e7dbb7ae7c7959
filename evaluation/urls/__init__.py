from evaluation.urls import rankings, schemes, sheets

app_name = "evaluation"
urlpatterns = [*sheets.urlpatterns, *rankings.urlpatterns, *schemes.urlpatterns]
