from django.urls import path

from evaluation.figures.views import doubts, figures, task_table

urlpatterns = [
    path("schemes/<int:year>/<str:track>/batches/", figures.batches, name="batches"),
    path("schemes/<int:year>/<str:track>/choose/", figures.choose, name="choose-figures"),
    path("schemes/<int:year>/<str:track>/propose/", figures.propose, name="propose-figures"),
    path("schemes/<int:year>/<str:track>/task-table/", task_table.task_table, name="task-table"),
    path("schemes/<int:year>/<str:track>/task-table/template.xlsx", task_table.template, name="task-table-template"),
    path("schemes/<int:year>/<str:track>/task-table/accept/", task_table.accept, name="accept-task-table"),
    path("schemes/<int:year>/<str:track>/doubts/", doubts.doubts, name="doubts"),
    path("figures/<int:figure_id>/doubt/", doubts.figure_doubt, name="figure-doubt"),
    path("figures/<int:figure_id>/", figures.figure, name="figure"),
    path("batches/<int:batch_id>/", figures.batch, name="batch"),
    path("batches/<int:batch_id>/check/", figures.check, name="check-batch"),
    path("batches/<int:batch_id>/withdraw/", figures.withdraw, name="withdraw-batch"),
]
