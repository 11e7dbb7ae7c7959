from django.urls import path

from evaluation.tracking.views import as_before, heat_map, list_exports, rectifications, tracking

urlpatterns = [
    path("rectifications/list.xlsx", list_exports.rectifications, name="rectifications-list"),
    path("tracking/", tracking.index, name="tracking"),
    path("tracking/heat-map/", heat_map.overview, name="heat-map"),
    path("tracking/heat-map.xlsx", heat_map.workbook, name="heat-map-sheet"),
    path("tracking/review/", tracking.review, name="tracking-review"),
    path("tracking/review/accept/", tracking.accept, name="accept-reports"),
    path("tracking/lines/<int:line_id>/", tracking.line, name="report-line"),
    path("tracking/lines/<int:line_id>/save/", tracking.save, name="save-report"),
    path("tracking/lines/<int:line_id>/return/", tracking.give_back, name="return-report"),
    path("tracking/lines/<int:line_id>/made-up/", tracking.made_up, name="made-up-line"),
    path("tracking/lines/<int:line_id>/paper/", tracking.from_paper, name="line-from-paper"),
    path("tracking/lines/<int:line_id>/evidence/", tracking.evidence, name="add-evidence"),
    path("tracking/lines/<int:line_id>/rectification/", rectifications.press, name="press-for-correction"),
    path("tracking/evidence/<int:attachment_id>/remove/", tracking.remove_evidence, name="remove-evidence"),
    path("tracking/<slug:code>/year/", heat_map.year, name="tracking-year"),
    path("tracking/<slug:code>/<str:month>/", tracking.month, name="monthly-report"),
    path("tracking/<slug:code>/<str:month>/as-before/", as_before.as_before, name="reports-as-before"),
    path("tracking/<slug:code>/<str:month>/submit/", tracking.submit, name="submit-reports"),
    path("rectifications/", rectifications.index, name="rectifications"),
    path("rectifications/new/<int:scheme_id>/", rectifications.year_press, name="year-rectification"),
    path("rectifications/<int:rectification_id>/", rectifications.rectification, name="rectification"),
    path("rectifications/<int:rectification_id>/answer/", rectifications.answer, name="answer-rectification"),
    path("rectifications/<int:rectification_id>/decide/", rectifications.decide, name="decide-rectification"),
]
