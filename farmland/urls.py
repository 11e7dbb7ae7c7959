from django.urls import path

from farmland.views import applications, files, money, payable, pool, tables, transfers, vouchers
from miyun_kpi.registers.urls import register_patterns

app_name = "farmland"
urlpatterns = [
    path("", pool.index, name="index"),
    path("check/", pool.check, name="check"),
    path("workbook/", files.export, name="workbook"),
    path("opening/", files.opening, name="opening"),
    path("opening/template/", files.opening_template, name="opening-template"),
    path("opening/accept/", files.accept_opening, name="accept-opening"),
    path("entries/", pool.entries, name="entries"),
    path("entries/<int:number>/reverse/", pool.reverse, name="reverse-entry"),
    path("lots/new/", pool.new_lot, name="new-lot"),
    path("lots/<int:lot_id>/", pool.lot, name="lot"),
    path("applications/", applications.index, name="applications"),
    path("applications/new/", applications.new, name="new-application"),
    path("applications/<int:application_id>/", applications.application, name="application"),
    path("applications/<int:application_id>/amend/", applications.amend, name="amend-application"),
    path("applications/<int:application_id>/act/<slug:act>/", applications.act, name="application-act"),
    path("trial/", transfers.trial, name="trial"),
    path("rewards/", money.rewards, name="rewards"),
    path("money/", money.index, name="money"),
    path("money/record/", money.record, name="record-money"),
    path("money/<int:number>/", vouchers.line, name="money-line"),
    path("money/<int:number>/reverse/", money.reverse, name="reverse-money"),
    path("money/months/", vouchers.months, name="reconciling"),
    path("payable/", payable.index, name="payable"),
    path("payable/<int:warrant_id>/voucher/", payable.voucher, name="record-voucher"),
    path("payable/<int:warrant_id>/cancel/", payable.cancel, name="cancel-warrant"),
    path("transfers/", transfers.index, name="transfers"),
    path("transfers/make/", transfers.make, name="make-transfer"),
    path("transfers/<int:transfer_id>/", transfers.transfer, name="transfer"),
    path("transfers/<int:transfer_id>/reward/", transfers.reward, name="agree-reward"),
    path("plan/", transfers.plan, name="plan"),
    path("rates/", tables.rates, name="rates"),
    path("rates/<slug:table>/", tables.enter, name="enter-table"),
    path("rates/<slug:table>/<int:row_id>/strike/", tables.strike, name="strike-row"),
    *register_patterns("farmland"),
]
