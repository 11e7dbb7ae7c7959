from django.urls import path

from miyun_kpi.registers.urls import register_patterns
from postdoc.views import applications, entitlements, history, money, overview, stations, stays

app_name = "postdoc"
urlpatterns = [
    path("", overview.index, name="index"),
    path("stations/", stations.index, name="stations"),
    path("stations/new/", stations.new, name="new-station"),
    path("stations/<int:station_id>/", stations.station, name="station"),
    path("stations/<int:station_id>/save/", stations.save, name="save-station"),
    path("stations/<int:station_id>/award/", stations.award, name="station-award"),
    path("stations/<int:station_id>/enter/", stays.new, name="new-stay"),
    path("stations/<int:station_id>/import/", history.stays, name="import-stays"),
    path("stations/<int:station_id>/import/accept/", history.accept_stays, name="accept-stays"),
    path("stations/<int:station_id>/import/template/", history.stays_template, name="stays-template"),
    path("stays/", stays.index, name="stays"),
    path("stays/workbook/", stays.workbook, name="stays-workbook"),
    path("stays/<int:stay_id>/", stays.stay, name="stay"),
    path("stays/<int:stay_id>/change/", stays.change, name="change-stay"),
    path("stays/<int:stay_id>/reveal/", stays.reveal, name="reveal"),
    path("stays/<int:stay_id>/act/<slug:act>/", stays.act, name="stay-act"),
    path("entitlements/", entitlements.index, name="entitlements"),
    path("entitlements/<int:person_id>/", entitlements.person, name="entitlement"),
    path("trial/", entitlements.trial, name="trial"),
    path("applications/", applications.index, name="applications"),
    path("applications/workbook/", applications.workbook, name="applications-workbook"),
    path("applications/import/", history.money, name="import-money"),
    path("applications/import/accept/", history.accept_money, name="accept-money"),
    path("applications/import/template/", history.money_template, name="money-template"),
    path("applications/new/", applications.new, name="new-application"),
    path("applications/<int:application_id>/", applications.application, name="application"),
    path("applications/<int:application_id>/send/", applications.send, name="send-application"),
    path("applications/<int:application_id>/review/", applications.review, name="review-application"),
    path("applications/<int:application_id>/cancel/", applications.cancel, name="cancel-application"),
    path("applications/<int:application_id>/line/", applications.line, name="ledger-line"),
    path("applications/<int:application_id>/reverse/", applications.reverse, name="reverse-line"),
    path("money/", money.index, name="money"),
    path("money/budget/", money.budget, name="change-budget"),
    path("money/figure/", money.figure, name="enter-figure"),
    path("money/arrangement/", money.arrangement, name="enter-arrangement"),
    *register_patterns("postdoc"),
]
