from django.urls import path

from evaluation.adjustments import views as adjustments
from evaluation.year.views import deliberations, year_end, year_units

urlpatterns = [
    path("adjustments/", adjustments.index, name="adjustments"),
    path("adjustments.xlsx", adjustments.workbook, name="adjustments-sheet"),
    path("adjustments/new/", adjustments.propose, name="propose-adjustment"),
    path("adjustments/<int:adjustment_id>/", adjustments.adjustment, name="adjustment"),
    path("adjustments/<int:adjustment_id>/amend/", adjustments.amend, name="amend-adjustment"),
    path("adjustments/<int:adjustment_id>/city-result/", adjustments.city_result, name="city-result"),
    path("adjustments/<int:adjustment_id>/check/", adjustments.check, name="check-adjustment"),
    path("adjustments/<int:adjustment_id>/withdraw/", adjustments.withdraw, name="withdraw-adjustment"),
    path("adjustments/<int:adjustment_id>/evidence/", adjustments.add_evidence, name="add-adjustment-evidence"),
    path(
        "adjustments/evidence/<int:attachment_id>/remove/",
        adjustments.remove_evidence,
        name="remove-adjustment-evidence",
    ),
    path("year-end/", year_end.index, name="year-ends"),
    path("year-end/<int:year>/<str:track>/", year_end.page, name="year-end"),
    path("year-end/<int:year>/<str:track>/method/", year_end.method, name="year-method"),
    path("year-end/methods/<int:pk>/check/", year_end.check_method, name="check-year-method"),
    path("year-end/<int:year>/<str:track>/veto/", year_end.veto, name="record-veto"),
    path("year-end/vetoes/<int:pk>/decide/", year_end.decide_veto, name="decide-veto"),
    path("year-end/<int:year>/<str:track>/units/", year_units.record, name="record-year-unit"),
    path("year-end/units/<int:pk>/decide/", year_units.decide, name="decide-year-unit"),
    path("year-end/<int:year>/<str:track>/deliberation/", deliberations.deliberation, name="deliberation"),
    path("year-end/deliberations/<int:pk>/confirm/", deliberations.confirm, name="confirm-deliberation"),
    path("year-end/<int:year>/<str:track>/report/", year_end.report, name="report-year"),
    path("year-end/<int:year>/<str:track>/result.xlsx", year_end.workbook, name="year-sheet"),
    path("year-end/<int:year>/<str:track>/result.docx", year_end.document, name="year-document"),
]
