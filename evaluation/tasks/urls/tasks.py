from django.urls import path

from evaluation.tasks.views import task_list

urlpatterns = [
    path("tasks/", task_list.index, name="tasks"),
    path("tasks/<int:task_id>/", task_list.task, name="task"),
    path("tasks/<int:task_id>/withdraw/", task_list.withdraw, name="withdraw-task"),
    path("tasks/indicators/<int:indicator_id>/", task_list.indicator, name="indicator-tasks"),
    path("tasks/indicators/<int:indicator_id>/list.xlsx", task_list.indicator_sheet, name="indicator-tasks-sheet"),
    path("tasks/indicators/<int:indicator_id>/import/", task_list.read_sheet, name="read-tasks"),
    path("tasks/indicators/<int:indicator_id>/import/accept/", task_list.accept_sheet, name="accept-tasks"),
    path("tasks/units/<slug:code>/", task_list.unit, name="unit-tasks"),
    path("tasks/units/<slug:code>/list.xlsx", task_list.unit_sheet, name="unit-tasks-sheet"),
]
