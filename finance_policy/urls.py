from django.urls import path

from finance_policy.enums import APP
from finance_policy.views import library, money, pages, returns, subsidies
from miyun_kpi.registers.urls import register_patterns

app_name = "finance_policy"
urlpatterns = [
    path("", pages.index, name="index"),
    path("glossary/", pages.terms, name="glossary"),
    path("grades/", library.grades, name="grades"),
    path("grades.xlsx", library.grades_sheet, name="grades-sheet"),
    path("grades/<int:record_id>/", library.grade, name="grade"),
    path("trial/", library.trial, name="trial"),
    path("rates/", library.rate_table, name="rates"),
    path("rates/<int:rate_id>/strike/", library.strike_rate, name="strike-rate"),
    path("opening/<slug:kind>/", library.opening, name="opening"),
    path("subsidies/", subsidies.index, name="subsidies"),
    path("subsidies/new/", subsidies.new, name="new-subsidy"),
    path("subsidies/months/", subsidies.months, name="subsidy-months"),
    path("subsidies/<int:subsidy_id>/", subsidies.one, name="subsidy"),
    path("subsidies/<int:subsidy_id>/pay/", subsidies.pay, name="pay-subsidy"),
    path("subsidies/<int:subsidy_id>/recover/", subsidies.recover, name="recover-subsidy"),
    path("subsidies/<int:subsidy_id>/reverse/", subsidies.reverse_line, name="reverse-subsidy-line"),
    path("subsidies/<int:subsidy_id>/revoke/", subsidies.revoke, name="revoke-subsidy"),
    path("library/<int:record_id>/loans/", subsidies.loans, name="loans"),
    path("loans/<int:loan_id>/repay/", subsidies.repay_loan, name="repay-loan"),
    path("loans/<int:loan_id>/strike/", subsidies.strike_loan, name="strike-loan"),
    path("settings/", library.settings_page, name="settings"),
    path("returns/", returns.index, name="returns"),
    path("returns.xlsx", returns.workbook, name="returns-sheet"),
    path("returns/open/", returns.open_return, name="open-return"),
    path("returns/release/", returns.release, name="release-returns"),
    path("returns/history/", returns.history, name="returns-history"),
    path("returns/history.xlsx", returns.template, name="returns-template"),
    path("returns/<int:return_id>/", returns.one, name="return"),
    path("returns/<int:return_id>/save/", returns.save, name="save-return"),
    path("returns/<int:return_id>/decide/", returns.decide, name="decide-return"),
    path("banks/", returns.banks, name="banks"),
    path("fund/", money.fund, name="fund"),
    path("fund.xlsx", money.fund_sheet, name="fund-sheet"),
    path("fund/<int:entry_id>/reverse/", money.reverse_entry, name="reverse-entry"),
    path("indicators/", money.indicators, name="indicators"),
    path("insurance/", money.insurance, name="insurance"),
    path("vetoes/", money.vetoes, name="vetoes"),
    path("vetoes/<int:notice_id>/", money.veto, name="veto"),
    path("vetoes/<int:notice_id>/act/", money.act_on_veto, name="act-on-veto"),
    *register_patterns(APP),
]
