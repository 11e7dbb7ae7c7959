from django.urls import path

from farmland.api.applications import (
    Allocations,
    ApplicationActs,
    ApplicationProposals,
    Applications,
    FarmlandTrial,
    OneApplication,
)
from farmland.api.money import MoneyRows, Rates, Rewards, Settings, Transfers
from farmland.api.payments import RewardLines, Vouchers, Warrants
from farmland.api.pool import Balances, Checks, Entries, Lots
from farmland.api.striking import Months, ReverseEntry, ReverseMoney, StrikePeriod, StrikeRate, StrikeSetting
from miyun_kpi.registers.api import api_patterns

urlpatterns = [
    path("farmland/balances/", Balances.as_view(), name="farmland-balances"),
    path("farmland/lots/", Lots.as_view(), name="farmland-lots"),
    path("farmland/entries/", Entries.as_view(), name="farmland-entries"),
    path("farmland/checks/", Checks.as_view(), name="farmland-checks"),
    path("farmland/applications/", Applications.as_view(), name="farmland-applications"),
    path("farmland/applications/<int:application_id>/", OneApplication.as_view(), name="farmland-application"),
    path(
        "farmland/applications/<int:application_id>/acts/",
        ApplicationActs.as_view(),
        name="farmland-application-acts",
    ),
    path(
        "farmland/applications/<int:application_id>/proposals/",
        ApplicationProposals.as_view(),
        name="farmland-application-proposals",
    ),
    path("farmland/allocations/", Allocations.as_view(), name="farmland-allocations"),
    path("farmland/trial/", FarmlandTrial.as_view(), name="farmland-trial"),
    path("farmland/rewards/", Rewards.as_view(), name="farmland-rewards"),
    path("farmland/rewards/lines/", RewardLines.as_view(), name="farmland-reward-lines"),
    path("farmland/warrants/", Warrants.as_view(), name="farmland-warrants"),
    path("farmland/warrants/<int:warrant_id>/voucher/", Vouchers.as_view(), name="farmland-voucher"),
    path("farmland/months/", Months.as_view(), name="farmland-months"),
    path("farmland/entries/<int:number>/reverse/", ReverseEntry.as_view(), name="farmland-entry-reverse"),
    path("farmland/money/<int:number>/reverse/", ReverseMoney.as_view(), name="farmland-money-reverse"),
    path("farmland/rates/<int:row_id>/strike/", StrikeRate.as_view(), name="farmland-rate-strike"),
    path("farmland/periods/<int:row_id>/strike/", StrikePeriod.as_view(), name="farmland-period-strike"),
    path("farmland/settings/<int:row_id>/strike/", StrikeSetting.as_view(), name="farmland-setting-strike"),
    path("farmland/money/", MoneyRows.as_view(), name="farmland-money"),
    path("farmland/transfers/", Transfers.as_view(), name="farmland-transfers"),
    path("farmland/rates/", Rates.as_view(), name="farmland-rates"),
    path("farmland/settings/", Settings.as_view(), name="farmland-settings"),
    *api_patterns("farmland"),
]
