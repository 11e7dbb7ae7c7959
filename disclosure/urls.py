from django.urls import path

from disclosure.views import applications, opening, overview, packages, policies, reviews
from miyun_kpi.registers.urls import register_patterns

app_name = "disclosure"
urlpatterns = [
    path("", overview.index, name="index"),
    path("reviews/", reviews.index, name="reviews"),
    path("reviews/<int:record_id>/", reviews.item, name="review"),
    path("reviews/<int:record_id>/decide/", reviews.decide, name="decide-review"),
    path("reviews/<int:record_id>/organs/", reviews.ask_organ, name="ask-organ"),
    path("reviews/<int:record_id>/organs/<int:consultation_id>/", reviews.confirm_organ, name="confirm-organ"),
    path("reviews/<int:record_id>/parties/", reviews.ask_party, name="ask-party"),
    path("reviews/<int:record_id>/parties/<int:party_id>/", reviews.answer_party, name="answer-party"),
    path("packages/", packages.index, name="packages"),
    path("packages/export/", packages.export, name="export-package"),
    path("packages/<int:package_id>/", packages.package, name="package"),
    path("packages/<int:package_id>/links/", packages.links, name="package-links"),
    path("packages/<int:package_id>/items/<int:item_id>/", packages.correct, name="correct-link"),
    path("packages/<int:package_id>/workbook/", packages.workbook, name="package-workbook"),
    path("packages/<int:package_id>/pages/", packages.pages, name="package-pages"),
    path("applications/", applications.index, name="applications"),
    path("applications/workbook/", applications.workbook, name="applications-workbook"),
    path("applications/opening/", opening.one, name="open-application"),
    path("applications/opening/template/", opening.template_file, name="opening-template"),
    path("applications/opening/upload/", opening.upload, name="opening-upload"),
    path("applications/opening/accept/", opening.accept, name="accept-opening"),
    path("applications/new/", applications.new, name="new-application"),
    path("applications/<int:application_id>/", applications.application, name="application"),
    path("applications/<int:application_id>/applicant/", applications.reveal, name="reveal-applicant"),
    path("applications/<int:application_id>/act/<slug:act>/", applications.act, name="application-act"),
    path("annual/", applications.annual, name="annual"),
    path("annual/workbook/", applications.annual_file, name="annual-workbook"),
    path("ratio/", policies.ratio, name="ratio"),
    path("duties/<int:record_id>/", policies.duty, name="duty"),
    *register_patterns("disclosure"),
]
