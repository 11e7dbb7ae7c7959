from django.urls import path

from miyun_kpi.powers.views import listing, unit, waiting

app_name = "powers"
urlpatterns = [
    path("accounts/unit/", unit.people, name="unit"),
    path("accounts/unit/new/", unit.new_account, name="unit-account"),
    path("accounts/unit/people/<str:username>/", unit.person, name="unit-person"),
    path("accounts/unit/posts/<int:post_id>/", unit.post, name="unit-post"),
    path("accounts/list/", listing.listing, name="list"),
    path("accounts/list/template/", listing.template_file, name="list-template"),
    path("accounts/list/accept/", listing.accept, name="accept-list"),
    path("accounts/proposed/", waiting.waiting, name="waiting"),
]
