from django.urls import path

from farmland.views import applications, pool

app_name = "farmland"
urlpatterns = [
    path("", pool.index, name="index"),
    path("check/", pool.check, name="check"),
    path("entries/", pool.entries, name="entries"),
    path("entries/reverse/", pool.reverse, name="reverse-entry"),
    path("lots/new/", pool.new_lot, name="new-lot"),
    path("lots/<int:lot_id>/", pool.lot, name="lot"),
    path("applications/", applications.index, name="applications"),
    path("applications/new/", applications.new, name="new-application"),
    path("applications/<int:application_id>/", applications.application, name="application"),
    path("applications/<int:application_id>/amend/", applications.amend, name="amend-application"),
    path("applications/<int:application_id>/act/<slug:act>/", applications.act, name="application-act"),
]
