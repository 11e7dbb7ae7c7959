from django.urls import path

from evaluation.ranking.views import (
    corrections,
    list_exports,
    publishing,
    rankings,
    receipts,
    recomputing,
    signing,
    verification,
)

urlpatterns = [
    path("rankings/list.xlsx", list_exports.rankings, name="rankings-list"),
    path("rankings/", rankings.rankings, name="rankings"),
    path("rankings/compute/", rankings.compute, name="compute-ranking"),
    path("rankings/open/", rankings.open_ranking, name="open-ranking"),
    path("rankings/<int:ranking_id>/", rankings.ranking, name="ranking"),
    path("rankings/<int:ranking_id>/ranking.xlsx", rankings.ranking_sheet, name="ranking-sheet"),
    path("rankings/<int:ranking_id>/signings/", signing.sign, name="sign-ranking"),
    path("rankings/<int:ranking_id>/sign/", signing.sign_own, name="sign-ranking-oneself"),
    path("rankings/signings/<int:signing_id>/withdraw/", signing.withdraw, name="withdraw-signing"),
    path("rankings/<int:ranking_id>/publish/", publishing.publish, name="publish-ranking"),
    path("rankings/<int:ranking_id>/rows/<slug:code>/", receipts.receipt, name="receipt"),
    path("rankings/<int:ranking_id>/rows/<slug:code>/inputs.xlsx", receipts.receipt_sheet, name="receipt-sheet"),
    path("rankings/<int:ranking_id>/recompute.zip", recomputing.ranking_package, name="ranking-package"),
    path(
        "rankings/<int:ranking_id>/rows/<slug:code>/recompute.zip", recomputing.receipt_package, name="receipt-package"
    ),
    path("rankings/<int:ranking_id>/verification/", verification.verification, name="ranking-verification"),
    path("rankings/<int:ranking_id>/changes/", corrections.changes, name="ranking-changes"),
    path("rankings/<int:ranking_id>/changes.xlsx", corrections.changes_sheet, name="ranking-changes-sheet"),
]
