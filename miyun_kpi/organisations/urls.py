from django.urls import path

from miyun_kpi.organisations import views
from miyun_kpi.organisations.views import changes, list_import

app_name = "organisations"
urlpatterns = [
    path("", views.organisations, name="organisations"),
    path("names/", views.names, name="names"),
    path("groups/", views.groups, name="groups"),
    path("import/", list_import.read, name="import-list"),
    path("import/accept/", list_import.accept, name="accept-list"),
    path("list.xlsx", list_import.workbook, name="list-sheet"),
    path("new/", views.create, name="create"),
    path("changes/", changes.changes, name="changes"),
    path("changes/<int:reorganisation_id>/", changes.change, name="change"),
    path("changes/<int:reorganisation_id>/revoke/", changes.revoke, name="revoke-change"),
    path("changes/<int:reorganisation_id>/deal-out/", changes.deal_out, name="deal-out"),
    path("<slug:code>/", views.organisation, name="organisation"),
    path("<slug:code>/rename/", views.rename, name="rename"),
    path("<slug:code>/add-alias/", views.add_alias, name="add-alias"),
    path("<slug:code>/remove-alias/", views.remove_alias, name="remove-alias"),
    path("<slug:code>/merge/", views.merge, name="merge"),
    path("<slug:code>/affairs/", views.affairs, name="affairs"),
    path("<slug:code>/split/", views.split, name="split"),
    path("<slug:code>/close/", views.close, name="close"),
]
