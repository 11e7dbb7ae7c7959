from django.urls import path

from evaluation.views import adjustments

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
]
