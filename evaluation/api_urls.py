from django.urls import path

from evaluation.adjustments import api as adjustments
from evaluation.drafting import api as schemes
from evaluation.ranking.api import attribution, rankings, verification
from evaluation.sheets.api import mark_sheets
from evaluation.tasks import api as supervision

urlpatterns = [
    path("adjustments/", adjustments.Adjustments.as_view(), name="adjustments"),
    path("adjustments/<int:adjustment_id>/", adjustments.OneAdjustment.as_view(), name="adjustment"),
    path("schemes/", schemes.Schemes.as_view(), name="schemes"),
    path("schemes/<int:scheme_id>/", schemes.OneScheme.as_view(), name="scheme"),
    path("schemes/<int:scheme_id>/draft/", schemes.DraftProblems.as_view(), name="scheme-draft"),
    path("mark-sheets/", mark_sheets.MarkSheets.as_view(), name="mark-sheets"),
    path("mark-sheets/<int:sheet_id>/", mark_sheets.OneMarkSheet.as_view(), name="mark-sheet"),
    path("mark-sheets/<int:sheet_id>/marks/", mark_sheets.SheetMarks.as_view(), name="mark-sheet-marks"),
    path(
        "mark-sheets/<int:sheet_id>/differences/",
        mark_sheets.SheetDifferences.as_view(),
        name="mark-sheet-differences",
    ),
    path("mark-sheets/<int:sheet_id>/file/", mark_sheets.FileMarkSheet.as_view(), name="mark-sheet-file"),
    path("rankings/", rankings.Rankings.as_view(), name="rankings"),
    path("rankings/latest/", rankings.LatestRanking.as_view(), name="ranking-latest"),
    path("rankings/<int:ranking_id>/", rankings.OneRanking.as_view(), name="ranking"),
    path("rankings/<int:ranking_id>/holding/", rankings.RankingHolding.as_view(), name="ranking-holding"),
    path("rankings/<int:ranking_id>/changes/", rankings.RankingChanges.as_view(), name="ranking-changes"),
    path(
        "rankings/<int:ranking_id>/verification/",
        verification.RankingVerification.as_view(),
        name="ranking-verification",
    ),
    path("rankings/<int:ranking_id>/signings/", rankings.RankingSignings.as_view(), name="ranking-signings"),
    path("rankings/<int:ranking_id>/rows/<str:organisation>/", rankings.RankingReceipt.as_view(), name="ranking-row"),
    path(
        "rankings/<int:ranking_id>/rows/<str:organisation>/attribution/",
        attribution.RankingAttribution.as_view(),
        name="ranking-attribution",
    ),
    path("supervision-items/", supervision.SupervisionItems.as_view(), name="supervision-items"),
]
