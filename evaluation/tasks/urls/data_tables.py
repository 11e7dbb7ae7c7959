from django.urls import path

from evaluation.tasks.views import data_tables

urlpatterns = [
    path("data-tables/", data_tables.index, name="data-tables"),
    path("data-tables/<int:table_id>/", data_tables.table, name="data-table"),
    path("data-tables/<int:table_id>/month.xlsx", data_tables.sheet, name="data-table-sheet"),
    path("data-tables/<int:table_id>/template.xlsx", data_tables.template, name="data-table-template"),
    path("data-tables/<int:table_id>/columns/", data_tables.columns, name="data-table-columns"),
    path("data-tables/<int:table_id>/import/", data_tables.read, name="read-data-table"),
    path("data-tables/<int:table_id>/import/accept/", data_tables.accept, name="accept-data-table"),
]
