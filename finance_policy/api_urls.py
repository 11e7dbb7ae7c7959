from django.urls import path

from finance_policy.api import returns, subsidies
from finance_policy.api.library import GreenGrades, GreenRates, GreenTrial
from finance_policy.enums import APP
from miyun_kpi.registers.api import api_patterns

urlpatterns = [
    path("green/trial/", GreenTrial.as_view(), name="green-trial"),
    path("green/rates/", GreenRates.as_view(), name="green-rates"),
    path("green/grades/", GreenGrades.as_view(), name="green-grades"),
    path("green/returns/", returns.Returns.as_view(), name="green-returns"),
    path("green/returns/<int:return_id>/", returns.OneReturn.as_view(), name="green-return"),
    path("green/returns/<int:return_id>/submit/", returns.SubmitReturn.as_view(), name="green-return-submit"),
    path("green/aggregates/", returns.Aggregates.as_view(), name="green-aggregates"),
    path("green/fund/", returns.Fund.as_view(), name="green-fund"),
    path("green/subsidies/", subsidies.Subsidies.as_view(), name="green-subsidies"),
    path(
        "green/subsidies/<int:subsidy_id>/payments/",
        subsidies.SubsidyPayments.as_view(),
        name="green-subsidy-payments",
    ),
    path("green/subsidies/months/", subsidies.Months.as_view(), name="green-subsidy-months"),
    path("green/loans/", subsidies.Loans.as_view(), name="green-loans"),
    path("green/insurance/", returns.InsuranceCover.as_view(), name="green-insurance"),
    *api_patterns(APP, at="green"),
]
